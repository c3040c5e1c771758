"""Does a job from beginning to end, whatever happens on the way."""

import logging
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.db import close_old_connections

from facedetect.content_check import check_media
from facedetect.errors import ApiError
from mediajobs import files, incoming, queue, turns
from mediajobs.failures import JobFailed, JobStopped
from mediajobs.models import Job, Kind, State, Stop
from mediajobs.progress import Progress
from mediajobs.video import recording, swapping

FULL = "The server ran out of room while it worked on this. Nothing of it is kept but your file; start it again later."
OUR_FAULT = "Something went wrong here, which the operator can see. Start it again; if it fails again, the file is to blame."
MAKERS: dict[str, Callable[[Job, Path, Progress], None]] = {
    Kind.VIDEO: swapping.make,
    Kind.RECORDING: recording.make,
}

_log = logging.getLogger(__name__)


def do(job: Job) -> None:
    """Returns when the job is done, has failed or waits again; raises nothing of its own."""
    folder = files.work_folder(job.id)
    with _told_of_shutdown() as shutting_down:
        progress = Progress(job, shutting_down)
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            original = incoming.fetch(job.upload, folder / "original")
            check_media(original, job.kind)
            MAKERS[job.kind](job, original, progress)
            _end(job, State.DONE, "", progress)
        except JobStopped:
            _stopped(job, progress)
        except (JobFailed, ApiError) as error:
            _fail(job, str(error), progress)
        except Exception as error:
            full = files.is_full(error) or files.is_full(error.__cause__)
            _log.error("job %s failed", job.id, exc_info=None if full else error)
            _fail(job, FULL if full else OUR_FAULT, progress)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            close_old_connections()


def _stopped(job: Job, progress: Progress) -> None:
    """What could be kept of it, its maker has kept."""
    if progress.gone:
        _leave_nothing(job)
    elif progress.asked:
        reason = Stop(progress.asked)
        _end(job, reason.state, reason.message, progress)
    else:
        queue.give_back(job)
        turns.give()


def _fail(job: Job, message: str, progress: Progress) -> None:
    if _end(job, State.FAILED, message, progress, result_type=""):
        job.remove_result()


def _end(job: Job, state: State, message: str, progress: Progress, **more: str) -> bool:
    """Whether there was still something to end: the job may have been deleted, or taken up by another worker, who took this
    one for dead."""
    ended = Job.objects.filter(id=job.id, worker=job.worker, state=State.RUNNING).update(
        state=state, message=message, worker="", fps=None, seconds_left=None, notes=progress.notes, **more
    )
    if ended:
        job.remove_segments()
    else:
        _leave_nothing(job)
    return bool(ended)


def _leave_nothing(job: Job) -> None:
    if not Job.objects.filter(id=job.id).exists():
        files.discard_tree(job.stored_in)


@contextmanager
def _told_of_shutdown() -> Iterator[threading.Event]:
    """Set when the worker is to end: it would otherwise first finish the job, which may take an hour."""
    told = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield told
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def tell(number: int, frame: FrameType | None) -> None:
        told.set()
        if callable(before[number]):
            before[number](number, frame)

    for number in before:
        signal.signal(number, tell)
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
