import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from tests.footage import ROOT
from tests.processes import free_port

PORTS = ("CLIENT_PORT", "RELAY_PORT", "PREDICTION_PORT")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Ports, keys and database of our own, so that a stack that someone runs here is not disturbed."""
    return {
        **os.environ,
        **{name: str(free_port()) for name in PORTS},
        "KEY_DIR": str(tmp_path / "keys"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        # The worker sweeps what its database does not know.
        "MEDIA_DIR": str(tmp_path / "media"),
        "WORK_DIR": str(tmp_path / "work"),
    }


@contextmanager
def launched(environment: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "scripts/run.py"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 90
    while "Ready. Open" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_all_three_tiers_and_leaves_nothing_behind(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    log = tmp_path / "log"
    with launched(environment, log) as process:
        wait_until_ready(process, log)
        assert f"http://127.0.0.1:{environment['CLIENT_PORT']}" in log.read_text()
        for name in PORTS:
            assert requests.get(f"http://127.0.0.1:{environment[name]}/healthz", timeout=10).ok
        started = psutil.Process(process.pid).children(recursive=True)
        assert len(started) >= 7
        process.send_signal(number)
        assert process.wait(timeout=30) == 0
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
    for name in PORTS:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(environment[name]))) != 0


def test_over_https_the_tiers_reach_each_other_and_the_network(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with launched({**environment, "HTTPS": "1"}, log) as process:
        wait_until_ready(process, log)
        certificate = str(ROOT / "var" / "tls" / "certificate.pem")
        page = requests.get(f"https://localhost:{environment['CLIENT_PORT']}/", timeout=10, verify=certificate)
        assert page.ok
        assert f"wss://localhost:{environment['RELAY_PORT']}/stream" in page.text
        photo = (ROOT / "client_app" / "static" / "faces" / "astronaut.jpg").read_bytes()
        version = page.text.split('"consent": {"version": "')[1].split('"')[0]
        reply = requests.post(
            f"https://localhost:{environment['CLIENT_PORT']}/api/sources",
            files={"photos": ("me.jpg", photo)}, data={"consent": version}, timeout=60, verify=certificate,
        )  # fmt: skip
        assert reply.status_code == 201, reply.text


@pytest.mark.parametrize("name", PORTS)
def test_a_port_that_is_taken_is_named_with_its_variable(environment: dict[str, str], tmp_path: Path, name: str) -> None:
    log = tmp_path / "log"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment[name])))
        taken.listen()
        with launched(environment, log) as process:
            assert process.wait(timeout=30) == 1
    assert environment[name] in log.read_text()
    assert f"make run {name}=" in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("value", ["", "0", "99999", "http", "-1"])
def test_what_is_no_port_is_named(environment: dict[str, str], tmp_path: Path, value: str) -> None:
    log = tmp_path / "log"
    with launched({**environment, "RELAY_PORT": value or " "}, log) as process:
        assert process.wait(timeout=30) == 1
    assert "RELAY_PORT" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_tier_that_cannot_start_ends_the_run_with_its_own_words(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with launched({**environment, "AIP_STORAGE_URI": str(tmp_path / "nowhere")}, log) as process:
        assert process.wait(timeout=60) == 1
    assert "make models" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_make_alone_lists_the_targets() -> None:
    printed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target} " in printed for target in ("run", "test", "lint", "models", "bench", "clean"))
