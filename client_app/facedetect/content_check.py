"""The operator's own check of what visitors bring: a function of theirs, named by CONTENT_CHECK."""

import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from facedetect.errors import ApiError

_log = logging.getLogger(__name__)


def problem() -> str | None:
    """Why CONTENT_CHECK cannot be used; None where it can, or is not set."""
    if not settings.CONTENT_CHECK:
        return None
    try:
        check = import_string(settings.CONTENT_CHECK)
    except Exception as error:  # whatever the operator's module raises while it is read
        return f"CONTENT_CHECK is {settings.CONTENT_CHECK!r}, which cannot be imported: {error}"
    if not callable(check):
        return f"CONTENT_CHECK is {settings.CONTENT_CHECK!r}, which is no function of a path and a kind"
    return None


def check_media(path: Path, kind: str) -> None:
    """Has the operator's function look at a file; `kind` is photo, picture, video or recording.

    Raises:
        ApiError: `content_refused`, with the function's reason, or `content_not_checked` where it fails.
    """
    if not settings.CONTENT_CHECK:
        return
    check: Callable[[Path, str], Any] = import_string(settings.CONTENT_CHECK)
    try:
        reason = check(path, kind)
    except Exception as error:  # the operator's code may raise anything, and then nothing is let through
        _log.error("the content check %s failed", settings.CONTENT_CHECK, exc_info=error)
        raise ApiError(503, "content_not_checked", "The file cannot be checked just now. Try again in a moment.") from error
    if reason:
        _log.warning("a %s was refused by the content check: %s", kind, reason)
        raise ApiError(422, "content_refused", str(reason))


def check_photos(photos: Sequence[bytes]) -> None:
    """The same for photos, which are written to a folder for the moment, and only where there is a check.

    Raises:
        ApiError: as `check_media` does.
    """
    if not settings.CONTENT_CHECK:
        return
    with tempfile.TemporaryDirectory(prefix="photos-") as folder:
        for number, photo in enumerate(photos):
            path = Path(folder) / f"{number}.jpg"
            path.write_bytes(photo)
            check_media(path, "photo")
