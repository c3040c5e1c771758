"""Uploads, the jobs made of them, and the workers that do the jobs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from facedetect.models import readable_name
from mediajobs import files

NAME_LENGTH = 80
#: How long an upload that nothing was made of is kept.
ABANDONED = timedelta(hours=1)
#: A worker tells that it lives every few seconds; one that has not for this long does not.
WORKER_SILENCE = timedelta(seconds=15)


class Kind(models.TextChoices):
    PICTURE = "picture"
    VIDEO = "video"
    RECORDING = "recording"


class State(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stop(models.TextChoices):
    """Why a running job is to end."""

    CANCEL = "cancel"
    FACE = "face"

    @property
    def state(self) -> State:
        return State.CANCELLED if self is Stop.CANCEL else State.FAILED

    @property
    def message(self) -> str:
        return "Cancelled." if self is Stop.CANCEL else "A face that it was to show was withdrawn, so it ended."


ACTIVE = (State.WAITING, State.RUNNING)


class Uploads(models.Manager["Upload"]):
    def of(self, visitor: str | None) -> models.QuerySet[Upload]:
        return self.filter(visitor=visitor, expires_at__gt=timezone.now()) if visitor else self.none()

    def announce(self, visitor: str, name: str, size: int) -> Upload:
        now = timezone.now()
        return self.create(visitor=visitor, name=readable_name(name), announced=size, created=now, expires_at=now + ABANDONED)


class Upload(models.Model):
    """A file that a visitor brings. `received` stays empty until all of it is there."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visitor: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    name: models.CharField[str, str] = models.CharField(max_length=NAME_LENGTH)
    announced: models.BigIntegerField[int, int] = models.BigIntegerField()
    received: models.BigIntegerField[int | None, int | None] = models.BigIntegerField(null=True)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)

    jobs: models.Manager[Job]

    objects: ClassVar[Uploads] = Uploads()

    def __str__(self) -> str:
        return f"{self.name} ({str(self.id)[:8]})"

    @property
    def stored_as(self) -> str:
        return f"uploads/{self.id}"

    def remove(self) -> None:
        """For good: its jobs, their results, and the file."""
        for job in self.jobs.all():
            job.remove_files()
        files.discard(self.stored_as)
        self.delete()


class Jobs(models.Manager["Job"]):
    def of(self, visitor: str | None) -> models.QuerySet[Job]:
        return self.filter(visitor=visitor, expires_at__gt=timezone.now()) if visitor else self.none()

    def active(self) -> models.QuerySet[Job]:
        return self.filter(state__in=ACTIVE)


class Job(models.Model):
    """Something that is made of an upload. `stop`: why it is to end, said before it has ended."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visitor: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    upload: models.ForeignKey[Upload, Upload] = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="jobs")
    kind: models.CharField[str, str] = models.CharField(max_length=16, choices=Kind.choices)
    name: models.CharField[str, str] = models.CharField(max_length=NAME_LENGTH)
    source: models.CharField[str | None, str | None] = models.CharField(max_length=128, null=True)
    assign: models.JSONField[Any, Any] = models.JSONField(default=dict)
    options: models.JSONField[Any, Any] = models.JSONField(default=dict)

    state: models.CharField[str, str] = models.CharField(
        max_length=16, choices=State.choices, default=State.WAITING, db_index=True
    )
    message: models.TextField[str, str] = models.TextField(default="")
    notes: models.JSONField[Any, Any] = models.JSONField(default=list)
    stop: models.CharField[str, str] = models.CharField(max_length=16, choices=Stop.choices, default="")
    worker: models.CharField[str, str] = models.CharField(max_length=64, default="")
    attempts: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    started: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)

    frames_done: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    frames_total: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    fps: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    seconds_left: models.FloatField[float | None, float | None] = models.FloatField(null=True)
    width: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    height: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    faces: models.JSONField[Any, Any] = models.JSONField(default=list)
    result_type: models.CharField[str, str] = models.CharField(max_length=32, default="")

    upload_id: uuid.UUID
    segments: models.Manager[Segment]

    objects: ClassVar[Jobs] = Jobs()

    class Meta:
        ordering = ["-created", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({str(self.id)[:8]})"

    @property
    def stored_in(self) -> str:
        return f"jobs/{self.id}"

    @property
    def result_stored_as(self) -> str:
        return f"{self.stored_in}/result"

    @property
    def source_ids(self) -> list[str]:
        """Every face it shows, each once."""
        return [source for source in dict.fromkeys([self.source, *self.assign.values()]) if source]

    def segment_stored_as(self, number: int) -> str:
        return f"{self.stored_in}/segment-{number:05d}"

    def remove_result(self) -> None:
        files.discard(self.result_stored_as)
        Preview.objects.filter(job=self).delete()

    def remove_segments(self) -> None:
        for segment in self.segments.all():
            files.discard(segment.stored_as)
        self.segments.all().delete()

    def remove_files(self) -> None:
        self.segments.all().delete()
        Preview.objects.filter(job=self).delete()
        files.discard_tree(self.stored_in)

    def remove(self) -> None:
        """For good; the upload too, unless another job was made of it."""
        upload = self.upload
        self.remove_files()
        self.delete()
        if not upload.jobs.exists():
            upload.remove()


class Preview(models.Model):
    """The newest swapped frame. In the database, since the page's server may be another machine than the worker."""

    job: models.OneToOneField[Job, Job] = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True)
    jpeg: models.BinaryField[bytes, bytes] = models.BinaryField()

    job_id: uuid.UUID

    def __str__(self) -> str:
        return f"preview of {self.job_id}"


class Segment(models.Model):
    """A stretch of a video, in ticks of its clock; `end` is empty for the last. Stored once it is `done`."""

    job: models.ForeignKey[Job, Job] = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="segments")
    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    start: models.BigIntegerField[int, int] = models.BigIntegerField()
    end: models.BigIntegerField[int | None, int | None] = models.BigIntegerField(null=True)
    done: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    frames: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    swapped: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    job_id: uuid.UUID

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_row_per_job_and_segment")]

    def __str__(self) -> str:
        return f"segment {self.number} of {self.job_id}"

    @property
    def stored_as(self) -> str:
        return self.job.segment_stored_as(self.number)


class Workers(models.Manager["Worker"]):
    def alive(self) -> models.QuerySet[Worker]:
        return self.filter(seen__gt=timezone.now() - WORKER_SILENCE)


class Worker(models.Model):
    """A process that does jobs, as long as it lives."""

    id: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True)
    host: models.CharField[str, str] = models.CharField(max_length=255)
    pid: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    seen: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)

    objects: ClassVar[Workers] = Workers()

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


def life() -> timedelta:
    """As long as a visit's photos last, what was made with them does."""
    return timedelta(hours=settings.SOURCE_HOURS)


def remove_expired() -> int:
    """Uploads that nobody made anything of, and jobs whose time has run out; says how many of both."""
    now = timezone.now()
    expired: Iterable[Upload | Job] = [
        *Job.objects.filter(expires_at__lte=now).select_related("upload"),
        *Upload.objects.filter(expires_at__lte=now, jobs__isnull=True),
    ]
    count = 0
    for item in expired:
        item.remove()
        count += 1
    return count
