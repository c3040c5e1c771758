"""How a file comes in: announced with the consent, then as raw bytes, here or straight into the bucket."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.urls import reverse

from facedetect.consent import MEDIA_STATEMENT
from facedetect.errors import ApiError, readable_size
from mediajobs import bucket, files
from mediajobs.models import ABANDONED, Upload


def require_consent(version: str) -> None:
    """Raises ApiError `consent_required` unless it is to the statement that is in force."""
    if version != MEDIA_STATEMENT.version:
        changed = " If you have, it has changed since: load the page again and read it once more." if version else ""
        message = f"Before a file counts, please agree to the statement shown beside it.{changed}"
        raise ApiError(400, "consent_required", message)


def require_possible(size: int) -> None:
    """Raises ApiError `empty_file`, `file_too_large`."""
    if size < 1:
        raise ApiError(400, "empty_file", "The file is empty. Choose one with a picture or a video in it.")
    if size > settings.MAX_MEDIA_BYTES:
        raise too_large()


def too_large() -> ApiError:
    message = f"The file is larger than the {readable_size(settings.MAX_MEDIA_BYTES)} that are possible. Make it smaller."
    return ApiError(413, "file_too_large", message)


def require_announced(upload: Upload, size: int) -> None:
    """Raises ApiError `empty_file`, `file_too_large`, `more_than_announced`."""
    require_possible(size)
    if size > upload.announced:
        message = f"The file has {size} bytes; {upload.announced} were announced. Announce it anew with its size, then send it."
        raise ApiError(413, "more_than_announced", message)


def address(upload: Upload) -> str:
    """Where the bytes are to be PUT: the bucket itself, where there is one, since App Engine lets only 32 MB through."""
    if not settings.GCS_BUCKET:
        return reverse("api:upload-content", args=[upload.id])
    return bucket.signed_url(upload.stored_as, "PUT", ABANDONED)


def take(request: HttpRequest, upload: Upload) -> None:
    """Streams the body to the storage.

    Raises:
        ApiError: and then nothing of it is kept.
    """
    length = int(request.headers.get("Content-Length") or 0)
    require_announced(upload, length)
    path = Path(settings.WORK_DIR) / f"{files.REQUESTS_PREFIX}{upload.id}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for chunk in _body(request):
                file.write(chunk)
                if file.tell() > settings.MAX_MEDIA_BYTES:
                    raise too_large()
        received = path.stat().st_size
        if received != length:
            raise _cut_short(received, length)
        files.keep(path, upload.stored_as)
    except UnreadablePostError as error:
        raise _cut_short(0, length) from error
    except OSError as error:
        if not files.is_full(error):
            raise
        raise ApiError(507, "storage_full", "The server has no room for the file now. Try again later.") from error
    finally:
        path.unlink(missing_ok=True)
    upload.received = received
    upload.save(update_fields=["received"])


def require_complete(upload: Upload) -> None:
    """Raises ApiError `upload_incomplete`; a file that went straight into the bucket is looked for there."""
    if upload.received is None and settings.GCS_BUCKET:
        size = bucket.size(upload.stored_as)
        if size is not None:
            _require_announced_in_bucket(upload, size)
            upload.received = size
            upload.save(update_fields=["received"])
    if upload.received is None:
        raise ApiError(409, "upload_incomplete", "The file has not arrived yet: PUT its bytes to the upload's url first.")


def fetch(upload: Upload, path: Path) -> Path:
    """A local copy of the file that was judged. Raises ApiError `upload_changed`: a bucket's address takes a file again."""
    if settings.GCS_BUCKET and bucket.size(upload.stored_as) != upload.received:
        raise ApiError(
            409, "upload_changed", "Another file was sent in the place of this one. Announce it anew, and send it once."
        )
    return files.fetch(upload.stored_as, path)


def _require_announced_in_bucket(upload: Upload, size: int) -> None:
    """The bucket took whatever came: what will not do is deleted, and the upload with it."""
    try:
        require_announced(upload, size)
    except ApiError:
        upload.remove()
        raise


def _body(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(files.CHUNK_BYTES):
        yield chunk


def _cut_short(received: int, length: int) -> ApiError:
    come = f" after {readable_size(received)} of {readable_size(length)}" if received else ""
    return ApiError(400, "upload_cut_short", f"The upload broke off{come}. Send the file again.")
