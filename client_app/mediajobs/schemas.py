"""What the API takes and gives, as its OpenAPI description tells it."""

import uuid
from typing import Any

from django.urls import reverse
from ninja import Field, Schema

from mediajobs.models import ACTIVE, Job, Kind, State, Worker
from mediajobs.queue import ahead_of

Setting = str | int | float | bool | None

NO_WORKER = (
    "It waits: the part of this server that changes videos is not running now. It goes on by itself once the operator has "
    "started it (python manage.py db_worker)."
)


class NewUpload(Schema):
    """`name`: as it is to be shown; `bytes`: its size; `consent`: the version of the statement that was agreed to."""

    name: str = Field(max_length=1000)
    bytes: int
    consent: str = ""


class UploadPlace(Schema):
    """PUT the raw bytes to `url`."""

    id: uuid.UUID
    url: str
    method: str
    expires_at: str


class NewJob(Schema):
    """`source`: the face for everyone; `assign`: other faces for single people, by the ids in a job's `faces`, null to leave
    one alone; `options`: what the model takes, see a stream's options."""

    upload: uuid.UUID
    kind: Kind
    source: str | None = None
    assign: dict[str, str | None] = {}
    options: dict[str, Setting] = {}


class FoundFace(Schema):
    """`box`: x, y, width and height in pixels of the result."""

    id: str
    box: tuple[float, float, float, float]
    source: str | None


class JobInfo(Schema):
    """`fps`: frames done a second; `result`, `preview` and `original`: addresses, null while there is nothing there."""

    id: uuid.UUID
    upload: uuid.UUID
    kind: Kind
    name: str
    state: State
    message: str
    created: str
    expires_at: str
    frames_done: int
    frames_total: int | None
    fps: float | None
    seconds_left: float | None
    width: int | None
    height: int | None
    faces: list[FoundFace]
    source: str | None
    assign: dict[str, str | None]
    options: dict[str, Any]
    result: str | None
    preview: str | None
    original: str | None
    notes: list[str]


class JobList(Schema):
    jobs: list[JobInfo]


def job_info(job: Job) -> dict[str, Any]:
    def address(what: str, there: bool) -> str | None:
        return reverse(f"api:job-{what}", args=[job.id]) if there else None

    return {
        "id": job.id,
        "upload": job.upload_id,
        "kind": job.kind,
        "name": job.name,
        "state": job.state,
        "message": _message(job),
        "created": job.created.isoformat(),
        "expires_at": job.expires_at.isoformat(),
        "frames_done": job.frames_done,
        "frames_total": job.frames_total,
        "fps": job.fps,
        "seconds_left": job.seconds_left,
        "width": job.width,
        "height": job.height,
        "faces": [{"id": face["id"], "box": face["box"], "source": face["source"]} for face in job.faces],
        "source": job.source,
        "assign": job.assign,
        "options": job.options,
        "result": address("result", bool(job.result_type)),
        "preview": address("preview", hasattr(job, "preview")),
        "original": address("original", job.kind == Kind.PICTURE),
        "notes": job.notes,
    }


def _message(job: Job) -> str:
    if job.stop and job.state in ACTIVE:
        return "It is being ended."
    if job.state != State.WAITING:
        return job.message
    if not Worker.objects.alive().exists():
        return NO_WORKER
    ahead = ahead_of(job)
    return f"It waits for {ahead} {'other' if ahead == 1 else 'others'} before it." if ahead else "It is next."
