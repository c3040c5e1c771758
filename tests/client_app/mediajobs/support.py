"""Jobs as the API makes them, and the worker's own code that does them."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from mediajobs import files, queue, work
from mediajobs.models import Job, State, Upload, life


def brought(path: Path, visitor: str = "visitor", name: str = "clip.mp4") -> Upload:
    """As an upload leaves it: the file is in the storage."""
    upload = Upload.objects.announce(visitor, name, path.stat().st_size)
    copy = path.with_name(f"{path.name}.{upload.id}")
    copy.write_bytes(path.read_bytes())
    files.keep(copy, upload.stored_as)
    copy.unlink(missing_ok=True)
    upload.received = upload.announced
    upload.save()
    return upload


def waiting(upload: Upload, kind: str = "recording", **fields: Any) -> Job:
    now = timezone.now()
    job = Job(
        upload=upload, visitor=upload.visitor, kind=kind, name=upload.name, created=now, expires_at=now + life(), **fields
    )
    queue.join(job)
    return job


def done_in(folder: Path, job: Job) -> Job:
    """Does the job that is due; where it is done, the result is `done.mp4` in the folder."""
    claimed = queue.claim(queue.me())
    assert claimed is not None
    assert claimed.id == job.id
    work.do(claimed)
    job.refresh_from_db()
    if job.state == State.DONE:
        files.fetch(job.result_stored_as, folder / "done.mp4")
    return job


def refuse(path: Path, kind: str) -> str:
    """As an operator's content check."""
    assert path.stat().st_size
    return f"No {kind} today."
