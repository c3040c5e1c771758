"""Tier 2: CPU a frame in the relay, beside the prediction call's own and a WebSocket echo of the same frames.

Frames of 60 KB go in turn through the relay, through the bare client library and through the echo, so that all three see
the same moments of a noisy machine; medians are printed. The prediction server behind them takes no time.
"""

import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import websocket
from itsdangerous import URLSafeTimedSerializer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.table import print_table
from tests.processes import free_port, gunicorn, running

ROOT = Path(__file__).resolve().parent.parent
SERVERS = ROOT / "bench" / "servers"
FRAME_BYTES = 60_000
ROUNDS, WINDOW, WARM_UP = 5, 2, 50
#: The kernel counts a process's CPU in steps of 10 ms: the cheaper the frame, the more it takes.
FRAMES, ECHO_FRAMES = 500, 4000
LIMIT_MS = 1.0
STREAM_KEY = "the measurement's own"


def main() -> None:
    relay, call, echo = measure()
    beyond = relay - call
    rows = [
        ("relay, everything", relay),
        ("prediction call alone: google-api-python-client in a loop", call),
        (f"relay beyond the prediction call (at most {LIMIT_MS:g} ms)", beyond),
        ("WebSocket echo: the floor", echo),
    ]
    print_table(
        f"Relay: CPU a frame of {FRAME_BYTES // 1000} KB",
        ["", "ms", "x echo", "x call"],
        [[name, f"{ms:.2f}", f"{ms / echo:.1f}", f"{ms / call:.2f}"] for name, ms in rows],
    )


def measure() -> tuple[float, float, float]:
    """CPU milliseconds a frame: relay, call, echo."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        frame = folder / "frame"
        frame.write_bytes(b"\xff\xd8" + os.urandom(FRAME_BYTES - 2))
        model = stack.enter_context(stub_server(folder, frame))
        relay_port, relay = stack.enter_context(relay_server(folder, model, "main:app"))
        echo_port, echo = stack.enter_context(relay_server(folder, model, "--pythonpath", str(SERVERS), "echo:app"))
        stream = stack.enter_context(connected(relay_port, "stream"))
        start(stream)
        echoes = Pump(stack.enter_context(connected(echo_port, "echo")), frame.read_bytes(), kind=1)
        swaps = Pump(stream, frame.read_bytes(), kind=2)
        figures = [
            (cpu_ms(relay, swaps, FRAMES), calls_ms(model, frame), cpu_ms(echo, echoes, ECHO_FRAMES)) for _ in range(ROUNDS)
        ]
    relays, calls, floors = zip(*figures, strict=True)
    return statistics.median(relays), statistics.median(calls), statistics.median(floors)


class Pump:
    """Sends frames with at most WINDOW of them unanswered."""

    def __init__(self, connection: Any, payload: bytes, kind: int) -> None:
        self._connection = connection
        self._payload = payload
        self._kind = kind
        self._seq = 0

    def run(self, frames: int) -> None:
        for number in range(frames + WINDOW):
            if number >= WINDOW:
                self._take_answer()
            if number < frames:
                self._connection.send_binary(struct.pack(">BBHId", 1, 1, 0, self._seq, float(self._seq)) + self._payload)
                self._seq += 1

    def _take_answer(self) -> None:
        while not isinstance(answer := self._connection.recv(), bytes):
            pass
        if answer[1] != self._kind:
            raise RuntimeError(f"expected an answer of kind {self._kind}, got {answer[1]}: the figures would mean nothing")


def cpu_ms(server: psutil.Process, pump: Pump, frames: int) -> float:
    pump.run(WARM_UP)
    before = server.cpu_times()
    pump.run(frames)
    after = server.cpu_times()
    return float(after.user + after.system - before.user - before.system) * 1000 / frames


def calls_ms(model: str, frame: Path) -> float:
    command = [sys.executable, str(SERVERS / "prediction_calls.py"), model, str(frame), str(FRAMES)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def start(stream: Any) -> None:
    serializer = URLSafeTimedSerializer(STREAM_KEY, salt="stream.v1")
    token = serializer.dumps({"sid": "bench", "sources": [], "limits": {}})
    stream.send(json.dumps({"type": "start", "protocol": 1, "token": token, "delivery": "all"}))
    if '"ready"' not in (answer := stream.recv()):
        raise RuntimeError(f"the relay did not get ready: {answer}")


@contextmanager
def stub_server(folder: Path, frame: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, str(SERVERS / "prediction_stub.py"), str(port), str(frame)]
    with running(command, ROOT, f"http://127.0.0.1:{port}/healthz", {}, folder / "stub.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def relay_server(folder: Path, model: str, *arguments: str) -> Iterator[tuple[int, psutil.Process]]:
    """The port, and the process that does the work."""
    port = free_port()
    environment = {"PREDICTION_URL": model, "STREAM_KEY": STREAM_KEY, "SERVICE_KEY": "none"}
    command = gunicorn("-b", f"127.0.0.1:{port}", "-k", "flask_sockets.worker", *arguments)
    health = f"http://127.0.0.1:{port}/healthz"
    with running(command, ROOT / "websocket_server", health, environment, folder / "relay.log") as process:
        yield port, psutil.Process(process.pid).children()[0]


@contextmanager
def connected(port: int, path: str) -> Iterator[Any]:
    connection: Any = websocket.create_connection(f"ws://127.0.0.1:{port}/{path}", timeout=60)
    try:
        yield connection
    finally:
        connection.shutdown()


if __name__ == "__main__":
    main()
