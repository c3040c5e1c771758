"""Part of step 6: what no formula says of light and skin - a small network makes the face belong into the frame.

It was trained to give back a person's own frame from another frame of that person swapped onto it (docs/harmoniser.md). It
sees the lit face in its place and what surrounds it, but of the user's own face only the low frequencies.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from faceswap.arrays import AnyArray, Floats, Image
from faceswap.exposure import exposure
from faceswap.images import LUMINANCE
from faceswap.mask import FaceMask
from faceswap.networks import Network, unfolded

#: Side of the network's picture, pixels, and its channels: the composite, the surroundings (both BGR, 0 to 1) and the mask.
SIDE, CHANNELS = 128, 7
#: A Gaussian of this share of the side leaves of the user's face its light and tone, not its features.
LOW = 0.094
#: The logarithm of a gain is kept within this.
LOG_GAIN = 1.0
#: A face is known by its light and shade more than by its colour: where only part of the answer is wanted, this many times as
#: much of its colour is taken as of its light.
COLOUR_FIRST = 3.0
#: The network answers for cells of so many pixels: a gain for each, an offset for each of its pixels.
CELL = 2
_COARSE = 32


@dataclass(frozen=True)
class Parts:
    """What the network's input is made of, on SIDE x SIDE: `user` and `lit`, the frame and the source's face in its light, BGR
    uint8 (SIDE, SIDE, 3); `alpha` float32 (SIDE, SIDE); `low`, the user's face without its features, BGR uint8."""

    user: Image
    lit: Image
    alpha: Floats
    low: Image


class Harmoniser:
    """Not to be shared between threads, as its network is not."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, user: Image, lit: Image, mask: FaceMask, strength: float) -> Floats | None:
        """What is to be added to the lit face, float32 (side, side, 3), levels of 255; None where the network's answer is no
        number. `user` and `lit` BGR uint8 (side, side, 3) on the mask's grid.

        `strength`, 0 to 1, says how much of the change of light is made; of that of colour COLOUR_FIRST times as much, until
        it is all.
        """
        given = parts(user, lit, mask)
        # It was trained in no dark room, and colours one.
        longer = exposure(cv2.mean(given.low, mask=(given.alpha > 0.5).astype(np.uint8)))
        answer = self._network(network_input(_exposed(given, longer))[None])[0][0]
        if not np.isfinite(answer).all():
            return None
        size = (user.shape[1], user.shape[0])
        # Copied first: NumPy takes twice as long over a part of the channels.
        gain = np.exp(np.clip(np.ascontiguousarray(answer[:, :, :3]), -LOG_GAIN, LOG_GAIN))
        offset = unfolded(answer[:, :, 3:], 3) * np.float32(255 / longer)
        more, moved = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in (gain - np.float32(1), offset))
        change = np.asarray(cv2.multiply(lit, more, dtype=cv2.CV_32F) + moved, np.float32)
        colour = min(1.0, COLOUR_FIRST * strength)
        return np.asarray(cv2.transform(change, _weights(strength, colour)), np.float32)


@lru_cache(maxsize=16)
def _weights(light: float, colour: float) -> Floats:
    """The matrix that keeps so much of a change's light, its luminance by ITU-R BT.601, and so much of its colour."""
    return np.asarray(np.eye(3) * colour + np.outer(np.ones(3), LUMINANCE) * (light - colour), np.float32)


def parts(user: Image, lit: Image, mask: FaceMask) -> Parts:
    """Of BGR uint8 (side, side, 3) on the mask's grid."""
    alpha = np.asarray(_sized(mask.alpha, SIDE), np.float32)
    weight = _sized(mask.skin, _COARSE).astype(np.float32) / np.float32(255)
    coloured = _sized(cv2.bitwise_and(user, user, mask=mask.skin), _COARSE).astype(np.float32)
    sigma = LOW * _COARSE
    low = cv2.GaussianBlur(coloured, (0, 0), sigma) / (cv2.GaussianBlur(weight, (0, 0), sigma)[:, :, None] + np.float32(1e-3))
    enlarged = cv2.resize(np.clip(low, 0, 255).round().astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return Parts(_sized(user, SIDE), _sized(lit, SIDE), alpha, np.asarray(enlarged, np.uint8))


def _exposed(given: Parts, longer: float) -> Parts:
    """As if exposed so many times as long."""
    user, lit, low = (
        np.asarray(cv2.convertScaleAbs(each, alpha=longer), np.uint8) for each in (given.user, given.lit, given.low)
    )
    return Parts(user, lit, given.alpha, low)


def network_input(given: Parts) -> Floats:
    """Float32 (SIDE, SIDE, CHANNELS)."""
    rest = 1 - given.alpha
    pictures = [cv2.blendLinear(picture, given.user, given.alpha, rest) for picture in (given.lit, given.low)]
    # Put together as bytes, which takes a third of the time.
    pixels = cv2.merge([*pictures, cv2.convertScaleAbs(given.alpha, alpha=255)])
    return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)


def _sized(image: AnyArray, side: int) -> AnyArray:
    if image.shape[0] == side:
        return image
    way = cv2.INTER_AREA if image.shape[0] > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=way), image.dtype)
