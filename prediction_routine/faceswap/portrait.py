"""A source photo with the face that was found in it."""

from dataclasses import dataclass

from faceswap.arrays import Image
from faceswap.quality import Quality
from faceswap.track import Face


@dataclass(frozen=True)
class Portrait:
    """`photo` BGR uint8 (h, w, 3) with its best face; `others`: how many further faces it shows."""

    photo: Image
    face: Face
    others: int
    quality: Quality
