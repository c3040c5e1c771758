"""Makes what the page shows of the gallery, small and large: `python scripts/thumbnails.py`, once a face has changed."""

import json
from pathlib import Path

from PIL import Image

FACES = Path(__file__).resolve().parent.parent / "client_app" / "static" / "faces"
#: Folder, width and quality of each: a card is 116 to 176 pixels wide; the large picture fills half the stage.
SIZES = {"thumbs": (176, 44), "portraits": (512, 42)}


def make(photo: Path, shown: Path, width: int, quality: int) -> int:
    """Writes the photo, so many pixels wide, as AVIF; returns its bytes."""
    with Image.open(photo) as image:
        size = width, round(image.height * width / image.width)
        image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(shown, "AVIF", quality=quality, speed=0)
    return shown.stat().st_size


def main() -> None:
    for folder, (width, quality) in SIZES.items():
        (FACES / folder).mkdir(exist_ok=True)
        for entry in json.loads((FACES / "gallery.json").read_text(encoding="utf-8")):
            size = make(FACES / f"{entry['slug']}.jpg", FACES / folder / f"{entry['slug']}.avif", width, quality)
            print(f"{folder}/{entry['slug']}: {size / 1000:.1f} KB")


if __name__ == "__main__":
    main()
