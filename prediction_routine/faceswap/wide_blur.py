"""Gaussian means over wide surroundings, at a cost that does not grow with their width."""

import math

import cv2
import numpy as np

from faceswap.arrays import Floats

#: The picture is halved as long as the standard deviation stays above so many pixels of what is left.
_PIXELS = 4.0


def widely_blurred(picture: Floats, sigma: float) -> Floats:
    """A float32 picture, (height, width) or (height, width, 3), blurred by a Gaussian of this standard deviation in pixels.

    Wide ones are taken of a smaller picture: what that leaves out they leave out as well.
    """
    height, width = picture.shape[:2]
    times = max(0, math.floor(math.log2(sigma / _PIXELS)))
    if times == 0:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    small = cv2.resize(picture, (-(-width >> times), -(-height >> times)), interpolation=cv2.INTER_AREA)
    sideways, upright = (_rest(sigma, size / less) for size, less in ((width, small.shape[1]), (height, small.shape[0])))
    # Mirrored at the very edge, which lies where it lay in the whole picture; a pixel further in would not.
    soft = cv2.GaussianBlur(small, (0, 0), sideways, sigmaY=upright, borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _rest(sigma: float, factor: float) -> float:
    """What is left to do on a picture made smaller by this factor, in its pixels: taking the mean of `factor` pixels has a
    variance of factor^2 / 12, going back to them by straight lines of factor^2 / 6."""
    return math.sqrt(sigma * sigma / (factor * factor) - 1 / 4)
