"""Reads the form that brings photos of a person."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

from facedetect.api import require_body_below
from facedetect.consent import STATEMENT
from facedetect.errors import ApiError, bad_request, readable_size, too_large
from facedetect.photos import normalise

#: The form, for the API's own description.
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photos", "consent"],
                    "properties": {
                        "photos": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1},
                        "consent": {"type": "string", "description": "The version of the statement that you agree to."},
                        "name": {"type": "string"},
                    },
                }
            }
        },
    }
}
#: That of a photo which is only looked at.
ONE_PHOTO = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "properties": {"photo": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@dataclass(frozen=True)
class Upload:
    """`photos` are as a source keeps them, each only once."""

    photos: tuple[bytes, ...]
    name: str


def read(request: HttpRequest) -> Upload:
    """The form's photos, once the visitor has agreed to the statement that is in force.

    Raises:
        ApiError: naming the first thing that is wrong with the form.
    """
    form, files = _form(request, "photos")
    _require_consent(form.get("consent", ""))
    if not files:
        raise bad_request(f"Expected 1 to {settings.MAX_PHOTOS} files in the form's field photos; none came.")
    if len(files) > settings.MAX_PHOTOS:
        raise _too_many()
    photos = dict.fromkeys(_photo(file, named=len(files) > 1) for file in files)
    return Upload(tuple(photos), str(form.get("name", "")))


def read_one(request: HttpRequest) -> bytes:
    """The file of a form that brings a photo to be looked at, as it came.

    Raises:
        ApiError: naming what is wrong with the form.
    """
    _, files = _form(request, "photo")
    if len(files) != 1:
        raise bad_request(f"Expected one file in the form's field photo; {len(files)} came.")
    return _content(files[0])


def _form(request: HttpRequest, field: str) -> tuple[QueryDict, list[UploadedFile]]:
    """The form's fields, and the files of that one."""
    require_body_below(request, settings.MAX_REQUEST_BYTES)
    if request.content_type != "multipart/form-data":
        raise bad_request(f"Expected a form (multipart/form-data), got {request.content_type or 'no content type'}.")
    try:
        return request.POST, request.FILES.getlist(field)
    except TooManyFilesSent as error:
        raise _too_many() from error
    except MultiPartParserError as error:
        raise bad_request(f"The form cannot be read: {error}") from error


def _require_consent(version: object) -> None:
    if version != STATEMENT.version:
        raise ApiError(
            400,
            "consent_required",
            "Before a photo counts, please agree to the statement shown beside it. If you have, it has changed since: "
            "load the page again and read it once more."
            if version
            else "Before a photo counts, please agree to the statement shown beside it.",
        )


def _photo(file: UploadedFile, named: bool) -> bytes:
    """The file as a source keeps it; of several, the one that will not do is `named`."""
    try:
        return normalise(_content(file))
    except ApiError as error:
        if not named:
            raise
        raise ApiError(error.status, error.code, f"{file.name}: {error.message}") from error


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
        raise too_large(f"The file is larger than {readable_size(settings.MAX_UPLOAD_BYTES)}. Make it smaller.")
    content: bytes = file.read()
    return content


def _too_many() -> ApiError:
    return ApiError(400, "too_many_photos", f"More photos came than the {settings.MAX_PHOTOS} that one person may have.")
