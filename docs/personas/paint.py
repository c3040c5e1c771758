"""Paints the gallery: every persona's portrait, the two photographs, and the list that credits them.

python paint.py              everything, into client_app/static/faces
python paint.py marble tiger only these personas
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

import canonical_face
from gallery import GALLERY_FOLDER, PICTURE_SIZE, save_picture, write_list
from photos import PHOTOS, crop_photo

CAST = ("sugar-skull", "tiger", "marble", "robot", "bronze", "jade", "alien")
SAMPLES = 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*", help="personas to paint; all when none is named")
    parser.add_argument("--folder", type=Path, default=GALLERY_FOLDER, help="where the pictures go")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="paths traced per pixel; fewer for a quick look")
    options = parser.parse_args()
    if unknown := set(options.slugs) - set(CAST):
        parser.error(f"no persona is called {', '.join(sorted(unknown))}; there are {', '.join(CAST)}")
    options.folder.mkdir(parents=True, exist_ok=True)
    face = canonical_face.load()
    personas = {slug: importlib.import_module(f"cast.{slug.replace('-', '_')}") for slug in CAST}
    for slug in options.slugs or CAST:
        picture = personas[slug].pose(face).photograph(PICTURE_SIZE, options.samples)
        save_picture(picture, slug, options.folder)
    if not options.slugs:
        for photo in PHOTOS:
            crop_photo(photo, options.folder)
    credits = [persona.CREDIT for persona in personas.values()] + [photo.credit for photo in PHOTOS]
    write_list(credits, options.folder)


if __name__ == "__main__":
    main()
