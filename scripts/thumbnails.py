"""Makes the small pictures of the gallery, which the cards show: `python scripts/thumbnails.py`, once a face has changed."""

import json
from pathlib import Path

from PIL import Image

FACES = Path(__file__).resolve().parent.parent / "client_app" / "static" / "faces"
#: A card is 116 to 176 pixels wide, on a screen of up to two pixels to each.
WIDTH, QUALITY = 224, 72


def make(photo: Path, thumbnail: Path) -> int:
    """Writes the photo, WIDTH pixels wide, as WebP; returns its bytes."""
    with Image.open(photo) as image:
        height = round(image.height * WIDTH / image.width)
        image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS).save(
            thumbnail, "WEBP", quality=QUALITY, method=6
        )
    return thumbnail.stat().st_size


def main() -> None:
    thumbs = FACES / "thumbs"
    thumbs.mkdir(exist_ok=True)
    for entry in json.loads((FACES / "gallery.json").read_text(encoding="utf-8")):
        size = make(FACES / f"{entry['slug']}.jpg", thumbs / f"{entry['slug']}.webp")
        print(f"{entry['slug']}: {size / 1000:.1f} KB")


if __name__ == "__main__":
    main()
