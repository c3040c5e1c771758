"""Does a picture's job within the request, so that the answer comes at once."""

from pathlib import Path

from django.db import transaction
from PIL import Image

from facedetect.content_check import check_media
from facedetect.errors import ApiError
from facedetect.private_storage import private_storage
from mediajobs import files, incoming, wishes
from mediajobs.failures import JobFailed
from mediajobs.models import Job, Preview, State, Upload
from mediajobs.pictures import MEDIA_TYPES, SwappedPicture, swap
from provenance.credentials import CannotSign, sign

NO_FACE = "No face was found in the picture, so nothing was changed."
NOTHING_CHOSEN = "Nothing was changed: no face was chosen for any of those in the picture."


def do(job: Job) -> None:
    """Saves the job with its result.

    Raises:
        ApiError: and then there is no such job, or the one that there was before is as it was.
    """
    try:
        with files.request_folder() as folder:
            _do(job, folder)
    except JobFailed as error:
        raise ApiError(422, "refused", str(error)) from error
    except CannotSign as error:
        raise ApiError(500, "cannot_sign", "The picture could not be signed, so it is not given out.") from error
    except OSError as error:
        if not files.is_full(error):
            raise
        raise ApiError(507, "storage_full", "The server has no room for the picture now. Try again later.") from error


def media_type_of(upload: Upload) -> str:
    with private_storage().open(upload.stored_as) as file, Image.open(file, formats=("JPEG", "PNG", "WEBP")) as picture:
        return MEDIA_TYPES.get(picture.format or "", "image/jpeg")


def _do(job: Job, folder: Path) -> None:
    local = incoming.fetch(job.upload, folder / "original")
    check_media(local, job.kind)
    picture = swap(local.read_bytes(), wishes.wish_of(job))
    if picture.result is not None:
        signed = folder / "result"
        signed.write_bytes(picture.result)
        sign(signed, signed, picture.media_type, job.name)
        files.keep(signed, job.result_stored_as)
    else:
        files.discard(job.result_stored_as)
    _save(job, picture)


@transaction.atomic
def _save(job: Job, picture: SwappedPicture) -> None:
    job.state, job.frames_done, job.frames_total = State.DONE, 1, 1
    job.width, job.height = picture.size
    job.faces, job.notes = picture.faces, picture.notes
    job.result_type = picture.media_type if picture.result is not None else ""
    job.message = "" if picture.result is not None else NOTHING_CHOSEN if picture.faces else NO_FACE
    job.upload.expires_at = job.expires_at
    job.upload.save(update_fields=["expires_at"])
    job.save()
    Preview.objects.update_or_create(job=job, defaults={"jpeg": picture.shown})
