"""Before step 3: the source's eyes between the user's lids, looking where the user looks and blinking as the user does.

Each eye is measured in radii of its iris from the middle of the iris. The iris is drawn where it is to be; the white beside it
is stretched to reach the user's corners and lids.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image, Mask
from faceswap.exposure import exposure
from faceswap.geometry import Box, bounding_box, crop, shifted
from faceswap.mesh import LEFT_EYE, RIGHT_EYE
from faceswap.ramp import ramp

#: Irises smaller than this, in pixels, show nothing that could be told.
SMALLEST_RADIUS = 2.5
#: Radii of the iris, in pixels, in which a photo's eye is kept: the largest is as fine as a face 600 pixels high.
RADII = (24, 12, 6)
#: How far the picture of an eye reaches from the middle of its iris, radii: beyond the far corner where it looks aside.
REACH = 4.5
#: Open by less than the first, in radii, an eye is closed and stays the user's; from the second on it is the source's. In
#: between the landmarks see less of a lid than there is: an eye half shut would be drawn half open.
OPEN = (0.7, 1.2)
#: Up to here, in radii, the iris is as in the photo; beyond is the white. A corner is never nearer than the second.
IRIS, CORNER = 1.1, 1.15
#: Next to its lids a photo's eye is lashes and shadow; no more than this share of its opening is read.
INNER = 0.92
#: The source's eye begins at the lids as softly as a Gaussian of so many radii.
FEATHER = 0.12
#: An eye is made lighter or darker by no more than this, in a room that is not dark (`exposure`).
GAIN_LIMITS = (0.4, 2.5)
#: The white of an eye is brighter than this share of it.
WHITE = 0.75
#: Added to both sides of the ratio of two whites, in levels of 255, so that black does not divide by nothing.
_FLOOR = 8.0
_FRACTION = 4
_OUTLINES = (RIGHT_EYE, LEFT_EYE)


@dataclass(frozen=True)
class SourceEye:
    """An eye of a photo. `levels`: upright pictures, BGR uint8 (side, side, 3), with an iris of RADII pixels in the middle; the
    edges of the lids, left to right, in radii from there, float32 (9, 2); `white` float32 (3,): BGR, 0 to 255."""

    levels: tuple[Image, ...]
    upper: Floats
    lower: Floats
    white: Floats


SourceEyes = tuple[SourceEye, SourceEye]


@dataclass(frozen=True)
class _Eye:
    """An eye in a picture: `from_picture` leads from pixels to radii of its iris, upright, from the middle of the iris; lids as
    in SourceEye; of the pixels in `box`, uint8 (h, w), 255 where the eye is `open`."""

    radius: float
    from_picture: Affine
    upper: Floats
    lower: Floats
    box: Box
    open: Mask

    @property
    def height(self) -> float:
        """Of the opening above and below the middle of the iris, radii."""
        return float(_edge(self.lower, 0) - _edge(self.upper, 0))

    def white(self, picture: Image) -> Floats:
        """BGR, float32 (3,)."""
        inside = picture[self.box.rows, self.box.columns][self.open > 127]
        rank = int(len(inside) * WHITE)
        return np.asarray(np.partition(inside, rank, axis=0)[rank], np.float32)  # np.percentile takes four times as long


def read_eyes(photo: Image, landmarks: Floats, irises: Floats) -> SourceEyes | None:
    """The right and the left eye of a photo (BGR uint8), None where one is too small, closed or outside the picture.

    `landmarks` float32 (468, 3) and `irises` float32 (2, 3) - x, y and radius of the right and the left - in pixels.
    """
    right, left = (_eye(photo, landmarks[list(outline)], iris) for iris, outline in zip(irises, _OUTLINES, strict=True))
    return None if right is None or left is None else (_kept(photo, right), _kept(photo, left))


def give_eyes(frame: Image, landmarks: Floats, irises: Floats, eyes: SourceEyes, seen: Floats, to_seen: Affine) -> None:
    """Puts these eyes into `frame` (BGR uint8), in place; landmarks and irises as for `read_eyes`.

    `seen` float32 (side, side) is how much of them shows, 0 where something is in front of the face; `to_seen` leads there from
    frame pixels.
    """
    for iris, outline, given in zip(irises, _OUTLINES, eyes, strict=True):
        eye = _eye(frame, landmarks[list(outline)], iris)
        if eye is None:
            continue
        white = eye.white(frame)
        longer = exposure(white.tolist())
        gain = np.clip((white * longer + _FLOOR) / (given.white + _FLOOR), *GAIN_LIMITS) / longer
        lit = cv2.transform(_drawn(eye, given), np.diag(gain))
        size = (eye.box.width, eye.box.height)
        way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        bare = cv2.warpAffine(seen, shifted(to_seen, eye.box.x, eye.box.y), size, flags=way, borderMode=cv2.BORDER_REPLICATE)
        soft = cv2.GaussianBlur(eye.open, (0, 0), FEATHER * eye.radius) * np.float32(1 / 255)
        share = bare * soft * np.float32(ramp(eye.height, *OPEN))
        part = frame[eye.box.rows, eye.box.columns]
        part[:] = cv2.blendLinear(lit, part, share, 1 - share)


def _eye(picture: Image, outline: Floats, iris: Floats) -> _Eye | None:
    """`outline` float32 (16, 3), from the outer corner along the upper lid; None for one too small, closed or outside."""
    x, y, radius = iris.tolist()
    points = outline[:, :2]
    upper, lower = points[:9], np.vstack([points[:1], points[:7:-1]])
    if upper[0, 0] > upper[-1, 0]:
        upper, lower = upper[::-1], lower[::-1]
    box = bounding_box(points, picture.shape[1], picture.shape[0])
    along = upper[-1] - upper[0]
    width = float(np.hypot(*along))
    if radius < SMALLEST_RADIUS or width < radius or box is None:
        return None
    cos, sin = (along / (width * radius)).tolist()
    turn = np.array([[cos, sin], [-sin, cos]])
    from_picture = np.column_stack([turn, -turn @ (x, y)])
    upper, lower = (np.asarray(lid @ turn.T + from_picture[:, 2], np.float32) for lid in (upper, lower))
    for lid in (upper, lower):
        np.maximum.accumulate(lid[:, 0], out=lid[:, 0])
    opening = np.zeros((box.height, box.width), np.uint8)
    corners = np.round((points - (box.x, box.y)) * (1 << _FRACTION)).astype(np.int32)
    cv2.fillPoly(opening, [corners], 255, lineType=cv2.LINE_AA, shift=_FRACTION)
    eye = _Eye(radius, from_picture, upper, lower, box, opening)
    return eye if eye.height > OPEN[0] and (opening > 127).any() else None


def _kept(photo: Image, eye: _Eye) -> SourceEye:
    levels = []
    for radius in RADII:
        to_level = eye.from_picture * radius
        to_level[:, 2] += REACH * radius
        levels.append(crop(photo, to_level, round(2 * REACH * radius) + 1))
    return SourceEye(tuple(levels), eye.upper, eye.lower, eye.white(photo))


def _drawn(eye: _Eye, given: SourceEye) -> Image:
    """The given eye in the eye's box, BGR uint8 (h, w, 3)."""
    columns = np.arange(eye.box.x, eye.box.x + eye.box.width, dtype=np.float32)
    rows = np.arange(eye.box.y, eye.box.y + eye.box.height, dtype=np.float32)[:, None]
    (a, b, x), (c, d, y) = eye.from_picture.tolist()
    across, down = a * columns + (b * rows + x), c * columns + (d * rows + y)
    there = np.interp(across, _marks(eye.upper), _marks(given.upper))
    upper, lower = (_edge(lid, across) for lid in (eye.upper, eye.lower))
    least, most = (_edge(lid, there) * INNER for lid in (given.upper, given.lower))
    # Where the user's eye is open wider than the source's, what there is of it is stretched.
    share = np.where(down < 0, least / np.minimum(upper, -0.05), most / np.maximum(lower, 0.05))
    below = down * np.clip(share, 0.05, 1)
    number = next((i for i in range(len(RADII) - 1, 0, -1) if RADII[i] >= eye.radius), 0)
    x_there, y_there = (np.asarray((each + REACH) * RADII[number], np.float32) for each in (there, below))
    drawn = cv2.remap(given.levels[number], x_there, y_there, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, np.uint8)


def _marks(lid: Floats) -> list[float]:
    """Where along the eye its corners are and its iris begins and ends, left to right."""
    return [min(float(lid[0, 0]), -CORNER), -IRIS, IRIS, max(float(lid[-1, 0]), CORNER)]


def _edge(lid: Floats, across: float | Floats) -> Floats:
    """How far down the lid's edge is at these places along the eye."""
    return np.asarray(np.interp(across, lid[:, 0], lid[:, 1]), np.float32)
