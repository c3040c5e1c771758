"""What a worker does beside its jobs: says that it lives, takes back what dead ones left, and sweeps."""

import logging
import shutil
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from facedetect import installation
from facedetect.models import Source, Tally
from facedetect.private_storage import STORAGE_FAULTS
from mediajobs import files, queue, turns
from mediajobs.models import ABANDONED, WORKER_SILENCE, Job, State, Upload, remove_expired

EVERY_SECONDS = 4.0
SWEEP_EVERY_SECONDS = 300.0

_log = logging.getLogger(__name__)


class Housekeeper(threading.Thread):
    """Runs beside the worker until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(name="housekeeper", daemon=True)
        self._stopped = threading.Event()
        self._well_at = time.monotonic()

    def is_well(self) -> bool:
        return time.monotonic() < self._well_at + WORKER_SILENCE.total_seconds()

    def run(self) -> None:
        swept = float("-inf")
        while not self._stopped.is_set():
            try:
                queue.tell_alive(queue.me())
                queue.take_back_from_the_dead()
                turns.give_missing()
                if time.monotonic() >= swept + SWEEP_EVERY_SECONDS:
                    swept = time.monotonic()
                    sweep()
                self._well_at = time.monotonic()
            except DatabaseError as error:
                _log.warning("the database does not answer the worker: %s", error)
            except STORAGE_FAULTS as error:
                # The worker lives all the same: without this thread its job would be taken from it.
                _log.error("the storage could not be swept and will be again: %s", error)
                self._well_at = time.monotonic()
            finally:
                connection.close()
            self._stopped.wait(EVERY_SECONDS)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
        queue.leave(queue.me())


def sweep() -> None:
    """Visitors' faces too, so that they go in time also where nobody visits."""
    remove_expired()
    Source.objects.delete_expired()
    Source.objects.sweep_files()
    Tally.objects.forget_expired()
    turns.forget_taken()
    sweep_work_folders()
    sweep_storage()


def sweep_storage() -> None:
    """Files of uploads and jobs that were deleted while a worker, which was killed then, had them in hand."""
    if not installation.is_alone_in_storage():
        return
    before = timezone.now() - ABANDONED
    files.sweep("uploads", {str(upload_id) for upload_id in Upload.objects.values_list("id", flat=True)}, before)
    files.sweep("jobs", {str(job_id) for job_id in Job.objects.values_list("id", flat=True)}, before)


def sweep_work_folders() -> None:
    """What a crash has left: folders of jobs that do not run, requests that ended in the middle."""
    work = Path(settings.WORK_DIR)
    if not installation.is_alone_in(work):
        return
    there = [path for path in work.iterdir() if not path.name.startswith(installation.PREFIX)]
    # Looked at after the folders: a job runs before its folder is made.
    running = {str(job_id) for job_id in Job.objects.filter(state=State.RUNNING).values_list("id", flat=True)}
    for path in there:
        if path.name.startswith(files.REQUESTS_PREFIX):
            if time.time() - path.stat().st_mtime > ABANDONED.total_seconds():
                _remove(path)
        elif path.name not in running:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
