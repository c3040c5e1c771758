"""The built-in faces: pictures in the static folder, listed in its gallery.json."""

import functools
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

from facedetect.photos import source_id

_log = logging.getLogger(__name__)


class GalleryError(Exception):
    """The gallery cannot be shown as it is; the message says what to mend."""


@dataclass(frozen=True)
class Face:
    """`photo`: what a swap is made of. `image` and `thumbnail`, large and small: what the page shows, as paths in the folder,
    the photo's own where scripts/thumbnails.py has made none."""

    id: str
    image: str
    thumbnail: str
    name: str
    kind: str
    credit: str
    photo: bytes

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "image": static(f"faces/{self.image}"),
            "thumbnail": static(f"faces/{self.thumbnail}"),
            "kind": self.kind,
            "credit": self.credit,
            "expires_at": None,
        }


def read(folder: Path) -> tuple[Face, ...]:
    """The faces of the folder, in the order of its list.

    Raises:
        GalleryError: where the list or a picture is missing or cannot be read.
    """
    listing = folder / "gallery.json"
    try:
        entries = json.loads(listing.read_text(encoding="utf-8"))
        faces = tuple(_face(folder, entry) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GalleryError(f"the gallery {listing} cannot be read: {type(error).__name__}: {error}") from error
    if not faces:
        raise GalleryError(f"the gallery {listing} lists no face")
    return faces


def _face(folder: Path, entry: dict[str, str]) -> Face:
    photo = (folder / f"{entry['slug']}.jpg").read_bytes()
    return Face(
        id=source_id([photo]),
        image=_shown(folder, "portraits", entry["slug"]),
        thumbnail=_shown(folder, "thumbs", entry["slug"]),
        name=entry["name"],
        kind=entry["kind"],
        credit=entry["credit"],
        photo=photo,
    )


def _shown(folder: Path, kind: str, slug: str) -> str:
    made = f"{kind}/{slug}.avif"
    return made if (folder / made).exists() else f"{slug}.jpg"


@functools.cache
def faces() -> dict[str, Face]:
    """The built-in faces by id, read once; none, and a line in the log, where there is no gallery."""
    try:
        return {face.id: face for face in read(settings.GALLERY_DIR)}
    except GalleryError as error:
        _log.warning("No built-in faces: %s", error)
        return {}
