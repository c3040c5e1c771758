"""Part of preparing a source: light from one side evened out between the halves of an unfolded face."""

from dataclasses import replace

import numpy as np

from faceswap.arrays import Floats
from faceswap.canonical import Unfolded
from faceswap.images import LUMINANCE
from faceswap.ramp import ramps
from faceswap.wide_blur import widely_blurred

#: Light is what a Gaussian of this share of the side leaves; of its difference between the halves this share is taken out.
LIGHT = 0.05
EVENNESS = 0.85
_GAIN_LIMITS = (0.5, 2.2)
_FLOOR = 8.0
#: Levels of 255 between which a colour goes from telling nothing to telling all: black shadow, and burnt-out highlight.
_BLACK, _WHITE = (6.0, 40.0), (254.0, 238.0)
#: What shows nothing by itself is worth this share still.
_LEAST = 0.4
#: How much wider than light is, and with which share, it is looked for.
_REACHES = ((1.0, 1.0), (3.0, 0.05), (9.0, 0.003))


def evenly_lit(face: Unfolded) -> Unfolded:
    """Both halves in the mean of their light; what is black or burnt out counts as less well `shown`."""
    light = low_frequencies(face.texture, face.known, LIGHT * face.texture.shape[0])
    gain = np.clip((np.sqrt(light * light[:, ::-1]) + _FLOOR) / (light + _FLOOR), *_GAIN_LIMITS) ** EVENNESS
    luminance = light @ LUMINANCE
    exposed = _LEAST + (1 - _LEAST) * ramps(luminance, *_BLACK) * ramps(luminance, *_WHITE)
    return replace(
        face, texture=np.asarray(face.texture * gain, np.float32), shown=np.asarray(face.shown * exposed, np.float32)
    )


def low_frequencies(texture: Floats, weight: Floats, sigma: float) -> Floats:
    """The Gaussian mean of a texture (side, side, 3) where it has weight (side, side); where it has none, from further off."""
    total, below = np.zeros_like(texture), np.full((*weight.shape, 1), 1e-6, np.float32)
    for wider, share in _REACHES:
        total += np.float32(share) * widely_blurred(texture * weight[:, :, None], sigma * wider)
        below += np.float32(share) * widely_blurred(weight, sigma * wider)[:, :, None]
    return np.asarray(total / below, np.float32)
