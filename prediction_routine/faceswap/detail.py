"""Part of step 6: how much of the source's fine detail the camera would have seen.

Paintings and studio portraits are crisper than video. A face crisper than the frame around it flickers with every movement
and looks pasted on.
"""

import cv2
import numpy as np

from faceswap.arrays import Image, Mask

#: The face may be this much crisper than the user's own, measured on the grid.
ALLOWANCE = 1.15
#: At least this share of the detail stays.
LEAST = 0.35
_SIGMA = 1.5


def detail_share(target: Image, warped: Image, skin: Mask) -> float:
    """The share of detail to keep, LEAST to 1, for `warped` to be about as crisp as `target`.

    Both BGR uint8 (side, side, 3), `skin` uint8 (side, side).
    """
    seen, brought = (_crispness(face, skin) for face in (target, warped))
    return float(np.clip(ALLOWANCE * (seen + 0.5) / (brought + 0.5), LEAST, 1.0))


def _crispness(face: Image, skin: Mask) -> float:
    """Mean distance of the luminance from its own blur, where there is skin; levels of 255."""
    grey = cv2.cvtColor(face, cv2.COLOR_BGR2GRAY)
    return float(cv2.mean(cv2.absdiff(grey, cv2.GaussianBlur(grey, (0, 0), _SIGMA)), mask=skin)[0])
