"""What the scores are computed from: pictures BGR uint8 (h, w, 3), areas bool (h, w), landmarks float32 (n, 468, 2 or 3)."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import AnyArray, Floats, Image
from faceswap.mesh import OVAL

Area = NDArray[np.bool_]
#: The longest delay that is told apart, frames.
LONGEST_LAG = 3
#: A head that moves less than this from frame to frame, pixels, tells no delay.
STILL = 0.4
#: What a camera's own movement counts as at least, pixels or levels: a frozen picture would divide by nothing.
_LEAST = 0.01
#: The sigma in pixels beyond which is no detail.
_SIGMA = 2.0


def face_area(shape: tuple[int, ...], landmarks: Floats, grown: float) -> Area:
    """The inside of the face's outline, enlarged by a factor about its middle, in a picture of this shape."""
    outline = landmarks[list(OVAL), :2]
    middle = outline.mean(0)
    area = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(area, [np.round((outline - middle) * grown + middle).astype(np.int32)], 1)
    return area > 0


def decibels(wanted: Image, got: Image, area: Area) -> float:
    """Peak signal-to-noise ratio inside an area; of equal pictures 68."""
    difference = wanted[area].astype(np.float32) - got[area].astype(np.float32)
    return float(20 * np.log10(255 / max(float(np.sqrt(np.mean(difference**2))), 0.1)))


def unrest(series: AnyArray | Sequence[Any]) -> float:
    """Mean absolute second difference along the first axis, at least _LEAST."""
    return max(float(np.abs(np.diff(np.asarray(series, np.float32), 2, axis=0)).mean()), _LEAST)


def detail(picture: Image, area: Area) -> float:
    """Mean distance of the luminance from its blur, levels, at least _LEAST."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return max(float(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), _SIGMA))[area].mean()), _LEAST)


def lag(camera: Floats, swapped: Floats) -> float:
    """The shift, in frames, at which the swapped landmarks fit the camera's best, each series about its own mean."""
    if np.abs(np.diff(camera, axis=0)).mean() < STILL:
        return 0.0
    late, early = swapped[LONGEST_LAG:] - swapped.mean(0), camera - camera.mean(0)
    fits = [float(np.abs(late - early[LONGEST_LAG - shift :][: len(late)]).mean()) for shift in range(LONGEST_LAG + 1)]
    return float(np.argmin(fits))


def angle(one: Floats, other: Floats) -> float:
    """Degrees between two rotations (3, 3)."""
    cosine = (float(np.trace(one.T @ other)) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
