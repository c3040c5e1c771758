"""Part of step 3: what a face looks like in a few numbers, so that it is known again after it was hidden or away.

Means of a few patches of skin, lips and brows, in CIE L*a*b*: in one room the same person differs by 1 to 5 from one
moment to another, and two people by 4 and more, mostly by 9.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats, Image

#: Points of the mesh: forehead; cheeks and nose; chin and upper lip; lips; brows. Not the eyes and the open mouth, which move.
PATCHES = (
    (10, 151, 9, 108, 337, 69, 299),
    (50, 205, 187, 147, 123, 280, 425, 411, 376, 352, 4, 5, 195, 197, 1),
    (152, 175, 199, 200, 164, 167, 393, 165, 391),
    (0, 17, 37, 267, 84, 314),
    (105, 66, 107, 63, 70, 52, 65, 334, 296, 336, 293, 300, 282, 295),
)
COLOURS_BYTES = 3 * len(PATCHES)
#: Each point is read in the middle and this share of the face's height to the four sides.
_AROUND = 0.015
_SIDES = np.array([(0, 1, -1, 0, 0), (0, 0, 0, 1, -1)], np.float32)
_LEVELS = 2
_MIDDLE = np.array([0, 128, 128], np.float32)
_NUMBERS = np.concatenate([np.array(patch) for patch in PATCHES])
_STARTS = np.cumsum([0, *(len(patch) for patch in PATCHES[:-1])])
_COUNTS = np.array([[len(patch)] for patch in PATCHES], np.float32)


def colours_of(image: Image, landmarks: Floats) -> bytes:
    """The patches of the face with these landmarks (468, 3) in a BGR picture: L*, a*, b* of each, half a unit a level."""
    heights = landmarks[:, 1]
    reach = np.float32(_AROUND) * (heights.max() - heights.min())
    x, y = landmarks[_NUMBERS, :2].T[:, :, None] + reach * _SIDES[:, None]
    columns, rows = _nearest(x, image.shape[1]), _nearest(y, image.shape[0])
    seen = image[rows, columns].mean(1, dtype=np.float32)
    patches = np.add.reduceat(seen, _STARTS) / _COUNTS
    lab = cv2.cvtColor(patches[:, None] / np.float32(255), cv2.COLOR_BGR2Lab)[:, 0]
    return np.clip(np.round(lab * _LEVELS + _MIDDLE), 0, 255).astype(np.uint8).tobytes()


def _nearest(places: Floats, pixels: int) -> NDArray[np.intp]:
    return np.asarray(np.minimum(np.maximum(np.rint(places), 0), pixels - 1), np.intp)


def difference(one: bytes, other: bytes) -> float:
    """Root mean square of what two faces' colours differ by, in units of L*a*b*."""
    return float(np.sqrt(np.square(_levels(one) - _levels(other)).mean())) / _LEVELS


def learned(known: bytes, seen: bytes, levels: int) -> bytes:
    """Known colours, moved at most so many levels towards those just seen."""
    before = _levels(known)
    return (before + np.clip(_levels(seen) - before, -levels, levels)).astype(np.uint8).tobytes()


def _levels(colours: bytes) -> Floats:
    return np.frombuffer(colours, np.uint8).astype(np.float32)
