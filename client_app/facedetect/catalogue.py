"""All the faces a visitor may use: the built-in ones and those they brought."""

import re
from typing import Any

from django.conf import settings

from facedetect import gallery
from facedetect.errors import unknown_source
from facedetect.models import Source

#: Before the name of somebody whom the model was trained on: there are no photos of them.
NAMED_SOURCE = "model:"
_SOURCE_ID = re.compile(r"[0-9a-f]{64}")


def entries(visitor: str | None) -> list[dict[str, Any]]:
    """What the page lists, built-in faces first."""
    Source.objects.delete_expired()
    return [*built_in(), *(source.as_json() for source in Source.objects.of(visitor))]


def built_in() -> list[dict[str, Any]]:
    return [face.as_json() for face in gallery.faces().values()]


def photos(visitor: str | None, source_id: str) -> list[bytes]:
    """The photos of a face that the visitor may use.

    Raises:
        ApiError: `unknown_source`, the same for a face that does not exist and for somebody else's.
    """
    face = gallery.faces().get(source_id)
    return [face.photo] if face else own(visitor, source_id).photo_bytes()


def thumbnail(visitor: str | None, source_id: str) -> bytes:
    """A small picture of a face that the visitor brought.

    Raises:
        ApiError: `unknown_source`.
    """
    return own(visitor, source_id).thumbnail_bytes()


def own(visitor: str | None, source_id: str) -> Source:
    """The source that this visitor brought.

    Raises:
        ApiError: `unknown_source`.
    """
    source = Source.objects.of(visitor).filter(source_id=source_id).first() if _SOURCE_ID.fullmatch(source_id) else None
    if source is None:
        raise unknown_source()
    return source


def require_usable(visitor: str | None, source_id: str) -> None:
    """Raises ApiError `unknown_source` unless the visitor may use the face."""
    trained = {NAMED_SOURCE + name for name in settings.TRAINED_IDENTITIES}
    if source_id not in gallery.faces() and source_id not in trained:
        own(visitor, source_id)
