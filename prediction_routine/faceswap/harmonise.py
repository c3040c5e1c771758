"""Part of step 6: what no formula says of light and skin - a small network makes the face belong into the frame.

It was trained to give back a person's own frame from another frame of that person swapped onto it (docs/harmoniser.md). It
sees the lit face in its place and what surrounds it, but of the user's own face only the low frequencies.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import AnyArray, Floats, Image
from faceswap.mask import FaceMask
from faceswap.networks import Network

#: Side of the network's picture, pixels, and its channels: the composite, the surroundings (both BGR, 0 to 1) and the mask.
SIDE, CHANNELS = 128, 7
#: A Gaussian of this share of the side leaves of the user's face its light and tone, not its features.
LOW = 0.094
#: The logarithm of a gain is kept within this.
LOG_GAIN = 1.0
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


@dataclass(frozen=True)
class Harmony:
    """On the grid, float32 (side, side, 3), BGR: the lit face is multiplied by `gain`, then `offset` (of 255) is added."""

    gain: Floats
    offset: Floats


class Harmoniser:
    """Not to be shared between threads, as its network is not."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, user: Image, lit: Image, mask: FaceMask, strength: float) -> Harmony | None:
        """What is to be done to the lit face, by a strength of 0 to 1; None where the network's answer is no number.

        `user` and `lit` BGR uint8 (side, side, 3) on the mask's grid.
        """
        answer = self._network(network_input(parts(user, lit, mask))[None])[0][0]
        if not np.isfinite(answer).all():
            return None
        log_gain, offset = np.clip(answer[:, :, :3], -LOG_GAIN, LOG_GAIN), unfolded(answer[:, :, 3:])
        size = (user.shape[1], user.shape[0])
        gain = cv2.resize(np.exp(log_gain * np.float32(strength)), size, interpolation=cv2.INTER_LINEAR)
        moved = cv2.resize(offset * np.float32(255 * strength), size, interpolation=cv2.INTER_LINEAR)
        return Harmony(np.asarray(gain, np.float32), np.asarray(moved, np.float32))


def parts(user: Image, lit: Image, mask: FaceMask) -> Parts:
    """Of BGR uint8 (side, side, 3) on the mask's grid."""
    alpha = np.asarray(_sized(mask.alpha, SIDE), np.float32)
    weight = _sized(mask.skin, _COARSE).astype(np.float32) / np.float32(255)
    coloured = _sized(cv2.bitwise_and(user, user, mask=mask.skin), _COARSE).astype(np.float32)
    sigma = LOW * _COARSE
    low = cv2.GaussianBlur(coloured, (0, 0), sigma) / (cv2.GaussianBlur(weight, (0, 0), sigma)[:, :, None] + np.float32(1e-3))
    enlarged = cv2.resize(np.clip(low, 0, 255).astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return Parts(_sized(user, SIDE), _sized(lit, SIDE), alpha, np.asarray(enlarged, np.uint8))


def network_input(given: Parts) -> Floats:
    """Float32 (SIDE, SIDE, CHANNELS)."""
    rest = 1 - given.alpha
    pictures = [cv2.blendLinear(picture, given.user, given.alpha, rest) for picture in (given.lit, given.low)]
    # Put together as bytes, which takes a third of the time.
    pixels = cv2.merge([*pictures, cv2.convertScaleAbs(given.alpha, alpha=255)])
    return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)


def unfolded(cells: Floats) -> Floats:
    """(h, w, CELL * CELL * 3) to (h * CELL, w * CELL, 3): each cell's pixels side by side, row by row."""
    height, width, _ = cells.shape
    pixels = cells.reshape(height, width, CELL, CELL, 3).transpose(0, 2, 1, 3, 4)
    return pixels.reshape(height * CELL, width * CELL, 3)


def _sized(image: AnyArray, side: int) -> AnyArray:
    if image.shape[0] == side:
        return image
    way = cv2.INTER_AREA if image.shape[0] > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=way), image.dtype)
