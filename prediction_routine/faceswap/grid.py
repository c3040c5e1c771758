"""The upright grid around a face on which light, mask and occlusion are computed."""

import math

import cv2
import numpy as np

from faceswap.arrays import Affine, Image

#: Cells a side of the grid: fewer lose the eyelids, more cost time that no one sees.
GRID_LIMITS = (96, 256)


def grid_side(region_size: float, share: float) -> int:
    """Cells a side for a face whose region is `region_size` pixels wide: its `share`, one of parameters.PRESETS, in a multiple
    of 16, so that a moving face does not change its grid with every frame."""
    least, most = GRID_LIMITS
    return min(max(least, math.ceil(region_size * share / 16) * 16), most)


def on_grid(frame: Image, to_grid: Affine, side: int) -> Image:
    """The frame's part under the grid, BGR uint8 (side, side, 3); `to_grid`: from frame pixels."""
    # Mirrored at the frame's edge: what is drawn out of it into streaks looks like something in front of the face.
    crop = cv2.warpAffine(frame, to_grid, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(crop, np.uint8)
