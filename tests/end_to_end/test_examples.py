"""The scripts of examples/, run as anybody would run them, against the real servers."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import requests

from tests.end_to_end.tiers import Tiers
from tests.footage import HOPPER, ROOT, Frame, carphone, decoded

EXAMPLES = ROOT / "examples"
FILM_FRAMES = 45


@pytest.fixture(scope="session")
def token(tiers: Tiers) -> str:
    """Made on the page, as a person would."""
    page = f"{tiers.client.url}/developers"
    with requests.Session() as visitor:
        form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', visitor.get(page).text)
        assert form is not None
        answer = visitor.post(page, {"csrfmiddlewaretoken": form[1], "name": "examples"}, headers={"Referer": page})
    shown = re.search(r"lfs_[\w-]{43}", answer.text)
    assert shown is not None
    return shown[0]


@pytest.fixture
def command(tiers: Tiers, token: str) -> list[str]:
    """The arguments that every example takes."""
    return ["--site", tiers.client.url, "--token", token, "--face", "Sugar skull"]


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    started = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    return subprocess.run(started, capture_output=True, text=True, timeout=120)


def frames_of(film: Path) -> list[Frame]:
    video, frames = cv2.VideoCapture(str(film)), []
    while (read := video.read())[0]:
        frames.append(np.asarray(read[1], np.uint8))
    video.release()
    return frames


def assert_swapped(result: Frame, original: Frame) -> None:
    """The middle, where the man's face is, is another's; the edge is as it was."""
    difference = np.abs(result.astype(int) - original.astype(int)).mean(axis=2)
    assert difference[150:330, 240:420].mean() > 20
    assert np.median(difference[:, :60]) < 12


@pytest.mark.parametrize("script", ["webcam.py", "swap_picture.py", "batch_videos.py"])
def test_each_tells_how_it_is_used(script: str) -> None:
    said = run(script, "--help")
    assert said.returncode == 0
    assert "--token" in said.stdout


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["--site", "http://127.0.0.1:9"], "does not answer (ConnectionError). Is it running?"),
        (["--token", "lfs_wrong"], "The API token is unknown"),
        (["--face", "Nobody"], "There is no face 'Nobody' here; there are: "),
        (["--video", "nothing.mp4"], "nothing.mp4 cannot be opened"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(command: list[str], tmp_path: Path, changed: list[str], said: str) -> None:
    result = run("webcam.py", *command, "--no-window", "--video", tmp_path / "none.mp4", *changed)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_film_is_swapped_frame_by_frame_over_a_stream(command: list[str], film: Path, tmp_path: Path) -> None:
    saved = tmp_path / "swapped.mp4"
    result = run("webcam.py", *command, "--video", film, "--save", saved, "--no-window", "--option", "quality=95")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{FILM_FRAMES} frames, ")
    swapped = frames_of(saved)
    assert len(swapped) == FILM_FRAMES
    assert_swapped(swapped[20], carphone(FILM_FRAMES)[20])


def test_a_picture_waits_for_agreement_and_is_swapped(command: list[str], tmp_path: Path) -> None:
    result = tmp_path / "swapped.jpg"
    refused = run("swap_picture.py", HOPPER, result, *command)
    assert refused.returncode == 1
    assert "has agreed" in refused.stderr
    done = run("swap_picture.py", HOPPER, result, *command, "--agree")
    assert done.returncode == 0, done.stderr
    assert "1 faces, saved in" in done.stdout
    before, after = decoded(HOPPER.read_bytes()), decoded(result.read_bytes())
    assert after.shape == before.shape
    assert np.abs(after.astype(int) - before.astype(int)).mean() > 3


def test_a_folder_is_swapped_and_a_second_run_has_nothing_to_do(command: list[str], film: Path, tmp_path: Path) -> None:
    films, results = tmp_path / "films", tmp_path / "results"
    films.mkdir()
    (films / "one ü.webm").write_bytes(film.read_bytes())
    (films / "two.webm").write_bytes(b"no film")
    (films / "notes.txt").write_text("no film either")
    first = run("batch_videos.py", films, results, *command, "--agree")
    assert first.returncode == 1
    assert "2 to begin, 0 to go on with" in first.stdout
    assert "two.webm: " in first.stderr
    swapped = frames_of(results / "one ü.webm.mp4")
    assert len(swapped) == FILM_FRAMES
    assert_swapped(swapped[20], carphone(FILM_FRAMES)[20])
    (films / "two.webm").unlink()
    second = run("batch_videos.py", films, results, *command, "--agree")
    assert (second.returncode, second.stdout.strip()) == (0, "0 to begin, 0 to go on with")


def _jobs(tiers: Tiers, token: str) -> list[str]:
    answer = requests.get(f"{tiers.client.url}/api/jobs", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    return [job["id"] for job in answer.json()["jobs"]]


def test_a_killed_batch_goes_on_and_an_interrupted_one_is_cancelled(
    tiers: Tiers, token: str, command: list[str], film: Path, tmp_path: Path
) -> None:
    films, results = tmp_path / "films", tmp_path / "results"
    films.mkdir()
    (films / "film.webm").write_bytes(film.read_bytes())
    tiers.worker.stop()  # so that the job waits, for as long as this takes
    try:
        jobs = _begun(films, results, command, signal.SIGKILL)
        assert _jobs(tiers, token) == list(jobs.values())
        assert _begun(films, results, command, signal.SIGINT) == {}
        assert _jobs(tiers, token) == []
        jobs = _begun(films, results, command, signal.SIGKILL)
    finally:
        tiers.worker.start()
    last = run("batch_videos.py", films, results, *command, "--agree")
    assert last.returncode == 0, last.stderr
    assert "0 to begin, 1 to go on with" in last.stdout
    assert len(frames_of(results / "film.webm.mp4")) == FILM_FRAMES
    assert _jobs(tiers, token) == []
    assert json.loads((results / ".jobs.json").read_text()) == {}


def _heed_interrupts() -> None:
    """A shell has what it starts in the background, these tests for one, ignore them, and that is inherited."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _begun(films: Path, results: Path, command: list[str], end: signal.Signals) -> dict[str, str]:
    """Runs the batch until the job is at the server, ends it, and tells which jobs it left on record."""
    arguments = [sys.executable, str(EXAMPLES / "batch_videos.py"), str(films), str(results), *command, "--agree"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=_heed_interrupts) as batch:
        assert batch.stdout is not None
        for line in batch.stdout:
            if line.startswith("film.webm: "):
                break
        batch.send_signal(end)
        deadline = time.monotonic() + 60
        while batch.poll() is None and time.monotonic() < deadline:
            batch.stdout.readline()
    jobs: dict[str, str] = json.loads((results / ".jobs.json").read_text())
    return jobs
