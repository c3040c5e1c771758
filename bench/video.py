"""A video job through the real servers: how long it takes, what it costs, and whether its memory depends on its length.

The clip is a man talking, 640x480 at 30 frames a second. Beside the time, which depends on who else uses the machine, the
processor's seconds are printed, which depend on it less.
"""

import tempfile
import threading
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import psutil
import requests

from bench.table import print_table
from tests.end_to_end.test_jobs import Program
from tests.end_to_end.tiers import Tiers, tiers_in
from tests.footage import carphone

FPS = 30
SIZE = (640, 480)
SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Run:
    """One job: seconds on the clock and of the processor, the latter by process, and the worker's largest memory in bytes."""

    seconds: float
    cpu: dict[str, float]
    memory: int


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for workers, length in ((1, 60), (2, 20), (2, 60)):
            run = measure(Path(folder) / f"{workers}-{length}", workers, length)
            cpu = [f"{run.cpu[name]:.1f}" for name in ("worker", "relay", "prediction", "client")]
            name, total = f"{length} s, {workers} prediction workers", sum(run.cpu.values())
            rows.append([name, f"{run.seconds:.1f}", f"{total:.1f}", *cpu, f"{run.memory / 1e6:.0f}"])
    head = ["640x480, 30 fps", "seconds", "CPU s", "worker", "relay", "model", "client", "worker MB"]
    print_table("Video job", head, rows)


def measure(folder: Path, workers: int, length: int) -> Run:
    folder.mkdir()
    clip = write_clip(folder / "clip.mp4", length)
    tiers = tiers_in(folder)
    try:
        tiers.prepare()
        tiers.prediction.start(PREDICTION_WORKERS=str(workers))
        tiers.relay.start()
        tiers.client.start()
        tiers.worker.start(VIDEO_SEGMENT_SECONDS="20")
        return _timed(tiers, clip)
    finally:
        tiers.stop()


def _timed(tiers: Tiers, clip: Path) -> Run:
    program = Program(tiers.client.url, requests.Session())
    source = program.faces[0]
    upload = program.upload(clip)
    # The model prepares a face once; the job that is measured finds it there.
    short = program.upload(write_clip(clip.with_name("short.mp4"), 1))
    program.finish(program.call("POST", "/api/jobs", json=_wish(short, source)))
    processes = {name: psutil.Process(getattr(tiers, name).pid) for name in ("client", "relay", "prediction", "worker")}
    memory = _Peak(processes["worker"])
    memory.start()
    before, began = {name: cpu_seconds(process) for name, process in processes.items()}, time.perf_counter()
    job = program.finish(program.call("POST", "/api/jobs", json=_wish(upload, source)), seconds=1200)
    seconds = time.perf_counter() - began
    memory.stop()
    if job["state"] != "done":
        raise RuntimeError(f"the job ended as {job['state']}: {job['message']}")
    return Run(seconds, {name: cpu_seconds(process) - before[name] for name, process in processes.items()}, memory.bytes)


def _wish(upload: str, source: str) -> dict[str, Any]:
    return {"upload": upload, "kind": "video", "source": source}


def write_clip(path: Path, seconds: int) -> Path:
    """There and back again, so that it has no jump."""
    forth = [av.VideoFrame.from_ndarray(frame, format="bgr24").reformat(format="yuv420p") for frame in carphone(240)]
    frames = [*forth, *reversed(forth)]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "18"})
        stream.width, stream.height = SIZE
        for number in range(seconds * FPS):
            frame = frames[number % len(frames)]
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def cpu_seconds(process: psutil.Process) -> float:
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


class _Peak(threading.Thread):
    """The most memory that a process had while this ran."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._stopped = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        while not self._stopped.wait(SAMPLE_SECONDS):
            self.bytes = max(self.bytes, self._process.memory_info().rss)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


if __name__ == "__main__":
    main()
