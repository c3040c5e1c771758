"""Carries known colours to where none are known: normalised convolution (Knutsson and Westin, CVPR 1993)."""

import numpy as np

from faceswap.arrays import Floats
from faceswap.wide_blur import widely_blurred

#: Standard deviations with which colours are carried, nearest first, as shares of the picture's side.
_REACHES = (0.019, 0.0375, 0.075, 0.15, 0.3)
#: Of the weight a full neighbourhood has, this is enough to be trusted alone.
_ENOUGH = 0.15


def spread(picture: Floats, known: Floats) -> Floats:
    """The colour of what is known nearby, float32 (side, side, 3), for every pixel; `known` (side, side), 0 or 1.

    Where nothing is near, it comes from further away and is smoother.
    """
    coloured = picture * known[:, :, None]
    filled, sure = np.zeros_like(coloured), np.zeros((*known.shape, 1), np.float32)
    for reach in _REACHES:
        sigma = reach * picture.shape[0]
        near = widely_blurred(known, sigma)[:, :, None]
        share = np.clip(near / _ENOUGH, 0, 1) * (1 - sure)
        filled += share * widely_blurred(coloured, sigma) / np.maximum(near, 1e-4)
        sure += share
    return np.asarray(filled / np.maximum(sure, 1e-3), np.float32)


def blurred(picture: Floats, weight: Floats, sigma: float) -> Floats:
    """The Gaussian mean of a picture (side, side) or (side, side, 3) where it has weight (side, side)."""
    below = widely_blurred(weight, sigma) + np.float32(1e-6)
    weights, below = (w if picture.ndim == 2 else w[:, :, None] for w in (weight, below))
    return np.asarray(widely_blurred(picture * weights, sigma) / below, np.float32)
