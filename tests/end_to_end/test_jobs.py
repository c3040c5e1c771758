"""Pictures and videos through the real servers and the real worker, over the API as a program uses it."""

import io
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import requests
from PIL import Image

from tests.client_app.mediajobs.clips import Clip, Seen, look_at, talking
from tests.end_to_end.tiers import Tiers
from tests.footage import ASTRONAUT, HOPPER

FRAMES, STEP_MS = 50, 40
Job = dict[str, Any]


@dataclass
class Program:
    """A visitor without a browser."""

    url: str
    session: requests.Session

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self.session.request(method, self.url + path, timeout=90, **arguments)
        assert answer.ok, answer.text
        return answer.json() if answer.content[:1] == b"{" else answer.content

    def upload(self, path: Path, name: str = "clip.mp4") -> str:
        page = self.session.get(f"{self.url}/files", timeout=30).text
        consent = page.split('"media_consent": {"version": "')[1].split('"')[0]
        announced = {"name": name, "bytes": path.stat().st_size, "consent": consent}
        place = self.call("POST", "/api/uploads", json=announced)
        with path.open("rb") as file:
            self.call("PUT", place["url"], data=file)
        upload: str = place["id"]
        return upload

    @property
    def faces(self) -> list[str]:
        return [face["id"] for face in self.call("GET", "/api/sources")["sources"]]

    def start(self, path: Path, kind: str = "video", name: str = "clip.mp4", **fields: Any) -> Job:
        fields = fields or {"source": self.faces[0]}
        job: Job = self.call("POST", "/api/jobs", json={"upload": self.upload(path, name), "kind": kind, **fields})
        return job

    def look(self, job: Job) -> Job:
        now: Job = self.call("GET", f"/api/jobs/{job['id']}")
        return now

    def wait(self, job: Job, until: Callable[[Job], bool], seconds: float = 90) -> Job:
        deadline = time.monotonic() + seconds
        while not until(now := self.look(job)):
            assert time.monotonic() < deadline, now
            time.sleep(0.2)
        return now

    def finish(self, job: Job, seconds: float = 90) -> Job:
        return self.wait(job, lambda now: now["state"] not in ("waiting", "running"), seconds)

    def result(self, job: Job, path: Path) -> Path:
        path.write_bytes(self.call("GET", job["result"]))
        return path


@pytest.fixture
def program(tiers: Tiers) -> Iterator[Program]:
    program = Program(tiers.client.url, requests.Session())
    yield program
    for job in program.call("GET", "/api/jobs")["jobs"]:
        program.call("DELETE", f"/api/jobs/{job['id']}")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a man talking, with two clicks."""
    times = range(0, FRAMES * STEP_MS, STEP_MS)
    return Clip(times, clicks=(0.5, 1.5)).write(tmp_path_factory.mktemp("clip") / "talking.mp4", talking(FRAMES))


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds, of which a worker has done some when it is interrupted."""
    times = range(0, 150 * STEP_MS, STEP_MS)
    return Clip(times, clicks=(0.5, 5.5)).write(tmp_path_factory.mktemp("clip") / "long.mp4", talking(150))


def differences(before: Seen, after: Seen) -> list[float]:
    return [float(np.abs(a.astype(int) - b.astype(int)).mean()) for a, b in zip(before.pictures, after.pictures, strict=True)]


def steps(seen: Seen) -> list[float]:
    """How much each frame differs from the one before, what the encoder does to single pixels left out."""
    coarse = [picture.reshape(30, 8, 40, 8, 3).mean((1, 3)) for picture in seen.pictures]
    return [float(np.abs(after - before).mean()) for before, after in pairwise(coarse)]


def test_a_video_comes_back_swapped_with_its_sound_and_no_seam(program: Program, clip: Path, tmp_path: Path) -> None:
    job = program.finish(program.start(clip))
    assert (job["state"], job["message"], job["notes"]) == ("done", "", [])
    assert (job["frames_done"], job["frames_total"], job["width"], job["height"]) == (FRAMES, FRAMES, 320, 240)
    seen, original = look_at(program.result(job, tmp_path / "result.mp4")), look_at(clip)
    assert seen.times == pytest.approx(original.times, abs=0.001)
    assert seen.clicks == pytest.approx([0.5, 1.5], abs=0.012)
    assert min(differences(original, seen)) > 2
    jumps = np.array(steps(seen)) - steps(original)
    # A key frame alone makes for a difference of 0.4 levels; a face of another shape or colour for several.
    assert jumps[24] < max(*jumps[:24], *jumps[25:]) + 0.6
    assert Image.open(io.BytesIO(program.call("GET", job["preview"]))).size == (320, 240)


def is_marked(tiers: Tiers, job: Job, stretch: int) -> bool:
    """Whether the database says that the stretch is done."""
    path = tiers.client.environment["DATABASE_URL"].removeprefix("sqlite:///")
    marked = "SELECT 1 FROM mediajobs_segment WHERE job_id = ? AND number = ? AND done"
    with closing(sqlite3.connect(path)) as database:
        return database.execute(marked, (UUID(job["id"]).hex, stretch)).fetchone() is not None


@pytest.mark.parametrize(("ended", "state"), [("kill", "running"), ("stop", "waiting")])
def test_a_job_goes_on_where_its_worker_was_ended(
    program: Program, tiers: Tiers, long_clip: Path, tmp_path: Path, ended: str, state: str
) -> None:
    job = program.start(long_clip)
    stored = tiers.files / "jobs" / job["id"] / "segment-00000"
    # Who is killed between keeping a stretch and marking it may do it again.
    program.wait(job, lambda now: is_marked(tiers, job, 0))
    getattr(tiers.worker, ended)()
    made = stored.stat().st_mtime_ns
    assert program.look(job)["state"] == state
    tiers.worker.start()

    def is_over(now: Job) -> bool:
        with suppress(FileNotFoundError):
            assert stored.stat().st_mtime_ns == made, "it was done again"
        return now["state"] not in ("waiting", "running")

    job = program.wait(job, is_over)
    assert (job["state"], job["frames_done"]) == ("done", 150)
    seen = look_at(program.result(job, tmp_path / "result.mp4"))
    assert seen.times == pytest.approx(look_at(long_clip).times, abs=0.001)
    assert seen.clicks == pytest.approx([0.5, 5.5], abs=0.012)
    assert not stored.exists()


def test_without_a_worker_a_job_says_that_it_waits_for_one(program: Program, tiers: Tiers, clip: Path) -> None:
    tiers.worker.stop()
    try:
        job = program.start(clip)
        assert job["state"] == "waiting"
        assert "not running" in job["message"]
        cancelled = program.call("POST", f"/api/jobs/{job['id']}/cancel")
        assert (cancelled["state"], cancelled["result"]) == ("cancelled", None)
    finally:
        tiers.worker.start()


def test_what_was_done_before_a_cancellation_is_kept(program: Program, long_clip: Path, tmp_path: Path) -> None:
    job = program.start(long_clip)
    program.wait(job, lambda now: now["frames_done"] > 10)
    program.call("POST", f"/api/jobs/{job['id']}/cancel")
    job = program.finish(job)
    assert job["state"] == "cancelled"
    assert any("cancelled" in note for note in job["notes"])
    seen = look_at(program.result(job, tmp_path / "result.mp4"))
    assert 0 < len(seen.times) < 150
    assert seen.sound_codec == "aac"


def test_a_relay_that_goes_is_waited_for(program: Program, tiers: Tiers, long_clip: Path, tmp_path: Path) -> None:
    job = program.start(long_clip)
    program.wait(job, lambda now: now["frames_done"] > 5)
    tiers.relay.kill()
    try:
        program.wait(job, lambda now: "It waits, because the relay does not answer" in now["message"])
    finally:
        tiers.relay.start()
    job = program.finish(job)
    assert (job["state"], job["message"]) == ("done", "")
    assert len(look_at(program.result(job, tmp_path / "result.mp4")).times) == 150


def test_a_deleted_job_that_runs_ends_and_leaves_nothing(program: Program, tiers: Tiers, long_clip: Path) -> None:
    job = program.start(long_clip)
    program.wait(job, lambda now: now["frames_done"] > 30)
    program.call("DELETE", f"/api/jobs/{job['id']}")
    deadline = time.monotonic() + 30
    folder, work = tiers.files / "jobs" / job["id"], tiers.files.parent / "work" / job["id"]
    while folder.exists() or work.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not (tiers.files / "uploads" / job["upload"]).exists()


@pytest.fixture(scope="session")
def two_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    people = [Image.open(path).convert("RGB").resize((320, 400)) for path in (ASTRONAUT, HOPPER)]
    both = Image.new("RGB", (640, 400))
    for number, person in enumerate(people):
        both.paste(person, (number * 320, 0))
    path = tmp_path_factory.mktemp("people") / "two.png"
    both.save(path)
    return path


def halves(before: Any, after: Any) -> tuple[float, float]:
    change = np.abs(np.asarray(before, int) - np.asarray(after, int))
    middle = change.shape[1] // 2
    return float(change[:330, :middle].mean()), float(change[:330, middle:].mean())


def test_each_person_of_a_picture_may_get_a_face_of_their_own(program: Program, two_people: Path, tmp_path: Path) -> None:
    faces = program.faces
    job = program.start(two_people, "picture", "two.png", source=faces[0])
    assert (job["state"], len(job["faces"])) == ("done", 2)
    left = min(job["faces"], key=lambda face: face["box"][0])["id"]
    again = program.call("POST", "/api/jobs", json={"upload": job["upload"], "kind": "picture", "assign": {left: faces[1]}})
    assert again["id"] == job["id"]
    picture = Image.open(program.result(again, tmp_path / "result.png"))
    assert picture.format == "PNG"
    changed = halves(Image.open(two_people), picture.convert("RGB"))
    assert changed[0] > 2 * changed[1]
    assert "compositeWithTrainedAlgorithmicMedia" in picture.info["XML:com.adobe.xmp"]
    assert program.call("GET", again["original"]) == two_people.read_bytes()


def test_each_person_of_a_video_keeps_the_face_that_was_chosen(program: Program, two_people: Path, tmp_path: Path) -> None:
    still = np.asarray(Image.open(two_people))[:, :, ::-1].copy()
    # Long enough for two stretches, each through a stream of its own.
    clip = Clip(range(0, 4200, 120), size=(640, 400), clicks=None).write(tmp_path / "two.mp4", [still] * 35)
    job = program.finish(program.start(clip, assign={"2": program.faces[0]}))
    assert job["state"] == "done", job
    original, seen = look_at(clip), look_at(program.result(job, tmp_path / "result.mp4"))
    for before, after in zip(original.pictures, seen.pictures, strict=True):
        left, right = halves(before, after)
        assert right > 2 * left
