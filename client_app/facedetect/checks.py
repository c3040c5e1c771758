"""What must be right before the first visitor comes."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.checks import CheckMessage, Warning, register

from facedetect import gallery


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


def startup_problems() -> list[str]:
    """Why the production server would fail on its first page; empty when it would not."""
    storage = staticfiles_storage
    if settings.DEBUG or not isinstance(storage, ManifestStaticFilesStorage) or storage.read_manifest():
        return []
    return [f"{settings.STATIC_ROOT} holds no collected static files; run: python manage.py collectstatic --noinput"]
