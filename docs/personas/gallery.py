"""The gallery's folder: its pictures, and the list that credits each of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image

PICTURE_SIZE = (512, 640)
MAX_BYTES = 100_000
GALLERY_FOLDER = Path(__file__).resolve().parents[2] / "client_app" / "static" / "faces"


@dataclass(frozen=True)
class Credit:
    slug: str
    name: str
    kind: Literal["persona", "photo"]
    credit: str
    licence: str
    origin: str

    @classmethod
    def of_persona(cls, slug: str, name: str) -> Credit:
        """A persona painted here: it portrays nobody."""
        return cls(
            slug,
            name,
            "persona",
            "Painted by this project; portrays nobody",
            "Apache-2.0",
            f"docs/personas/cast/{slug.replace('-', '_')}.py",
        )


def save_picture(picture: Image.Image, slug: str, folder: Path) -> None:
    """Writes <slug>.jpg at the highest quality that keeps it under MAX_BYTES."""
    for quality in range(94, 60, -2):
        encoded = BytesIO()
        picture.save(encoded, "JPEG", quality=quality, optimize=True, subsampling=0 if quality > 88 else 2)
        if encoded.tell() < MAX_BYTES:
            (folder / f"{slug}.jpg").write_bytes(encoded.getvalue())
            return
    raise ValueError(f"{slug}.jpg cannot be brought under {MAX_BYTES} bytes: make the picture less noisy")


def write_list(credits: Sequence[Credit], folder: Path) -> None:
    text = json.dumps([asdict(credit) for credit in credits], indent=2, ensure_ascii=False)
    (folder / "gallery.json").write_text(text + "\n", encoding="utf-8")
