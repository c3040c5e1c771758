"""A source made ready: one photo of a person as a texture and the place of each landmark in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.canonical import frontal, unfold
from faceswap.complete import complete
from faceswap.covering import covering
from faceswap.delight import evenly_lit
from faceswap.eyes import SourceEyes, read_eyes
from faceswap.fuse import View, fuse
from faceswap.geometry import Region, crop, region_of, transform
from faceswap.glasses import without_glasses
from faceswap.irises import Irises, irises_of
from faceswap.landmarks import FaceLandmarker
from faceswap.mesh import Mesh
from faceswap.proportions import Proportions, ProportionSpace
from faceswap.straighten import straightened
from faceswap.track import Face

#: Side of the largest texture, pixels: the face of a portrait fills about 400 of it.
TEXTURE_SIDE = 512
#: The texture reaches this much beyond the landmarks.
MARGIN = 1.25
#: Each level is smaller than the one before it by this factor, down to the last that a distant face needs.
LEVEL_STEP = 2**0.5
SMALLEST_SIDE = 48
#: Texture pixels wanted for a pixel of the frame: photographs are sharper than video, and a face sharper than its
#: surroundings flickers and looks pasted on.
FINENESS = 0.72
#: Standard deviation of the blur that takes away fine detail, texture pixels.
FINE_DETAIL = 1.5


@dataclass(frozen=True)
class Level:
    """`texture` BGR uint8 (side, side, 3) and `smooth`, the same without fine detail; `points` float32 (468, 2) in their
    pixels."""

    texture: Image
    smooth: Image
    points: Floats

    def with_detail(self, share: float) -> Image:
        """The texture with this share of its fine detail, 0 to 1."""
        if share >= 1:
            return self.texture
        return np.asarray(cv2.addWeighted(self.texture, share, self.smooth, 1 - share, 0), np.uint8)


@dataclass(frozen=True)
class Source:
    """The texture at several sizes, largest first, the face's proportions and irises, and its eyes where they can be seen."""

    levels: tuple[Level, ...]
    proportions: Proportions
    irises: Irises
    eyes: SourceEyes | None

    def level_for(self, side: float) -> Level:
        """The smallest level that is still as fine as a face whose region is `side` pixels wide in the frame.

        Reading a finer one would alias: it would flicker with every movement and be sharper than the frame around it.
        """
        fine_enough = [level for level in self.levels if level.texture.shape[0] * LEVEL_STEP**0.5 >= side * FINENESS]
        return fine_enough[-1] if fine_enough else self.levels[0]


class SourceMaker:
    """Not to be shared between threads: the network keeps state while it runs."""

    def __init__(self, mesh: Mesh, space: ProportionSpace, landmarker: FaceLandmarker) -> None:
        self._mesh, self._space, self._landmarker = mesh, space, landmarker

    def __call__(self, views: Sequence[tuple[Image, Face]]) -> Source:
        """Photos of one person, BGR uint8 (h, w, 3), and the face in each, best first: it gives proportions and eyes."""
        regions = [region_of(face.landmarks, MARGIN) for _, face in views]
        side = int(min(TEXTURE_SIDE, max(SMALLEST_SIDE, *(region.size for region in regions))))
        unfolded = [self._view(photo, face, region, side) for (photo, face), region in zip(views, regions, strict=True)]
        texture = complete(fuse(unfolded))
        points = straightened(frontal(self._mesh, side, MARGIN), texture, self._landmarker, self._space)
        photo, face = views[0]
        eyes = read_eyes(photo, face.landmarks, face.irises)
        return Source(_levels(texture, points), face.proportions, irises_of(face), eyes)

    def _view(self, photo: Image, face: Face, region: Region, side: int) -> View:
        affine = region.to_square(side)
        picture, points = crop(photo, affine, side), transform(face.landmarks, affine)
        unfolded = unfold(picture, points, covering(picture, points[:, :2]), self._mesh, MARGIN)
        bare = without_glasses(unfolded, frontal(self._mesh, side, MARGIN))
        return View(evenly_lit(bare), min(region.size, side))


def _levels(texture: Image, points: Floats) -> tuple[Level, ...]:
    """Landmarks `points` float32 (468, 2) in the texture's pixels."""
    side = texture.shape[0]
    levels, size = [], float(side)
    while size >= SMALLEST_SIDE:
        smaller = round(size)
        shrunk = np.asarray(cv2.resize(texture, (smaller, smaller), interpolation=cv2.INTER_AREA), np.uint8)
        smooth = np.asarray(cv2.GaussianBlur(shrunk, (0, 0), FINE_DETAIL), np.uint8)
        places = (points + np.float32(0.5)) * np.float32(smaller / side) - np.float32(0.5)
        levels.append(Level(shrunk, smooth, places))
        size /= LEVEL_STEP
    return tuple(levels)
