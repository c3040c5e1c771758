"""The order in which jobs are done, and what becomes of those whose worker died.

What the task queue holds are not jobs but turns: whoever takes one does the job that is due then. So a visitor who
brought twenty files does not keep the others waiting behind all of them.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import timezone as zones
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from facedetect.errors import ApiError
from mediajobs.models import Job, State, Stop, Upload, Worker

#: A job whose worker died this often is what kills them.
MAX_ATTEMPTS = 5
GAVE_UP = "The server failed at this file again and again; it may be damaged."
#: Rows of workers that have not been heard of for so long tell nobody anything.
_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class Me:
    """This process, as the others see it."""

    id: str
    host: str
    pid: int


@cache
def me() -> Me:
    # Where every container's first process has the same number, only chance tells it from the one before.
    host, pid = socket.gethostname(), os.getpid()
    return Me(f"{host[:40]}-{pid}-{secrets.token_hex(4)}", host, pid)


def tell_alive(worker: Me) -> None:
    Worker.objects.update_or_create(id=worker.id, defaults={"host": worker.host, "pid": worker.pid, "seen": timezone.now()})


def leave(worker: Me) -> None:
    Worker.objects.filter(id=worker.id).delete()


def require_room(visitor: str) -> None:
    """Raises ApiError `too_many_jobs`."""
    waiting = Job.objects.filter(visitor=visitor, state=State.WAITING).count()
    if waiting >= settings.MAX_WAITING_JOBS:
        raise ApiError(
            429,
            "too_many_jobs",
            f"{waiting} of your files wait already, and no more than {settings.MAX_WAITING_JOBS} may. "
            "Wait until some are done, or cancel some.",
        )


@transaction.atomic
def join(job: Job) -> None:
    """The upload is kept from now on for as long as the job."""
    Upload.objects.filter(id=job.upload_id).update(expires_at=job.expires_at)
    job.save(force_insert=True)


def claim(worker: Me) -> Job | None:
    """The job that is due, now this worker's: of the visitor who has fewest running, then of whoever was served longest ago."""
    # A worker does one job at a time: what still is its own, it could not end.
    Job.objects.filter(state=State.RUNNING, worker=worker.id).update(state=State.WAITING, worker="")
    while True:
        job = _due()
        if job is None:
            return None
        mine = Job.objects.filter(id=job.id, state=State.WAITING).update(
            state=State.RUNNING, worker=worker.id, started=timezone.now(), message="", attempts=job.attempts + 1
        )
        if mine:
            return Job.objects.select_related("upload").get(id=job.id)


def _due() -> Job | None:
    visitors = (
        Job.objects.values("visitor")
        .annotate(
            waiting=Count("id", filter=Q(state=State.WAITING)),
            running=Count("id", filter=Q(state=State.RUNNING)),
            served=Max("started"),
        )
        .filter(waiting__gt=0)
    )
    never = datetime.fromtimestamp(0, zones.utc)
    order = sorted(visitors, key=lambda row: (row["running"], row["served"] or never))
    for row in order:
        first = Job.objects.filter(visitor=row["visitor"], state=State.WAITING).order_by("created", "id").first()
        if first is not None:
            return first
    return None


def ahead_of(job: Job) -> int:
    """How many jobs may be done before this one: its visitor's earlier ones, and no more of each of the others."""
    waiting = Job.objects.filter(state__in=(State.WAITING, State.RUNNING)).exclude(id=job.id)
    own = waiting.filter(visitor=job.visitor, created__lt=job.created).count()
    others = waiting.exclude(visitor=job.visitor).values("visitor").annotate(count=Count("id"))
    return int(own + sum(min(row["count"], own + 1) for row in others))


def give_back(job: Job) -> None:
    """A worker that stops leaves the job to the next one; what it did not fail at does not count against it."""
    Job.objects.filter(id=job.id, state=State.RUNNING).update(
        state=State.WAITING, worker="", message="", attempts=max(0, job.attempts - 1)
    )


def take_back_from_the_dead() -> int:
    """Jobs whose worker is gone wait again, at the segment where they were; how many."""
    alive = {worker.id for worker in Worker.objects.alive() if not _is_dead(worker)}
    taken = 0
    for job in Job.objects.filter(state=State.RUNNING).exclude(worker__in=alive):
        again = job.attempts < MAX_ATTEMPTS and not job.stop
        taken += 1
        Job.objects.filter(id=job.id, state=State.RUNNING, worker=job.worker).update(
            worker="",
            state=State.WAITING if again else Stop(job.stop).state if job.stop else State.FAILED,
            message="" if again else Stop(job.stop).message if job.stop else GAVE_UP,
        )
    Worker.objects.filter(seen__lt=timezone.now() - _FORGOTTEN).delete()
    return taken


def _is_dead(worker: Worker) -> bool:
    """Known at once of a process of this machine, and of others only by their silence."""
    if worker.host != socket.gethostname():
        return False
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
