"""Whose job is due, and what becomes of those whose worker is gone."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from facedetect.signals import source_withdrawn
from facedetect.visitors import visitor_left, visitor_moved
from mediajobs import files, housekeeping, queue, turns, work
from mediajobs.models import Job, State, Stop, Upload, Worker
from tests.client_app.mediajobs.clips import Clip
from tests.client_app.mediajobs.support import brought, refuse, waiting

pytestmark = pytest.mark.django_db

GONE = queue.Me("gone", os.uname().nodename, 2**22 + 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    return path


@pytest.fixture(autouse=True)
def tidy() -> Any:
    yield
    for upload in Upload.objects.all():
        upload.remove()


def order(count: int) -> list[str]:
    """Whose jobs are done one after another."""
    visitors = []
    for _ in range(count):
        job = queue.claim(queue.me())
        assert job is not None
        visitors.append(job.visitor)
        Job.objects.filter(id=job.id).update(state=State.DONE)
    return visitors


def test_nothing_is_due_when_nothing_waits() -> None:
    assert queue.claim(queue.me()) is None


def test_visitors_take_turns(file: Path) -> None:
    for visitor in ("many", "many", "many", "one", "other"):
        waiting(brought(file, visitor))
    assert order(5) == ["many", "one", "other", "many", "many"]


def test_a_jobs_place_in_the_queue_counts_fairly(file: Path) -> None:
    many = [waiting(brought(file, "many")) for _ in range(3)]
    one = waiting(brought(file, "one"))
    assert [queue.ahead_of(job) for job in (*many, one)] == [1, 2, 3, 1]


def test_a_dead_workers_job_waits_again_and_has_its_turn(file: Path) -> None:
    queue.tell_alive(GONE)
    job = waiting(brought(file))
    assert queue.claim(GONE)
    assert queue.take_back_from_the_dead() == 1
    turns.give_missing()
    turns.give_missing()
    job.refresh_from_db()
    assert (job.state, job.worker, DBTaskResult.objects.count()) == (State.WAITING, "", 1)


def test_a_silent_worker_of_another_machine_is_dead_and_one_that_speaks_is_not(file: Path) -> None:
    other = queue.Me("other", "another machine", 1)
    queue.tell_alive(other)
    waiting(brought(file))
    queue.claim(other)
    assert queue.take_back_from_the_dead() == 0
    Worker.objects.update(seen=timezone.now() - timedelta(minutes=1))
    assert queue.take_back_from_the_dead() == 1


def test_a_file_that_kills_its_workers_is_given_up(file: Path) -> None:
    job = waiting(brought(file))
    for _ in range(queue.MAX_ATTEMPTS):
        assert queue.claim(GONE)
        queue.take_back_from_the_dead()
    job.refresh_from_db()
    assert (job.state, job.message) == (State.FAILED, queue.GAVE_UP)


def test_a_cancelled_job_of_a_dead_worker_is_cancelled(file: Path) -> None:
    job = waiting(brought(file))
    queue.claim(GONE)
    Job.objects.update(stop=Stop.CANCEL)
    queue.take_back_from_the_dead()
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_what_a_crash_left_is_swept_and_a_running_jobs_folder_is_not(file: Path) -> None:
    running = waiting(brought(file))
    queue.claim(queue.me())
    left = [files.work_folder(running.id), files.work_folder("dead"), Path(django_settings.WORK_DIR) / "incoming-old"]
    for folder in left[:2]:
        folder.mkdir(parents=True)
    left[2].write_bytes(b"half")
    os.utime(left[2], (0, 0))
    housekeeping.sweep()
    assert [path.exists() for path in left] == [True, False, False]
    left[0].rmdir()


def test_what_a_request_has_in_hand_is_not_swept_until_it_is_old() -> None:
    with files.request_folder() as folder:
        (folder / "original").write_bytes(b"picture")
        housekeeping.sweep()
        assert (folder / "original").exists()
        os.utime(folder, (0, 0))
        housekeeping.sweep()
        assert not folder.exists()


def test_nothing_is_swept_where_another_installation_works_too(caplog: pytest.LogCaptureFixture) -> None:
    others = files.work_folder("of-the-other-database")
    others.mkdir(parents=True)
    mark = Path(django_settings.WORK_DIR) / "installation-other"
    mark.touch()
    with caplog.at_level("ERROR"):
        housekeeping.sweep()
    assert others.is_dir()
    assert f"{django_settings.WORK_DIR} is not swept" in caplog.text
    assert "delete its mark: installation-other" in caplog.text
    mark.unlink()
    housekeeping.sweep()
    assert not others.exists()


def test_stored_files_without_a_row_are_swept_once_they_are_old(file: Path) -> None:
    kept = brought(file)
    media = Path(django_settings.MEDIA_DIR)
    old, new = [media / "uploads" / "old", media / "jobs" / "old" / "result"], media / "uploads" / "new"
    for path in (*old, new):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")
    for path in (*old, media / kept.stored_as):
        os.utime(path, (0, 0))
    housekeeping.sweep()
    assert [path.exists() for path in (*old, old[1].parent, new, media / kept.stored_as)] == [False] * 3 + [True] * 2
    new.unlink()


def test_a_face_that_is_withdrawn_ends_the_jobs_with_it(file: Path) -> None:
    with_it, without, others = (
        waiting(brought(file, visitor), "video", source=source)
        for visitor, source in (("mine", "face"), ("mine", "another"), ("theirs", "face"))
    )
    source_withdrawn.send(Job, source_id="face", visitor="mine", takedown=False)
    states = [Job.objects.get(id=job.id).state for job in (with_it, without, others)]
    assert states == [State.FAILED, State.WAITING, State.WAITING]


def test_a_takedown_deletes_what_anyone_made_with_the_face(file: Path) -> None:
    done = waiting(brought(file, "theirs"), "video", assign={"1": "face"})
    files.keep(file, done.result_stored_as)
    Job.objects.update(state=State.DONE, result_type="video/mp4")
    source_withdrawn.send(Job, source_id="face", visitor="", takedown=True)
    done.refresh_from_db()
    assert (done.state, done.result_type, files.exists(done.result_stored_as)) == (State.FAILED, "", False)


def test_jobs_follow_their_visitor_and_go_with_them(file: Path) -> None:
    waiting(brought(file, "visit"))
    visitor_moved.send(Job, old="visit", new="user-1")
    assert Job.objects.of("user-1").count() == Upload.objects.of("user-1").count() == 1
    visitor_left.send(Job, visitor="user-1")
    assert (Job.objects.count(), Upload.objects.count()) == (0, 0)


def test_a_full_disk_fails_the_job_and_leaves_only_the_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """What the encoder writes goes to a device that is always full."""
    from mediajobs.video import recording

    job = waiting(brought(Clip().write(tmp_path / "a.mp4")))
    whole = recording.StretchWriter
    monkeypatch.setattr(recording, "StretchWriter", lambda path, *rest, **named: whole(Path("/dev/full"), *rest, **named))
    claimed = queue.claim(queue.me())
    assert claimed
    work.do(claimed)
    job.refresh_from_db()
    assert (job.state, job.message) == (State.FAILED, work.FULL)
    assert files.exists(job.upload.stored_as)
    assert not files.exists(job.result_stored_as)
    assert not files.work_folder(job.id).exists()


def test_the_operators_check_fails_the_job_with_its_reason(file: Path, settings: Any) -> None:
    settings.CONTENT_CHECK = f"{refuse.__module__}.refuse"
    job = waiting(brought(file))
    claimed = queue.claim(queue.me())
    assert claimed
    work.do(claimed)
    job.refresh_from_db()
    assert (job.state, job.message) == (State.FAILED, "No recording today.")
