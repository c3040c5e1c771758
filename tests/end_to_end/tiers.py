"""The three real tiers as processes that the tests can stop, kill and start again on the same address."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.footage import ROOT
from tests.processes import free_port, gunicorn, running

#: A name that resolves to this machine and yet is no secure origin to a browser.
INSECURE_HOST = "studio.test"
MODEL_PATH = "/v1/projects/local/models/faceswap/versions/v1:predict"


@dataclass
class Tier:
    """One server process: `start` returns once it is healthy."""

    folder: str
    command: list[str]
    port: int
    environment: dict[str, str]
    logs: Path
    health: str = "/healthz"
    _stack: ExitStack = field(default_factory=ExitStack)
    _process: "subprocess.Popen[bytes] | None" = None
    _changes: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.logs / f"{self.folder}.log").read_text()

    def start(self, **changes: str) -> None:
        server = running(
            self.command,
            ROOT / self.folder,
            f"{self.url}{self.health}",
            {**self.environment, **changes},
            self.logs / f"{self.folder}.log",
        )
        self._process = self._stack.enter_context(server)
        self._changes = changes

    def runs_as_configured(self) -> bool:
        return self._process is not None and self._process.poll() is None and not self._changes

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.folder} is not running"
        return self._process.pid

    def stop(self) -> None:
        self._stack.close()
        self._process = None

    def kill(self) -> None:
        """As a crash would: no goodbye, and the workers with it."""
        family = psutil.Process(self.pid)
        for process in [family, *family.children(recursive=True)]:
            process.kill()
        self.stop()
        wait_until_free(self.url + self.health)


@dataclass
class Worker:
    """The process that does the jobs of the queue; it answers nobody."""

    environment: dict[str, str]
    logs: Path
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> str:
        return (self.logs / "worker.log").read_text()

    def start(self, **changes: str) -> None:
        with (self.logs / "worker.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "db_worker", "--interval", "0.1", "--no-startup-delay"],
                cwd=ROOT / "client_app",
                env={**os.environ, **self.environment, **changes},
                stdout=output,
                stderr=output,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None, "the worker is not running"
        return self._process.pid

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def kill(self) -> None:
        """As a crash would."""
        assert self._process is not None, "the worker is not running"
        self._process.kill()
        self._process.wait()
        self._process = None


def wait_until_free(url: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, OSError):
            return
        time.sleep(0.05)
    raise TimeoutError(f"{url} still answers after {seconds} s")


@dataclass(frozen=True)
class Tiers:
    client: Tier
    relay: Tier
    prediction: Tier
    worker: Worker
    keys: Path
    files: Path

    def prepare(self) -> None:
        """Database and static files, before the servers start."""
        for step in ("migrate", "collectstatic"):
            subprocess.run(
                [sys.executable, "manage.py", step, "--no-input", "--verbosity", "0"],
                cwd=ROOT / self.client.folder,
                env={**self.client.environment, "PATH": ""},
                check=True,
            )

    def start(self) -> None:
        self.prepare()
        for tier in (self.prediction, self.relay, self.client):
            tier.start()
        self.worker.start()

    def stop(self) -> None:
        self.worker.stop()
        for tier in (self.client, self.relay, self.prediction):
            tier.stop()


def tiers_in(folder: Path) -> Tiers:
    """The tiers with keys, database, static files and logs in this folder, none of them running yet."""
    keys, logs = folder / "keys", folder / "logs"
    keys.mkdir()
    logs.mkdir()
    client_port, relay_port, prediction_port = free_port(), free_port(), free_port()
    environment = {
        "KEY_DIR": str(keys),
        "CLIENT_URL": f"http://127.0.0.1:{client_port}",
        "RELAY_URL": f"http://127.0.0.1:{relay_port}",
        "PREDICTION_URL": f"http://127.0.0.1:{prediction_port}",
    }
    client_environment = {
        **environment,
        "DEBUG": "0",
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_DIR": str(folder / "media"),
        "WORK_DIR": str(folder / "work"),
        "VIDEO_SEGMENT_SECONDS": "1",
        "ALLOWED_HOSTS": f"127.0.0.1,localhost,{INSECURE_HOST}",
    }

    def tier(name: str, port: int, environment: dict[str, str], *arguments: str) -> Tier:
        command = gunicorn("-b", f"127.0.0.1:{port}", *arguments)
        return Tier(name, command, port, environment, logs)

    return Tiers(
        client=tier("client_app", client_port, client_environment, "main:app"),
        relay=tier("websocket_server", relay_port, environment, "-k", "flask_sockets.worker", "main:app"),
        prediction=tier("prediction_routine", prediction_port, environment, "server:app"),
        worker=Worker(client_environment, logs),
        keys=keys,
        files=folder / "media",
    )
