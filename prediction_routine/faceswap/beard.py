"""Part of step 6: where skin is bare of beard and brows, so that their darkness is not taken for the room's shade."""

import cv2
import numpy as np

from faceswap.arrays import Image, Mask

#: Hair in a face is darker than this share of its skin's brightness, and by so much of it less red. Shade makes skin as dark,
#: but leaves the shares of its colours as they are.
DARKER, LESS_RED = 0.9, 0.008
_BLUR = 1.0


def bare_skin(face: Image, skin: Mask) -> Mask:
    """`skin` without the hair in it, uint8 (side, side), 255 or 0; `face` BGR uint8 (side, side, 3)."""
    inside = skin > 0
    if not inside.any():
        return skin
    smooth = np.asarray(cv2.GaussianBlur(face, (0, 0), _BLUR), np.float32)
    brightness = smooth.sum(2) + 1
    red = smooth[:, :, 2] / brightness
    hair = (brightness < DARKER * np.median(brightness[inside])) & (red < np.median(red[inside]) - LESS_RED)
    return skin & np.asarray(~hair * np.uint8(255), np.uint8)
