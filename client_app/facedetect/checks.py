"""What must be right before the first visitor comes."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.checks import CheckMessage, Error, Warning, register

from facedetect import content_check, gallery


@register
def gallery_can_be_shown(**_: Any) -> list[CheckMessage]:
    try:
        gallery.read(settings.GALLERY_DIR)
    except gallery.GalleryError as error:
        return [
            Warning(
                f"The page offers no built-in faces: {error}",
                hint="Restore static/faces from the repository; visitors can only bring photos of their own.",
                id="facedetect.W001",
            )
        ]
    return []


@register
def content_check_can_be_used(**_: Any) -> list[CheckMessage]:
    problem = content_check.problem()
    hint = "Expected the dotted path of a function check(path, kind) -> reason or None; see docs/configuration.md."
    return [Error(problem, hint=hint, id="facedetect.E001")] if problem else []


def startup_problems() -> list[str]:
    """Why the production server would fail on its first page; empty when it would not."""
    problem = content_check.problem()
    if problem:
        return [problem]
    storage = staticfiles_storage
    if settings.DEBUG or not isinstance(storage, ManifestStaticFilesStorage) or storage.read_manifest():
        return []
    return [f"{settings.STATIC_ROOT} holds no collected static files; run: python manage.py collectstatic --noinput"]
