"""Tier 3: a frame through a real prediction server, as a multiple of decoding and encoding the same frame.

The server runs alone on one core, the caller on another where there is one. Floor and server are timed in turn, so that
both see the same moment of a noisy machine; medians are printed.
"""

import base64
import hashlib
import http.client
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

from bench.footage import webcam_jpegs
from bench.table import print_table
from tests.footage import ASTRONAUT, HOPPER, ROOT, decoded, jpeg
from tests.processes import free_port, gunicorn, running

ROUNDS = 8
FRAMES = 12
PHOTO = 1024
STEPS = ("decode", "track", "occlusion", "eyes", "shape", "warp", "light", "harmoniser", "blend", "encode")


def main() -> None:
    cv2.setNumThreads(1)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[1]})
    address = f"127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [*_pinned(cores), *gunicorn("-b", address, "-w", "1", "server:app")]
        log = Path(folder) / "log"
        with running(command, ROOT / "prediction_routine", f"http://{address}/healthz", {}, log) as process:
            ready = time.perf_counter() - start
            rows = [_row(address, *case) for case in _cases()]
            first = _first_frame(address)
            memory = sum(child.memory_info().rss for child in psutil.Process(process.pid).children(recursive=True))
    if cores:
        os.sched_setaffinity(0, set(cores))
    head = ["tier 3, one core", "floor ms", "frame ms", "x floor", *(f"{step} ms" for step in STEPS), "faces"]
    print_table("Prediction routine, mesh engine, everything included", head, rows)
    print(f"ready after {ready:.1f} s, {memory / 1e6:.0f} MB the worker after {len(rows) * ROUNDS * FRAMES} frames")
    print(f"a frame with a new photo of {PHOTO}x{PHOTO} takes {first / 1000:.2f} s\n")


def _pinned(cores: list[int]) -> list[str]:
    return ["taskset", "-c", str(cores[0])] if cores and _has_taskset() else []


def _has_taskset() -> bool:
    return subprocess.run(["sh", "-c", "command -v taskset"], capture_output=True, check=False).returncode == 0


def _cases() -> list[tuple[str, list[bytes], dict[str, Any]]]:
    return [
        ("640x480, one face", webcam_jpegs(FRAMES), {}),
        ("the same, no harmoniser", webcam_jpegs(FRAMES), {"harmoniser": 0}),
        ("1280x720, one face", webcam_jpegs(FRAMES, 1280, 720), {}),
        ("1920x1080, one face", webcam_jpegs(FRAMES, 1920, 1080), {}),
        ("640x480, three faces", [_three_faces(n) for n in range(FRAMES)], {"faces": "all"}),
    ]


def _three_faces(number: int) -> bytes:
    photos = [decoded(path.read_bytes()) for path in (ASTRONAUT, HOPPER, ASTRONAUT)]
    canvas = np.full((480, 640, 3), 90, np.uint8)
    for i, photo in enumerate(photos):
        canvas[100:350, 10 + 210 * i + number % 4 : 210 + 210 * i + number % 4] = cv2.resize(photo, (200, 250))
    noise = np.random.default_rng(number).normal(0, 6, canvas.shape)
    return jpeg(np.clip(canvas + noise, 0, 255).astype(np.uint8), 80)


def _row(address: str, name: str, frames: list[bytes], parameters: dict[str, Any]) -> list[str]:
    post = _caller(address, parameters, ASTRONAUT.read_bytes())
    floors, times, steps, faces = [], [], [], 0
    state: str | None = None
    for _ in range(ROUNDS):
        for number, frame in enumerate(frames):
            start = time.perf_counter()
            jpeg(decoded(frame), 80)
            floors.append((time.perf_counter() - start) * 1000)
            milliseconds, prediction = post(frame, state, 33.3 * number)
            times.append(milliseconds)
            state, faces = prediction["state"], len(prediction["faces"])
            steps.append([prediction["timings"].get(step, 0.0) for step in STEPS])
    floor, frame_time = statistics.median(floors), statistics.median(times)
    columns = (f"{statistics.median(column):.1f}" for column in zip(*steps, strict=True))
    return [name, f"{floor:.2f}", f"{frame_time:.1f}", f"{frame_time / floor:.1f}", *columns, str(faces)]


def _first_frame(address: str) -> float:
    """Milliseconds of a frame that brings its source's photo with it, which is prepared before it is swapped."""
    frame, portrait = webcam_jpegs(1)[0], cv2.resize(decoded(ASTRONAUT.read_bytes()), (PHOTO, PHOTO))
    photos = [jpeg(np.asarray(portrait, np.uint8), quality) for quality in range(90, 95)]
    return statistics.median(_caller(address, {}, photo)(frame, None, 0.0)[0] for photo in photos)


def _caller(
    address: str, parameters: dict[str, Any], photo: bytes
) -> Callable[[bytes, str | None, float], tuple[float, dict[str, Any]]]:
    source = hashlib.sha256(photo).hexdigest()
    connection = http.client.HTTPConnection(address)

    def post(frame: bytes, state: str | None, time_ms: float) -> tuple[float, dict[str, Any]]:
        """Milliseconds from sending the request to having the whole reply, and the prediction."""
        instance = {"image": _b64(frame), "source": source, "state": state, "time_ms": time_ms}
        for more in ({}, {"source_images": {source: [_b64(photo)]}}):
            body = json.dumps({"instances": [instance | more], "parameters": {"quality": 80, **parameters}})
            start = time.perf_counter()
            connection.request("POST", "/v1/models/faceswap:predict", body, {"Content-Type": "application/json"})
            reply = connection.getresponse().read()
            milliseconds = (time.perf_counter() - start) * 1000
            prediction: dict[str, Any] = json.loads(reply)["predictions"][0]
            if "error" not in prediction:
                return milliseconds, prediction
        raise RuntimeError(f"the prediction server refuses the frame: {prediction['error']}")

    return post


def _b64(blob: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(blob).decode()}


if __name__ == "__main__":
    main()
