from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.processes import free_port, gunicorn, running
from tests.websocket_server.doubles import SERVICE_KEY, STREAM_KEY, ClientApp, PredictionServer

FOLDER = Path(__file__).parent.parent.parent / "websocket_server"


@dataclass(frozen=True)
class RelayProcess:
    url: str
    process: psutil.Process
    log: Path

    def worker(self) -> psutil.Process:
        return self.process.children()[0]


StartRelay = Callable[..., AbstractContextManager[RelayProcess]]


@pytest.fixture(scope="session")
def the_model() -> Iterator[PredictionServer]:
    server = PredictionServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def the_client_app() -> Iterator[ClientApp]:
    server = ClientApp()
    yield server
    server.stop()


@pytest.fixture
def model(the_model: PredictionServer) -> PredictionServer:
    the_model.reset()
    return the_model


@pytest.fixture
def client_app(the_client_app: ClientApp) -> ClientApp:
    the_client_app.reset()
    return the_client_app


@pytest.fixture(scope="session")
def start_relay(the_model: PredictionServer, the_client_app: ClientApp, tmp_path_factory: pytest.TempPathFactory) -> StartRelay:
    """Runs the relay as a process, with what the test adds to its environment and command line."""

    @contextmanager
    def start(*arguments: str, **environment: str) -> Iterator[RelayProcess]:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        log = tmp_path_factory.mktemp("relay") / "relay.log"
        command = gunicorn("-b", f"127.0.0.1:{port}", "-k", "flask_sockets.worker", *arguments, "main:app")
        settings = {
            "PREDICTION_URL": the_model.url,
            "CLIENT_URL": the_client_app.url,
            "STREAM_KEY": STREAM_KEY,
            "SERVICE_KEY": SERVICE_KEY,
            **environment,
        }
        with running(command, FOLDER, f"{url}/metrics", settings, log) as process:
            yield RelayProcess(url, psutil.Process(process.pid), log)

    return start


@pytest.fixture(scope="session")
def the_relay(start_relay: StartRelay) -> Iterator[RelayProcess]:
    with start_relay() as relay:
        yield relay


@pytest.fixture
def relay(the_relay: RelayProcess, model: PredictionServer, client_app: ClientApp) -> RelayProcess:
    return the_relay


@pytest.fixture(scope="session")
def the_impatient_relay(start_relay: StartRelay) -> Iterator[RelayProcess]:
    with start_relay(START_SECONDS="1", SILENCE_SECONDS="1.5", SEND_SECONDS="1", PREDICTION_TIMEOUT="1") as relay:
        yield relay


@pytest.fixture
def impatient_relay(the_impatient_relay: RelayProcess, model: PredictionServer, client_app: ClientApp) -> RelayProcess:
    return the_impatient_relay


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
