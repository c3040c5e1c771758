"""Django set up on its own database, keys and static files; a small HTTP server that stands where the relay would be."""

import io
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import django
import pytest
from gcp_storage_emulator.server import create_server
from PIL import Image

from tests.processes import free_port

CLIENT_APP = Path(__file__).resolve().parents[2] / "client_app"
SCRATCH = tempfile.TemporaryDirectory(prefix="client-app-tests-")
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "facedetect.settings",
    "KEY_DIR": f"{SCRATCH.name}/keys",
    "DATABASE_URL": f"sqlite:///{SCRATCH.name}/db.sqlite3",
    "STATIC_ROOT": f"{SCRATCH.name}/static",
    "API_CALLS_PER_MINUTE": "1000000",
    "MEDIA_DIR": f"{SCRATCH.name}/media",
    "WORK_DIR": f"{SCRATCH.name}/work",
}
#: Of the emulator of Google Cloud Storage.
BUCKET = "visitors"
# Other tiers' tests run in this process too: what Django reads here must not reach the servers that they start.
READ_AT_START = (
    *ENVIRONMENT,
    "DEBUG",
    "HTTPS",
    "HSTS_SECONDS",
    "BEHIND_PROXY",
    "CLIENT_ADDRESS_HEADER",
    "ALLOWED_HOSTS",
    "PORT",
    "CLIENT_PORT",
    "RELAY_URL",
    "RELAY_PORT",
    "STREAM_KEY",
    "SERVICE_KEY",
    "SECRET_KEY",
    "SOURCE_HOURS",
    "ACCOUNTS",
    "MAX_UPLOAD_BYTES",
    "GCS_BUCKET",
    "STORAGE_KEY",
    "CONTENT_CHECK",
    "C2PA_CERTIFICATE",
    "C2PA_PRIVATE_KEY",
    "C2PA_TSA_URL",
)


def pytest_configure(config: pytest.Config) -> None:
    before = {name: os.environ.pop(name, None) for name in READ_AT_START}
    os.environ.update(ENVIRONMENT)
    try:
        django.setup()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@pytest.fixture(scope="session", autouse=True)
def static_root() -> Path:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    return Path(ENVIRONMENT["STATIC_ROOT"])


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Hashing that is slow on purpose, and the list of static files that a server makes at its start, as each client would."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


@dataclass
class RelayDouble:
    """Plays the relay's /prepare and /revoke over HTTP; `answers` are (status, body) by path."""

    url: str
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def begin(self) -> None:
        """As a relay that has not been called yet and has nothing against anything."""
        self.calls.clear()
        self.answers.clear()
        self.answer("/prepare", 200, {"source": {"ok": True, "reasons": [], "crop": {"b64": ""}, "embedding": []}})
        self.answer("/revoke", 200, {"closed": 1})

    def answer(self, path: str, status: int, body: object) -> None:
        self.answers[path] = (status, body if isinstance(body, bytes) else json.dumps(body).encode())

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [body for called, _, body in self.calls if called == path]


@contextmanager
def relay_double() -> Iterator[RelayDouble]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            self._answer({})

        def _answer(self, body: dict[str, Any]) -> None:
            double.calls.append((self.path, self.headers.get("Authorization", ""), body))
            status, answer = double.answers[self.path]
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Keeps the test's output to the test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double = RelayDouble(f"http://127.0.0.1:{server.server_port}")
    double.begin()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield double
    server.shutdown()
    server.server_close()


@pytest.fixture
def relay() -> Iterator[RelayDouble]:
    with relay_double() as double:
        yield double


@pytest.fixture
def connected(relay: RelayDouble, settings: Any) -> RelayDouble:
    settings.RELAY_URL = relay.url
    return relay


@pytest.fixture(autouse=True)
def own_files() -> Iterator[None]:
    """Each test has a database of its own, and so what another has left in the same folders is nobody's."""
    yield
    for folder in ("MEDIA_DIR", "WORK_DIR"):
        shutil.rmtree(ENVIRONMENT[folder], ignore_errors=True)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An emulator of Google Cloud Storage, which Google's client finds by itself."""
    port = free_port()
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket=BUCKET)
    server.start()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "tests")
    yield f"http://127.0.0.1:{port}"
    server.stop()


def picture(size: tuple[int, int] = (200, 240), mode: str = "RGB", format: str = "JPEG", **options: Any) -> bytes:
    """A picture whose four corners differ, so that which way is up can be told; `options` go to Pillow's save."""
    image = Image.new("RGB", size, (200, 40, 40))
    image.paste((40, 200, 40), (0, 0, size[0] // 2, size[1] // 2))
    buffer = io.BytesIO()
    image.convert(mode).save(buffer, format, **options)
    return buffer.getvalue()
