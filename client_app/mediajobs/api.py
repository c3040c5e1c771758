"""Pictures, videos and recordings: uploads, and the jobs that are made of them."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from ninja import Router, Status

from facedetect import catalogue
from facedetect.api import Refusal
from facedetect.api_description import answers_with_a_file
from facedetect.consent import MEDIA_STATEMENT
from facedetect.errors import ApiError, bad_request
from facedetect.models import Consent
from facedetect.visitors import known_visitor, visitor_of
from mediajobs import incoming, outgoing, picture_jobs, queue, turns
from mediajobs.models import Job, Kind, Preview, State, Stop, Upload, life, remove_expired
from mediajobs.schemas import JobInfo, JobList, NewJob, NewUpload, UploadPlace, job_info

MAX_SOURCES = 8
BYTES = {"type": "string", "format": "binary"}

router = Router(tags=["pictures and videos"])


@router.post("/uploads", response={201: UploadPlace, 400: Refusal, 413: Refusal}, url_name="uploads", summary="Announce a file")
def announce(request: HttpRequest, new: NewUpload) -> Any:
    incoming.require_consent(new.consent)
    incoming.require_possible(new.bytes)
    visitor = known_visitor(request)
    remove_expired()
    upload = Upload.objects.announce(visitor, new.name, new.bytes)
    said = {"version": MEDIA_STATEMENT.version, "wording": MEDIA_STATEMENT.text}
    Consent.objects.create(source_id=str(upload.id), visitor=visitor, **said)
    place = {"id": upload.id, "url": incoming.address(upload), "method": "PUT", "expires_at": upload.expires_at.isoformat()}
    return Status(201, place)


@router.put(
    "/uploads/{upload_id}/content",
    response={204: None, 400: Refusal, 404: Refusal, 413: Refusal, 507: Refusal},
    url_name="upload-content",
    summary="The file's raw bytes",
    openapi_extra={
        "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
def take_content(request: HttpRequest, upload_id: uuid.UUID) -> Any:
    upload = _upload(request, upload_id)
    if upload.jobs.exists():
        raise ApiError(409, "upload_in_use", "Something was made of this upload already; announce the file anew.")
    incoming.take(request, upload)
    return Status(204, None)


@router.post(
    "/jobs",
    response={201: JobInfo, 400: Refusal, 404: Refusal, 409: Refusal, 413: Refusal, 422: Refusal, 429: Refusal, 503: Refusal},
    summary="Make something of an upload",
)
def start(request: HttpRequest, new: NewJob) -> Any:
    upload = _upload(request, new.upload)
    _require_faces(upload.visitor, new)
    incoming.require_complete(upload)
    queue.require_room(upload.visitor)
    job = _new(upload, new)
    if job.kind == Kind.PICTURE:
        picture_jobs.do(job)
    else:
        queue.join(job)
        turns.give()
    return Status(201, job_info(job))


@router.get("/jobs", response=JobList, url_name="jobs", summary="Your jobs, the newest first")
def list_jobs(request: HttpRequest) -> Any:
    jobs = Job.objects.of(visitor_of(request)).select_related("preview").defer("preview__jpeg")
    return {"jobs": [job_info(job) for job in jobs]}


@router.get("/jobs/{job_id}", response={200: JobInfo, 404: Refusal}, url_name="job", summary="How far a job is")
def show(request: HttpRequest, job_id: uuid.UUID) -> Any:
    return job_info(_job(request, job_id))


@router.post(
    "/jobs/{job_id}/cancel",
    response={200: JobInfo, 404: Refusal},
    url_name="job-cancel",
    summary="End a job; what was done of it is kept",
)
def cancel(request: HttpRequest, job_id: uuid.UUID) -> Any:
    job = _job(request, job_id)
    never_begun = Job.objects.filter(id=job.id, state=State.WAITING)
    if not never_begun.update(state=State.CANCELLED, message=Stop.CANCEL.message):
        Job.objects.filter(id=job.id, state=State.RUNNING, stop="").update(stop=Stop.CANCEL)
        queue.take_back_from_the_dead()
    return job_info(_job(request, job_id))


@router.delete("/jobs/{job_id}", response={204: None, 404: Refusal}, summary="Delete a job and all its files for good")
def delete(request: HttpRequest, job_id: uuid.UUID) -> Any:
    _job(request, job_id).remove()
    return Status(204, None)


@router.get(
    "/jobs/{job_id}/result",
    response={404: Refusal},
    url_name="job-result",
    summary="What was made, as a file",
    openapi_extra=answers_with_a_file("image/jpeg", "image/png", "image/webp", "video/mp4"),
)
def result(request: HttpRequest, job_id: uuid.UUID) -> HttpResponseBase:
    job = _job(request, job_id)
    if not job.result_type:
        raise _nothing_there()
    return outgoing.send(request, job.result_stored_as, job.result_type, download_name=outgoing.result_name(job))


@router.get(
    "/jobs/{job_id}/preview",
    response={404: Refusal},
    url_name="job-preview",
    summary="The newest frame (JPEG)",
    openapi_extra=answers_with_a_file("image/jpeg"),
)
def preview(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    preview = Preview.objects.filter(job=_job(request, job_id)).first()
    if preview is None:
        raise _nothing_there()
    return HttpResponse(bytes(preview.jpeg), content_type="image/jpeg")


@router.get(
    "/jobs/{job_id}/original",
    response={404: Refusal},
    url_name="job-original",
    summary="The picture that was uploaded",
    openapi_extra=answers_with_a_file("image/jpeg", "image/png", "image/webp"),
)
def original(request: HttpRequest, job_id: uuid.UUID) -> HttpResponseBase:
    job = _job(request, job_id)
    if job.kind != Kind.PICTURE:
        raise _nothing_there()
    return outgoing.send(request, job.upload.stored_as, picture_jobs.media_type_of(job.upload))


def _upload(request: HttpRequest, upload_id: uuid.UUID) -> Upload:
    upload = Upload.objects.of(visitor_of(request)).filter(id=upload_id).first()
    if upload is None:
        message = "There is no such upload, or it is not yours, or it was kept for an hour in vain. Send the file again."
        raise ApiError(404, "unknown_upload", message)
    return upload


def _job(request: HttpRequest, job_id: uuid.UUID) -> Job:
    job = Job.objects.of(visitor_of(request)).select_related("upload").filter(id=job_id).first()
    if job is None:
        raise ApiError(404, "unknown_job", "There is no such job, or it is not yours, or its time has run out.")
    return job


def _require_faces(visitor: str, new: NewJob) -> None:
    """Raises ApiError unless the visitor may use each of the faces, and a video has one at all."""
    sources = {source for source in (new.source, *new.assign.values()) if source}
    if new.kind == Kind.VIDEO and not sources:
        raise bad_request("Choose a face first: a video needs a source, or an assign with one.")
    if len(sources) > MAX_SOURCES:
        raise bad_request(f"Expected at most {MAX_SOURCES} different faces, got {len(sources)}.")
    for source in sources:
        catalogue.require_usable(visitor, source)


def _new(upload: Upload, new: NewJob) -> Job:
    """A picture's job is made anew with each choice of faces, in place of the one before."""
    now = timezone.now()
    job = upload.jobs.filter(kind=Kind.PICTURE).first() if new.kind == Kind.PICTURE else None
    job = job or Job(visitor=upload.visitor, upload=upload, kind=new.kind, name=upload.name, created=now)
    job.source, job.assign, job.options, job.expires_at = new.source, new.assign, new.options, now + life()
    return job


def _nothing_there() -> ApiError:
    return ApiError(404, "nothing_there", "There is nothing here yet, or nothing any more.")
