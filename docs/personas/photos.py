"""The gallery's two photographs: public-domain portraits that ship inside Python packages, cropped to the gallery's frame."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from gallery import PICTURE_SIZE, Credit, save_picture
from PIL import Image


@dataclass(frozen=True)
class Photo:
    """crop: left, top, right, bottom in the pixels of the original, in the proportions of the gallery's frame."""

    credit: Credit
    package: str
    path: str
    crop: tuple[float, float, float, float]


PHOTOS = (
    Photo(
        Credit(
            slug="astronaut",
            name="Eileen Collins",
            kind="photo",
            credit="NASA portrait of astronaut Eileen Collins",
            licence="Public domain (work of NASA)",
            origin="scikit-image: skimage/data/astronaut.png",
        ),
        package="scikit-image",
        path="skimage/data/astronaut.png",
        crop=(78, 0, 366, 360),
    ),
    Photo(
        Credit(
            slug="grace-hopper",
            name="Grace Hopper",
            kind="photo",
            credit="US Navy portrait of Rear Admiral Grace M. Hopper",
            licence="Public domain (work of the US Navy)",
            origin="matplotlib: mpl-data/sample_data/grace_hopper.jpg",
        ),
        package="matplotlib",
        path="matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        crop=(48, 20, 464, 540),
    ),
)


def crop_photo(photo: Photo, folder: Path) -> None:
    original = distribution(photo.package).locate_file(photo.path)
    with Image.open(original) as image:
        portrait = image.convert("RGB").resize(PICTURE_SIZE, Image.Resampling.LANCZOS, box=photo.crop)
    save_picture(portrait, photo.credit.slug, folder)
