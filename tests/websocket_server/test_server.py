"""The relay as a process under gunicorn: how it starts, what it says over plain HTTP, how it stops."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import websocket

from scripts.certificate import ensure_certificate
from tests.processes import free_port, gunicorn, running
from tests.websocket_server.conftest import FOLDER, RelayProcess, StartRelay
from tests.websocket_server.doubles import ALICE, PARAMETERS, Client, ClientApp, PredictionServer, token


def get(url: str) -> tuple[int, str, str]:
    """Status, content type and text."""
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:
            return reply.status, reply.headers["Content-Type"], reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


# Starting


def test_the_command_works_as_it_stands_and_makes_the_keys(tmp_path: Path) -> None:
    folder = tmp_path / "websocket_server"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    port = free_port()
    command = gunicorn("-b", f"127.0.0.1:{port}", "-k", "flask_sockets.worker", "main:app")
    log = tmp_path / "log"
    with running(command, folder, f"http://127.0.0.1:{port}/healthz", {}, log):
        status, _, text = get(f"http://127.0.0.1:{port}/stream")
    assert (status, "speaks WebSocket" in text) == (426, True)
    assert {path.name for path in (tmp_path / "var").iterdir()} == {"stream.key", "service.key"}
    assert "Traceback" not in log.read_text()
    assert "control" not in log.read_text().lower()


def test_app_engine_hands_in_the_port(tmp_path: Path) -> None:
    port = free_port()
    environment = {"PORT": str(port), "KEY_DIR": str(tmp_path)}
    with running(gunicorn("main:app"), FOLDER, f"http://127.0.0.1:{port}/healthz", environment, tmp_path / "log"):
        pass


def test_a_value_that_cannot_be_used_stops_it_with_one_clear_line(tmp_path: Path) -> None:
    environment = {**os.environ, "KEY_DIR": str(tmp_path), "PREDICTION_TIMEOUT": "soon"}
    command = gunicorn("-b", f"127.0.0.1:{free_port()}", "main:app")
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "PREDICTION_TIMEOUT is 'soon': expected a number" in done.stderr
    assert "Traceback" not in done.stderr


def test_over_tls_streams_and_refusals_are_the_same(
    start_relay: StartRelay, model: PredictionServer, client_app: ClientApp, tmp_path: Path
) -> None:
    certificate, key = map(str, ensure_certificate(tmp_path))
    port = free_port()
    command = gunicorn("-b", f"127.0.0.1:{port}", "--certfile", certificate, "--keyfile", key, "main:app")
    environment = {
        "PREDICTION_URL": model.url,
        "CLIENT_URL": client_app.url,
        "STREAM_KEY": "stream-key-of-the-tests",
        "SERVICE_KEY": "s",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=FOLDER, env={**os.environ, **environment}, stdout=output, stderr=output)
    try:
        wait_for_port(port)
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(b"this is not TLS\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                assert plain.recv(100) == b""
        options = {"sslopt": {"ca_certs": certificate}}
        with Client(f"https://127.0.0.1:{port}", options) as client:
            client.ready(token(ALICE))
            for seq in range(5):
                client.frame(seq, jpeg=b"\xff\xd8" + bytes(200_000))
                assert client.answer().swapped
            client.frame(0)
            assert client.closed() == (4400, "frame 0 came after frame 4: sequence numbers rise")
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


# Plain HTTP


def test_health_is_for_any_page_and_says_whether_the_model_is_there(start_relay: StartRelay, model: PredictionServer) -> None:
    with start_relay() as relay, urllib.request.urlopen(f"{relay.url}/healthz", timeout=20) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        health = json.load(reply)
    assert health == {
        "ok": True,
        "version": "0.1.0",
        "streams": 0,
        "model": {"reachable": True, "name": "double", "version": "1", "parameters": PARAMETERS},
    }


def test_health_without_a_model_is_still_the_relays_own(start_relay: StartRelay, model: PredictionServer) -> None:
    model.stop()
    with start_relay() as relay:
        status, _, text = get(f"{relay.url}/healthz")
    health = json.loads(text)
    assert (status, health["ok"], health["model"]["reachable"]) == (200, True, False)
    assert "cannot be reached" in health["model"]["message"]


def test_metrics_count_frames_streams_and_closes(relay: RelayProcess) -> None:
    before = metrics(relay)
    with Client(relay.url) as client:
        client.ready(token(ALICE, sid="counted"))
        client.frame(1)
        client.answer()
        client.frame(2, jpeg=b"broken")
        client.answer()
        during = metrics(relay)
        client.frame(0)
        client.closed()
    assert during["relay_streams_open"] >= 1
    for name, more in {
        'relay_frames_total{outcome="swapped"}': 1,
        'relay_frames_total{outcome="dropped"}': 1,
        'relay_prediction_errors_total{code="bad_image"}': 1,
        "relay_frame_seconds_count": 1,
        "relay_prediction_seconds_count": 1,
    }.items():
        assert during[name] - before.get(name, 0) == more, name
    deadline = time.monotonic() + 20
    closes = 'relay_streams_closed_total{code="4400"}'
    while metrics(relay).get(closes, 0) <= before.get(closes, 0):
        assert time.monotonic() < deadline


def metrics(relay: RelayProcess) -> dict[str, float]:
    lines = get(f"{relay.url}/metrics")[2].splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


@pytest.mark.parametrize(("path", "status"), [("/stream", 426), ("/", 404), ("/prepare", 405)])
def test_what_is_no_address_for_a_browser_says_so(relay: RelayProcess, path: str, status: int) -> None:
    got, content_type, text = get(relay.url + path)
    assert got == status
    assert content_type.startswith(("text/plain", "application/json"))
    assert "Traceback" not in text


def test_a_body_over_the_limit_is_413(relay: RelayProcess) -> None:
    request = urllib.request.Request(
        f"{relay.url}/revoke", b'{"source": "' + b"x" * 10_000_000, {"Authorization": "Bearer service-key-of-the-tests"}
    )
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=20)
    assert raised.value.code == 413


def test_only_pages_of_allowed_origins_may_connect(
    start_relay: StartRelay, model: PredictionServer, client_app: ClientApp
) -> None:
    with start_relay(ALLOWED_ORIGINS="https://swap.example") as relay:
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            Client(relay.url, {"origin": "https://evil.example"})
        for options in ({"origin": "https://swap.example"}, {"suppress_origin": True}):
            with Client(relay.url, options) as client:
                client.ready(token(ALICE))


# Stopping


@pytest.fixture
def open_stream(
    start_relay: StartRelay, model: PredictionServer, client_app: ClientApp
) -> Iterator[tuple[RelayProcess, Client]]:
    with start_relay() as relay, Client(relay.url) as client:
        client.ready(token(ALICE))
        yield relay, client


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_restart_is_said_with_1012_and_waits_for_nobody(open_stream: tuple[RelayProcess, Client], number: int) -> None:
    relay, client = open_stream
    address = urlsplit(relay.url)
    idle = socket.create_connection((address.hostname, address.port))
    with Client(relay.url) as not_started:
        relay.process.send_signal(number)
        assert client.closed()[0] == 1012
        assert not_started.closed()[0] == 1012
    relay.process.wait(timeout=20)
    idle.close()
    log = relay.log.read_text()
    assert "graceful timeout" not in log, "gunicorn waited for connections in vain"
    assert "Traceback" not in log


def test_a_client_that_does_not_read_does_not_hold_up_a_restart(open_stream: tuple[RelayProcess, Client]) -> None:
    relay, client = open_stream
    stop = threading.Event()

    def send_and_never_read() -> None:
        try:
            for seq in range(1, 10_000):
                if stop.is_set():
                    return
                client.frame(seq, jpeg=b"\xff\xd8" + bytes(100_000))
        except (OSError, websocket.WebSocketException):
            pass

    sender = threading.Thread(target=send_and_never_read)
    sender.start()
    relay.process.terminate()
    relay.process.wait(timeout=30)
    assert "graceful timeout" not in relay.log.read_text()
    stop.set()
    client.socket.shutdown()
    sender.join()
