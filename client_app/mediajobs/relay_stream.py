"""One stream to the relay, for files: every frame is swapped, and the answers come in the order of the frames."""

import json
import os
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import websocket

from facedetect import tokens
from facedetect.relay import address_for_server
from mediajobs.failures import JobFailed, JobStopped

CONNECT_SECONDS = 5.0
#: The model may have to fetch and prepare photos before it is ready.
READY_SECONDS = 60.0
ANSWER_SECONDS = 60.0
#: How soon a stream that waits notices that it is to stop.
_GLANCE_SECONDS = 0.25
#: How long what is said about a frame may come after its answer.
_COMMENT_SECONDS = 0.5
_FRAME, _ANSWER = struct.Struct(">BBHId"), struct.Struct(">BBHIdII")
_SWAPPED = 2
_NOT_NOW = frozenset({"model_unreachable", "model_busy", "model_error", "faces_unreachable"})
_TRY_AGAIN = frozenset({1001, 1006, 1011, 1012, 1013, 4401, 4408, 4429})


class RelayAway(Exception):
    """The relay or the model cannot do it now; later it may. The message says what is away."""


@dataclass(frozen=True)
class Wish:
    """What is to be swapped, for whom. `job` names the streams' owner to the relay."""

    visitor: str
    job: str
    source: str | None
    assign: Mapping[str, str | None]
    options: Mapping[str, Any]
    streams: int

    @property
    def sources(self) -> list[str]:
        return [source for source in dict.fromkeys([self.source, *self.assign.values()]) if source]

    def as_options(self) -> dict[str, Any]:
        # A file is decoded and encoded again, so that the pictures on the way keep all they can.
        return {**self.options, "quality": 95, "source": self.source, "assign": dict(self.assign)}


@dataclass(frozen=True)
class Answer:
    """`unchanged`: nothing was swapped in this frame."""

    jpeg: bytes
    faces: int
    unchanged: bool


@dataclass
class RelayStream:
    """Open while it is used as a context. `faces` are those of the newest answer that told of them, `notes` what the model
    did otherwise than asked."""

    wish: Wish
    stopping: threading.Event
    faces: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    window: int = 1
    frame_bytes: int = 0
    _socket: Any = None
    _sent: "deque[tuple[int, bytes]]" = field(default_factory=deque)
    _number: int = 0
    _complaint: str = ""

    def __enter__(self) -> "RelayStream":
        try:
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close(timeout=1)

    @property
    def unanswered(self) -> int:
        return len(self._sent)

    def send(self, jpeg: bytes, clock_ms: float) -> None:
        self._number += 1
        self._sent.append((self._number, jpeg))
        self._write_binary(_FRAME.pack(1, 1, 0, self._number, clock_ms) + jpeg)

    def answer(self) -> Answer:
        """To the oldest frame that has none yet.

        Raises:
            RelayAway: what has no answer yet is to be sent again, on another stream.
            JobFailed: it will not be answered another time either.
            JobStopped
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            message = self._read(deadline)
            if isinstance(message, bytes):
                return self._take(message)
            self._heed(message)

    def change(self, **options: Any) -> None:
        """Holds for the frames that are sent from now on."""
        self._write(json.dumps({"type": "options", "options": options}))

    def settle(self) -> None:
        """Takes in what the relay says behind the newest answer: which faces there are."""
        self._write(json.dumps({"type": "ping"}))
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            message = self._read(deadline)
            if isinstance(message, str):
                said = self._heed(message)
                if said == "pong":
                    return

    def _connect(self) -> None:
        token = tokens.issue_for_job(self.wish.visitor, self.wish.sources, self.wish.job, self.wish.streams)
        bundle = os.environ.get("REQUESTS_CA_BUNDLE")
        try:
            self._socket = websocket.create_connection(
                address_for_server().stream,
                timeout=CONNECT_SECONDS,
                sslopt={"cert_reqs": ssl.CERT_REQUIRED, **({"ca_certs": bundle} if bundle else {})},
                skip_utf8_validation=True,
            )
        except (OSError, websocket.WebSocketException) as error:
            raise RelayAway("the relay does not answer") from error
        start = {"type": "start", "protocol": 1, "token": token, "delivery": "all", "options": self.wish.as_options()}
        self._write(json.dumps(start))
        deadline = time.monotonic() + READY_SECONDS
        while not self.frame_bytes:
            message = self._read(deadline)
            if isinstance(message, str):
                self._heed(message)

    def _take(self, message: bytes) -> Answer:
        _, kind, faces, number, *_ = _ANSWER.unpack_from(message)
        expected, jpeg = self._sent.popleft()
        if number != expected:
            raise RelayAway("the relay answered another frame than the one that was due")
        if kind != _SWAPPED:
            self._sent.appendleft((expected, jpeg))
            self._listen_for_the_reason()
        swapped = message[_ANSWER.size :]
        return Answer(swapped, faces, swapped == jpeg)

    def _listen_for_the_reason(self) -> None:
        """Raises what the relay says, or RelayAway where it says nothing."""
        deadline = time.monotonic() + _COMMENT_SECONDS
        while True:
            message = self._read(deadline)
            if isinstance(message, str):
                self._heed(message)

    def _heed(self, text: str) -> str:
        """What kind of message it was."""
        message = json.loads(text)
        match message.get("type"):
            case "ready":
                self.window, self.frame_bytes = message["window"], message["max_frame_bytes"] - _FRAME.size
            case "faces":
                self.faces = message["faces"]
            case "notes":
                self.notes |= {note["code"]: note["message"] for note in message["notes"]}
            case "error" if message.get("code") in _NOT_NOW:
                raise RelayAway(message["message"].partition(";")[0])
            case "error" if "seq" in message or message.get("code") == "bad_option":
                raise JobFailed(f"The model refused it: {message['message']}")
            case "error":
                self._complaint = message["message"]
        return str(message.get("type"))

    def _read(self, deadline: float) -> str | bytes:
        while True:
            if self.stopping.is_set():
                raise JobStopped
            self._socket.settimeout(_GLANCE_SECONDS)
            try:
                opcode, content = self._socket.recv_data()
            except websocket.WebSocketTimeoutException:
                if time.monotonic() > deadline:
                    raise RelayAway("the model does not answer") from None
                continue
            except (OSError, websocket.WebSocketException) as error:
                raise RelayAway("the relay does not answer") from error
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                raise self._closed(content)
            return bytes(content) if opcode == websocket.ABNF.OPCODE_BINARY else content.decode()

    def _closed(self, content: bytes) -> Exception:
        code = struct.unpack(">H", content[:2])[0] if len(content) >= 2 else 1006
        reason = self._complaint or content[2:].decode(errors="replace")
        if code == 4401 and self._complaint:
            return JobFailed("A face that it was to show is gone: it was deleted, or its time has run out.")
        if code in _TRY_AGAIN:
            return RelayAway(reason or "the relay does not answer")
        return JobFailed(f"The relay ended the work: {reason}")

    def _write(self, text: str) -> None:
        self._guarded(lambda: self._socket.send(text))

    def _write_binary(self, content: bytes) -> None:
        self._guarded(lambda: self._socket.send_binary(content))

    def _guarded(self, send: Any) -> None:
        self._socket.settimeout(ANSWER_SECONDS)
        try:
            send()
        except (OSError, websocket.WebSocketException) as error:
            raise RelayAway("the relay does not answer") from error
