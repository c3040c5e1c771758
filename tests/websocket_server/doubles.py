"""What stands on the relay's other sides: a prediction server, tier 1's photos, and a client of the stream protocol."""

import base64
import hashlib
import json
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import websocket
from itsdangerous import BadSignature, URLSafeTimedSerializer

STREAM_KEY, SERVICE_KEY = "stream-key-of-the-tests", "service-key-of-the-tests"
JPEG = b"\xff\xd8 a camera frame \xff\xd9"
ALICE, BOB, NOBODY = (b"\xff\xd8 portrait of Alice", b"\xff\xd8 portrait of Bob", b"\xff\xd8 a landscape with no face")
PARAMETERS = {
    "opacity": {"type": "number", "minimum": 0, "maximum": 1, "default": 1},
    "faces": {"enum": ["largest", "all"], "default": "largest"},
    "mark": {"type": "boolean", "default": True},
}


def id_of(*photos: bytes) -> str:
    hashes = sorted(hashlib.sha256(photo).hexdigest() for photo in photos)
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def b64(blob: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(blob).decode()}


def token(
    *photos: bytes, sid: str = "visitor", sources: tuple[str, ...] = (), age_s: float = 0, key: str = STREAM_KEY, **limits: int
) -> str:
    """As tier 1 signs it, for the photos' sources and those named."""
    serializer = URLSafeTimedSerializer(key, salt="stream.v1")

    class Aged(serializer.default_signer):
        def get_timestamp(self) -> int:
            return int(time.time() - age_s)

    serializer.signer = Aged
    return serializer.dumps({"sid": sid, "sources": [*map(id_of, photos), *sources], "limits": limits})


class Server:
    """An HTTP server in threads, on one port for as long as it lives; `stop` breaks every connection."""

    def __init__(self) -> None:
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self._connections: set[Any] = set()
        self.authorizations: list[str] = []
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        if self._server is not None:
            return
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                double._connections.add(self.connection)

            def do_GET(self) -> None:
                self._reply(*double.get(self.path, self.headers.get("Authorization", "")))

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                is_json = self.headers["Content-Type"] == "application/json"
                double.authorizations.append(self.headers.get("Authorization", ""))
                self._reply(*double.post(self.path, json.loads(data) if is_json else data))

            def _reply(self, status: int, body: Any) -> None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: Any) -> None:
                """Connections break here on purpose."""

        self._server = Quiet(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        self.break_connections()

    def break_connections(self) -> None:
        for connection in list(self._connections):
            connection.close() if connection.fileno() < 0 else _reset(connection)
        self._connections.clear()

    def get(self, path: str, authorization: str) -> tuple[int, Any]:
        return 404, {"error": "nothing here"}

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        return 404, {"error": "nothing here"}


def _reset(connection: Any) -> None:
    try:
        connection.setsockopt(1, 13, struct.pack("ii", 1, 0))
        connection.shutdown(2)
    except OSError:
        pass


class PredictionServer(Server):
    """Speaks the prediction contract; its swap puts the source's name into the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        self.start()
        self.held: set[str] = set()
        self.instances: list[dict[str, Any]] = []
        self.parameters: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.authorizations.clear()
        self.delay_s = 0.0
        self.status = 200
        self.swap_answer: Callable[[dict[str, Any]], Any] = self.swap
        self._gate: threading.Semaphore | None = None
        self._lock = threading.Lock()
        self.at_once = self.most_at_once = 0

    def hold(self) -> None:
        """From now on every swap waits until it is let through."""
        self._gate = threading.Semaphore(0)

    def let_through(self, count: int = 1) -> None:
        assert self._gate is not None
        self._gate.release(count)

    def swaps(self) -> list[dict[str, Any]]:
        return [instance for instance in self.instances if "image" in instance]

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        self.paths.append(path)
        if self.status != 200:
            return self.status, {"error": {"message": "as the test wants it", "code": self.status}}
        self.parameters.append(body.get("parameters") or {})
        return 200, {"predictions": [self._answer(instance) for instance in body["instances"]]}

    def _answer(self, instance: dict[str, Any]) -> Any:
        self.instances.append(instance)
        if instance.get("describe"):
            return {"model": {"name": "double", "version": "1", "engines": ["none"], "parameters": PARAMETERS}}
        if instance.get("forget"):
            self.held.discard(instance["source"])
            return {"source": {"forgotten": True}}
        photos = {
            source: [base64.b64decode(p["b64"]) for p in given]
            for source, given in (instance.get("source_images") or {}).items()
        }
        if any(id_of(*given) != source for source, given in photos.items()):
            return {"error": {"code": "bad_source", "message": "the photos are not those of the id"}}
        if instance.get("prepare"):
            if any(b"no face" in photo for photo in photos[instance["source"]]):
                reasons = [{"code": "no_face_in_source", "message": "the photo shows no face"}]
                return {"source": {"ok": False, "reasons": reasons, "crop": None, "embedding": None}}
            self.held |= set(photos)
            return {"source": {"ok": True, "reasons": [], "crop": b64(ALICE), "embedding": [0.0] * 128}}
        self.held |= set(photos)
        return self._counted(instance)

    def _counted(self, instance: dict[str, Any]) -> Any:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self._gate is not None:
                self._gate.acquire(timeout=30)
            time.sleep(self.delay_s)
            return self.swap_answer(instance)
        finally:
            with self._lock:
                self.at_once -= 1

    def swap(self, instance: dict[str, Any]) -> Any:
        jpeg = base64.b64decode(instance["image"]["b64"])
        if not jpeg.startswith(b"\xff\xd8"):
            return {"error": {"code": "bad_image", "message": "not a JPEG"}}
        source = instance.get("source")
        missing = [
            wanted for wanted in {source, *(instance.get("assign") or {}).values()} if wanted and wanted not in self.held
        ]
        if missing:
            return {"error": {"code": "source_unknown", "message": "not held here", "missing": missing}}
        faces = [{"id": "1", "box": [1, 2, 3, 4], "score": 0.9, "source": source}]
        picture = b"\xff\xd8 swapped to " + str(source)[:8].encode() + b" " + jpeg[2:]
        timings = {"decode": 1.0, "swap": 2.5}
        return {"image": b64(picture), "faces": faces, "state": f"after {instance['time_ms']:g}", "timings": timings}


class ClientApp(Server):
    """Tier 1, as far as the relay sees it: photos for those whose token names them."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        self.start()
        self.photos: dict[str, list[bytes]] = {id_of(photo): [photo] for photo in (ALICE, BOB, NOBODY)}
        self.asked: list[str] = []
        self.status = 200
        self.gallery: list[str] = []
        self.stream_url = ""

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        return 200, {"token": token(sources=(body["source"],)), "url": self.stream_url, "expires_in": 300}

    def get(self, path: str, authorization: str) -> tuple[int, Any]:
        if path == "/api/sources":
            return 200, {"sources": [{"id": source, "name": source[:4], "image": "/"} for source in self.gallery]}
        source = path.removeprefix("/api/sources/").removesuffix("/images")
        self.asked.append(source)
        if self.status != 200:
            return self.status, {"error": {"code": "as_the_test_wants_it"}}
        try:
            serializer = URLSafeTimedSerializer(STREAM_KEY, salt="stream.v1")
            payload = serializer.loads(authorization.removeprefix("Bearer "), max_age=300)
        except BadSignature:
            return 401, {"error": {"code": "bad_token"}}
        if source not in payload["sources"] or source not in self.photos:
            return 404, {"error": {"code": "not_found"}}
        return 200, {"images": [b64(photo) for photo in self.photos[source]]}


@dataclass(frozen=True)
class Answer:
    kind: int
    faces: int
    seq: int
    clock_ms: float
    relay_us: int
    routine_us: int
    jpeg: bytes

    @property
    def swapped(self) -> bool:
        return self.kind == 2


class Closed(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


@dataclass
class Client:
    """A client of the stream protocol, written against docs/protocol.md and nothing of the relay's."""

    url: str
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.socket = websocket.create_connection(self.url.replace("http", "ws", 1) + "/stream", timeout=20, **self.options)
        self._answers: deque[Answer] = deque()
        self._texts: deque[dict[str, Any]] = deque()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.shutdown()

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def start(self, session_token: str, delivery: str = "live", **options: Any) -> None:
        self.say(type="start", protocol=1, token=session_token, delivery=delivery, options=options)

    def ready(self, session_token: str, delivery: str = "live", **options: Any) -> dict[str, Any]:
        self.start(session_token, delivery, **options)
        return self.message("ready")

    def frame(
        self, seq: int, jpeg: bytes = JPEG, version: int = 1, kind: int = 1, flags: int = 0, clock_ms: float | None = None
    ) -> None:
        header = struct.pack(">BBHId", version, kind, flags, seq, float(seq) if clock_ms is None else clock_ms)
        self.socket.send_binary(header + jpeg)

    def answer(self) -> Answer:
        while not self._answers:
            self._receive()
        return self._answers.popleft()

    def message(self, kind: str) -> dict[str, Any]:
        while True:
            found = next((text for text in self._texts if text["type"] == kind), None)
            if found is not None:
                self._texts.remove(found)
                return found
            self._receive()

    def next(self) -> str:
        """Receives one message and says what it is: a text's type, or `answer`."""
        before = len(self._answers)
        self._receive()
        return "answer" if len(self._answers) > before else str(self._texts[-1]["type"])

    def closed(self) -> tuple[int, str]:
        """Reads to the end."""
        try:
            while True:
                self._receive()
        except Closed as closed:
            return closed.code, closed.reason

    def _receive(self) -> None:
        opcode, data = self.socket.recv_data(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise Closed(struct.unpack("!H", data[:2])[0], data[2:].decode())
        if opcode == websocket.ABNF.OPCODE_TEXT:
            self._texts.append(json.loads(data))
        if opcode == websocket.ABNF.OPCODE_BINARY:
            assert data[0] == 1, "version of a server frame"
            _, kind, faces, seq, clock_ms, relay_us, routine_us = struct.unpack_from(">BBHIdII", data)
            self._answers.append(Answer(kind, faces, seq, clock_ms, relay_us, routine_us, bytes(data[24:])))
