"""How a stored file goes out."""

from datetime import timedelta

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import content_disposition_header

from facedetect.errors import ApiError
from facedetect.private_storage import EncryptedStorage, private_storage
from mediajobs import bucket, ranges
from mediajobs.models import Job

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4"}
_FETCHED_WITHIN = timedelta(minutes=10)


def send(request: HttpRequest, name: str, media_type: str, download_name: str = "") -> HttpResponseBase:
    """To be shown, or to be saved as `download_name`. Out of a bucket directly, unless what lies there is encrypted."""
    if settings.GCS_BUCKET and not isinstance(private_storage(), EncryptedStorage):
        disposition = content_disposition_header(bool(download_name), download_name) or ""
        return HttpResponseRedirect(bucket.signed_url(name, "GET", _FETCHED_WITHIN, disposition, media_type))
    try:
        file = private_storage().open(name)
    except FileNotFoundError as error:
        raise ApiError(404, "nothing_there", "The file is gone: its time has run out, or it was deleted.") from error
    response = FileResponse(file, as_attachment=bool(download_name), filename=download_name, content_type=media_type)
    return ranges.narrowed(response, file, file.size, request.headers.get("Range"))


def result_name(job: Job) -> str:
    stem = job.name.rpartition(".")[0] or job.name
    return f"{stem} (AI-made).{ENDINGS[job.result_type]}"
