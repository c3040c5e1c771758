"""Step 6: give the source's skin the light of the room and the tone of the user's skin.

The ratio of the two faces' low frequencies, as in ratio images (Shashua and Riklin-Raviv, PAMI 2001): multiplied onto the
source it keeps the source's detail and takes the target's shading.
"""

import cv2
import numpy as np

from faceswap.arrays import AnyArray, Floats, Image, Mask

#: Low frequencies are those that a Gaussian of this share of the grid's side leaves.
BLUR = 0.125
#: Added to both sides of the ratio, in levels of 255, so that black does not divide by nothing.
FLOOR = 8.0
GAIN_LIMITS = (0.3, 3.0)
#: The blur needs no more cells than this a side.
_SIDE = 64


def light_gain(target: Image, warped: Image, skin: Mask) -> Floats:
    """The gain of each channel, float32 (side, side, 3), for `warped` to take the light of `target`.

    Both BGR uint8 (side, side, 3); `skin` uint8 (side, side), 255 where both show skin.
    """
    side = target.shape[0]
    weight = _small(skin)
    blurred = _blur(weight) + 1e-3 * 255
    low_target, low_warped = (_blur(_small(face) * weight[:, :, None]) / blurred[:, :, None] for face in (target, warped))
    gain = np.clip((low_target + FLOOR) / (low_warped + FLOOR), *GAIN_LIMITS)
    return np.asarray(cv2.resize(gain, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _small(image: AnyArray) -> Floats:
    return np.asarray(cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _blur(image: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), BLUR * _SIDE), np.float32)
