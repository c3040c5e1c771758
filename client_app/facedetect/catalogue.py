"""All the faces a visitor may use: the built-in ones and those they brought."""

import functools
import re
from typing import Any

from django.conf import settings

from facedetect import gallery
from facedetect.errors import unknown_source
from facedetect.models import Source
from facedetect.protection import anyone_listed, require_unprotected
from facedetect.relay import Prepared, relay_for
from facedetect.takedown import require_standing, standing

#: Before the name of somebody whom the model was trained on: there are no photos of them.
NAMED_SOURCE = "model:"
_SOURCE_ID = re.compile(r"[0-9a-f]{64}")


def entries(visitor: str | None) -> list[dict[str, Any]]:
    """What the page lists, built-in faces first."""
    Source.objects.delete_expired()
    faces = [*built_in(), *(source.as_json() for source in Source.objects.of(visitor))]
    allowed = standing([face["id"] for face in faces])
    return [face for face in faces if face["id"] in allowed]


def built_in() -> list[dict[str, Any]]:
    """The gallery's, and the people whom the model was trained on."""
    return [*(face.as_json() for face in gallery.faces().values()), *map(_trained, settings.TRAINED_IDENTITIES)]


def _trained(name: str) -> dict[str, Any]:
    return {
        "id": NAMED_SOURCE + name,
        "name": name.replace("_", " ").replace("-", " ").title(),
        "image": "",
        "thumbnail": "",
        "kind": "trained",
        "credit": "",
        "expires_at": None,
    }


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
    """Asked whenever a face is about to be shown, since what the operator forbids may have grown since it was brought.

    Raises:
        ApiError: `unknown_source`, `taken_down`, `protected_face`, or that whose face it is cannot be told.
    """
    if source_id in gallery.faces() or source_id in {NAMED_SOURCE + name for name in settings.TRAINED_IDENTITIES}:
        require_standing([source_id])
        if anyone_listed():
            require_unprotected(_prepared_built_in(source_id))
        return
    source = own(visitor, source_id)
    require_standing([source_id, *source.photos.values_list("digest", flat=True)])
    if anyone_listed():
        require_unprotected(_prepared_own(source))


@functools.lru_cache(maxsize=64)
def _prepared_built_in(source_id: str) -> Prepared:
    face = gallery.faces().get(source_id)
    return relay_for().prepare(source_id, [face.photo] if face else [])


def _prepared_own(source: Source) -> Prepared:
    if source.embeddings:
        return Prepared([], embeddings=tuple(map(tuple, source.embeddings)))
    return relay_for().prepare(source.source_id, source.photo_bytes())
