"""Puts a crop that a network made back into the frame it was taken from."""

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.geometry import Box, shifted


def paste(frame: Image, box: Box, picture: Image, to_picture: Affine, alpha: Floats, to_grid: Affine) -> None:
    """Changes `frame` (BGR uint8) in place inside `box`.

    `picture`: BGR uint8 (side, side, 3), `alpha`: float32 (cells, cells), how much of it shows; `to_picture`
    and `to_grid`: from frame pixels to theirs. Where the crop's pixels are the frame's, they are put back unchanged.
    """
    size = (box.width, box.height)
    # The maps are given the way they are read, from the frame: inverting them twice would cost exactness.
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    face = cv2.warpAffine(picture, shifted(to_picture, box.x, box.y), size, flags=way, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpAffine(alpha, shifted(to_grid, box.x, box.y), size, flags=way)
    frame[box.rows, box.columns] = cv2.blendLinear(face, frame[box.rows, box.columns], share, 1 - share)


def inset(side: int, share: float) -> Floats:
    """How much of a crop may show, float32 (side, side): all but its edge, where it fades over a `share` of the side."""
    from_edge = np.minimum(np.arange(side), np.arange(side)[::-1]).astype(np.float32)
    ramp = np.clip(from_edge / np.float32(share * side), 0, 1)
    smooth = ramp * ramp * (3 - 2 * ramp)
    return np.asarray(np.minimum(smooth[:, None], smooth), np.float32)
