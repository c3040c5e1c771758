"""Step 6: give the source's skin the light of the room and the tone of the user's skin.

The ratio of the two faces' low frequencies, as in ratio images (Shashua and Riklin-Raviv, PAMI 2001): multiplied onto the
source it keeps the source's detail and takes the target's shading.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from faceswap.arrays import AnyArray, Floats, Image
from faceswap.exposure import exposure
from faceswap.images import LUMINANCE
from faceswap.mask import FaceMask

#: Low frequencies are those that a Gaussian of this share of the grid's side leaves: broad inside the face, so that the
#: user's features do not come through, narrower where the face meets the user's skin, so that no seam shows.
BLUR_INSIDE = 0.16
BLUR_BORDER = 0.05
#: How far in from the outline the border reaches, share of the grid's side.
BORDER = 0.06
#: Added to both sides of the ratio, in levels of 255, so that black does not divide by nothing.
FLOOR = 8.0
GAIN_LIMITS = (0.3, 3.0)
#: How much of its own brightness a source keeps that keeps its colour, 0 to 1.
OWN_BRIGHTNESS = 0.7
#: The blur needs no more cells than this a side.
_SIDE = 32


def light_gain(target: Image, warped: Image, mask: FaceMask, tone: str) -> Floats:
    """The gain of each channel, float32 (side, side, 3), for `warped` to take the light of `target`.

    Both BGR uint8 (side, side, 3), the mask on the same grid; only what it calls skin counts. With `tone` `user` the face
    takes the user's skin tone too; with `source` it keeps its own colour inside, as marble or face paint should. In a dark room
    the limits hold for a longer exposure (`exposure`).
    """
    side = target.shape[0]
    weight = _small(mask.skin) * np.float32(1 / 255)
    faces = [_small(cv2.bitwise_and(face, face, mask=mask.skin)) for face in (target, warped)]
    longer = exposure((faces[0].sum((0, 1)) / max(float(weight.sum()), 1.0)).tolist())
    faces[0] *= np.float32(longer)
    inside, border = (_ratio(faces, weight, share * _SIDE) for share in (BLUR_INSIDE, BLUR_BORDER))
    if tone == "source":
        inside = _shading(inside, weight)
    near = np.clip(1 - _small(mask.depth) / (BORDER * side), 0, 1)[:, :, None]
    gain = (inside + (border - inside) * near) * np.float32(1 / longer)
    return np.asarray(cv2.resize(gain, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _ratio(faces: Sequence[Floats], weight: Floats, sigma: float) -> Floats:
    """Target over source, both blurred within the skin; there is nothing of them elsewhere."""
    blurred = cv2.GaussianBlur(weight, (0, 0), sigma)[:, :, None] + np.float32(1e-3)
    target, source = (cv2.GaussianBlur(face, (0, 0), sigma) / blurred for face in faces)
    return np.clip((target + FLOOR) / (source + FLOOR), *GAIN_LIMITS)


def _shading(ratio: Floats, weight: Floats) -> Floats:
    """What of a ratio is light and shade: its luminance (ITU-R BT.601), most of the mean brightness taken out."""
    luminance = ratio @ LUMINANCE[:, None]
    mean = float((luminance[:, :, 0] * weight).sum() / max(float(weight.sum()), 1.0))
    return np.asarray(luminance / max(mean, GAIN_LIMITS[0]) ** OWN_BRIGHTNESS, np.float32)


def _small(image: AnyArray) -> Floats:
    return np.asarray(cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float32)
