"""The face that things are drawn on, what is drawn on it, and how the two become one picture."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike

from faceswap.arrays import AnyArray, Floats, Image
from faceswap.mesh import LEFT_EYE, OVAL, RIGHT_EYE

#: Points on the cheeks, the nose's bridge and the forehead, where skin is seen.
SKIN_POINTS = (205, 425, 50, 280, 6, 151)
_SHIFT = 4


def floats(values: ArrayLike) -> Floats:
    return np.asarray(values, np.float32)


def blank(side: int) -> Floats:
    return np.zeros((side, side), np.float32)


@dataclass(frozen=True)
class Canvas:
    """`picture` float32 (side, side, 3), BGR in levels of 255; `points` float32 (468, 2) in its pixels; `scrap` float32 of
    the picture's shape, a piece of some other picture; `other` the same, of somebody else's face."""

    picture: Floats
    points: Floats
    scrap: Floats
    other: Floats

    @property
    def side(self) -> int:
        return self.picture.shape[0]

    @property
    def middle(self) -> Floats:
        return floats(self.points[list(OVAL)].mean(0))

    @property
    def size(self) -> float:
        """The face's height, pixels."""
        return float(np.ptp(self.points[list(OVAL), 1]))

    @property
    def eyes(self) -> tuple[Floats, Floats]:
        """The middles of the right and the left eye."""
        right, left = (self.points[list(outline)].mean(0) for outline in (RIGHT_EYE, LEFT_EYE))
        return floats(right), floats(left)

    def colour_at(self, point: AnyArray) -> Floats:
        """The mean colour of 5 x 5 pixels, BGR."""
        x, y = np.clip(point.round().astype(int), 2, self.side - 3)
        return floats(self.picture[y - 2 : y + 3, x - 2 : x + 3].mean((0, 1)))

    def skin(self) -> Floats:
        """The colour of the face's own skin, BGR."""
        return floats(np.median([self.colour_at(self.points[i]) for i in SKIN_POINTS], axis=0))

    def hair(self) -> Floats:
        """The colour above the forehead, BGR: of hair, hat or a bald head."""
        top, chin = self.points[10], self.points[152]
        return self.colour_at(top + (top - chin) * np.float32(0.13))


@dataclass(frozen=True)
class Layer:
    """`colour` float32 (side, side, 3), BGR in levels of 255; `alpha` float32 (side, side), 0 to 1: how much it hides."""

    colour: Floats
    alpha: Floats

    def over(self, below: "Layer") -> "Layer":
        """The two as one."""
        alpha = self.alpha + below.alpha * (1 - self.alpha)
        share = (self.alpha / np.maximum(alpha, np.float32(1e-4)))[:, :, None]
        return Layer(below.colour + (self.colour - below.colour) * share, alpha)

    def on(self, picture: Floats) -> Floats:
        return floats(picture + (self.colour - picture) * self.alpha[:, :, None])


@lru_cache
def grid(side: int) -> tuple[Floats, Floats]:
    """x and y of each pixel."""
    y, x = np.mgrid[:side, :side]
    return floats(x), floats(y)


def ramp(side: int, start: ArrayLike, way: ArrayLike) -> Floats:
    """How far each pixel lies from `start` along `way`, a vector, pixels times its length."""
    (x, y), (left, top), (right, down) = grid(side), np.asarray(start, np.float32), np.asarray(way, np.float32)
    return floats((x - left) * right + (y - top) * down)


def round_shade(across: Floats, light: float) -> Floats:
    """Brightness over a cylinder or ball, `across` being -1 and 1 at its edges; `light` (radians): where from."""
    inside = np.clip(across, -1, 1)
    lit = np.sqrt(1 - inside * inside) * np.float32(np.cos(light)) + inside * np.float32(np.sin(light))
    return floats(np.float32(0.5) + np.float32(0.55) * np.clip(lit, 0, 1))


def polygon(side: int, outline: AnyArray) -> Floats:
    """1 inside an outline (n, 2) of pixels, 0 outside, with smooth edges."""
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.round(outline * (1 << _SHIFT)).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=_SHIFT)
    return mask.astype(np.float32) / np.float32(255)


def line(side: int, path: AnyArray, width: float, closed: bool = False) -> Floats:
    """1 along a path (n, 2), 0 elsewhere; lines thinner than a pixel are fainter."""
    mask = np.zeros((side, side), np.uint8)
    places = np.round(path * (1 << _SHIFT)).astype(np.int32)
    cv2.polylines(mask, [places], closed, 255, max(1, round(width)), lineType=cv2.LINE_AA, shift=_SHIFT)
    return mask.astype(np.float32) * np.float32(min(1.0, width) / 255)


def ellipse(middle: ArrayLike, radii: tuple[float, float], angle: float, start: float = 0.0, end: float = 360.0) -> Floats:
    """The outline (48, 2) of an ellipse; angles in degrees."""
    t, turn = np.radians(np.linspace(start, end, 48)), np.radians(angle)
    x, y = radii[0] * np.cos(t), radii[1] * np.sin(t)
    cos, sin = np.cos(turn), np.sin(turn)
    return floats(np.stack([cos * x - sin * y, sin * x + cos * y], 1) + np.asarray(middle))


def noise(rng: np.random.Generator, side: int, cells: int, channels: int = 1) -> Floats:
    """Smooth random numbers, 0 to 1, (side, side) or (side, side, channels), `cells` of them a side."""
    coarse = rng.random((cells, cells, channels), np.float32)
    return floats(np.clip(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), 0, 1))


def as_image(picture: Floats) -> Image:
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
