"""Rotated square regions of a frame and the affine maps into and out of them."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image, Mask
from faceswap.mesh import EYE_CORNERS, MIDDLE_LINE

#: The landmark networks were trained on squares this much larger than the face (MediaPipe face_landmark_front_cpu).
LANDMARK_MARGIN = 1.5
#: The landmarks by which a face is told to be upright.
_ENDS = np.array([EYE_CORNERS, MIDDLE_LINE])


@dataclass(frozen=True)
class Region:
    """A square around a face: centre and side in pixels of the frame, `angle` (radians) turns it upright with the face."""

    x: float
    y: float
    size: float
    angle: float

    def to_square(self, side: int) -> Affine:
        """The affine map from frame pixels to a `side` x `side` crop, the face upright in it."""
        cos, sin = math.cos(self.angle) * side / self.size, math.sin(self.angle) * side / self.size
        half = side / 2
        return np.array(
            [
                [cos, sin, half - cos * self.x - sin * self.y],
                [-sin, cos, half + sin * self.x - cos * self.y],
            ]
        )

    def upright(self) -> "Region":
        """The same square with its sides along the picture's."""
        return Region(self.x, self.y, self.size, 0.0)


def transform(points: Floats, affine: Affine) -> Floats:
    """Points (n, 2 or 3) through an affine map; a third coordinate (depth) is scaled with the plane."""
    if points.shape[1] == 3:
        (a, b, x), (c, d, y) = affine.tolist()
        affine = np.array([[a, b, 0, x], [c, d, 0, y], [0, 0, math.hypot(a, c), 0]])
    # OpenCV reckons in the points' own precision: a small face far from the corner, enlarged, needs more than float32.
    return np.asarray(cv2.transform(points.astype(np.float64)[:, None], affine)[:, 0], points.dtype)


def similarity(points: Floats, places: Floats) -> Affine:
    """The turn, scale and shift that bring points (n, 2) nearest to their places (Umeyama, PAMI 1991)."""
    middle, goal = points.mean(0), places.mean(0)
    x, y = (points - middle).astype(np.float64).T
    u, v = (places - goal).astype(np.float64).T
    spread = max(float((x * x + y * y).sum()), 1e-9)
    cos, sin = float((x * u + y * v).sum()) / spread, float((x * v - y * u).sum()) / spread
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([linear, goal - linear @ middle])


def inverse(affine: Affine) -> Affine:
    return np.asarray(cv2.invertAffineTransform(affine), np.float64)


def region_of(landmarks: Floats, margin: float = LANDMARK_MARGIN) -> Region:
    """The upright square around landmarks (468, 3), `margin` times the face's longer side."""
    angle = _roll(landmarks)
    cos, sin = math.cos(angle), math.sin(angle)
    upright = np.array([[cos, sin], [-sin, cos]], np.float32) @ landmarks[:, :2].T
    left, top, right, bottom = bounds(upright.T)
    x, y = (left + right) / 2, (top + bottom) / 2
    return Region(cos * x - sin * y, sin * x + cos * y, margin * max(right - left, bottom - top), angle)


def _roll(landmarks: Floats) -> float:
    """The angle of the line of the eyes and of the face's height together.

    A head turned aside shortens the one and tilts it when it nods, a nod shortens the other: the longer one decides.
    """
    (right, left), (top, chin) = landmarks[_ENDS, :2].tolist()
    return math.atan2(left[1] - right[1] - chin[0] + top[0], left[0] - right[0] + chin[1] - top[1])


def crop(image: Image, affine: Affine, side: int) -> Image:
    """The `side` x `side` crop of an image, without aliasing where the region is much larger than the crop."""
    step = int(1 / math.hypot(affine[0, 0], affine[1, 0]))
    if step >= 2:
        corners = transform(np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32), inverse(affine))
        box = bounding_box(corners, image.shape[1], image.shape[0])
        if box is not None and min(box.width, box.height) >= step:
            # Whole steps: OpenCV averages those several times as fast as broken ones.
            size = (box.width // step, box.height // step)
            part = image[box.rows, box.columns][: size[1] * step, : size[0] * step]
            image = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
            middle = (step - 1) / 2  # of the pixels that became one
            affine = shifted(affine, box.x + middle, box.y + middle) * (step, step, 1)
    warped = cv2.warpAffine(image, affine, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def shifted(affine: Affine, x: float, y: float) -> Affine:
    """The same map for coordinates that start at (x, y)."""
    moved = affine.copy()
    moved[:, 2] += affine[:, :2] @ (x, y)
    return moved


@dataclass(frozen=True)
class Box:
    """Whole pixels inside a frame: left, top, width and height, at least one pixel each way."""

    x: int
    y: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        return slice(self.y, self.y + self.height)

    @property
    def columns(self) -> slice:
        return slice(self.x, self.x + self.width)


def bounds(points: Floats) -> tuple[float, float, float, float]:
    """The least x and y and the greatest of points (n, 2 or more)."""
    # One coordinate after the other: NumPy finds their bounds several times as fast as of interleaved ones.
    apart = np.ascontiguousarray(points[:, :2].T)
    (left, top), (right, bottom) = apart.min(1).tolist(), apart.max(1).tolist()
    return left, top, right, bottom


def bounding_box(points: Floats, width: int, height: int) -> Box | None:
    """The pixels of a width x height frame that the points (n, 2) span; None where they miss it."""
    least_x, least_y, most_x, most_y = bounds(points)
    left, right = math.floor(_within(least_x, width)), math.ceil(_within(most_x, width))
    top, bottom = math.floor(_within(least_y, height)), math.ceil(_within(most_y, height))
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _within(place: float, side: int) -> float:
    return min(max(0.0, place), side)  # in this order what is no number is 0


def filled(side: int, points: Floats, *outlines: tuple[int, ...]) -> Mask:
    """255 inside the outlines - numbers of points (n, 2) - and 0 elsewhere, uint8 (side, side)."""
    mask = np.zeros((side, side), np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [points[list(outline)].round().astype(np.int32)], 255)
    return mask
