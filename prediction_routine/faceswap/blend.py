"""Step 8: put the lit texture into the frame, in the face's box only."""

import math

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.geometry import Box


def blend(
    frame: Image, box: Box, to_frame: Affine, texture: Image, xy_alpha: Floats, gain: Floats, offset: Floats | None = None
) -> None:
    """Changes `frame` in place inside `box`.

    `to_frame`: from grid cells to frame pixels. `texture`: the source's, BGR uint8. On the grid, float32 (side, side, 3):
    `xy_alpha`, the texture coordinates and how much of the face shows; of each channel its `gain`, and the `offset` added after
    it (levels of 255). All of it is smooth, so it is enlarged to the frame's pixels, and the texture is read once, at full
    resolution.
    """
    local = to_frame.copy()
    local[:, 2] -= (box.x, box.y)
    size = (box.width, box.height)
    placed = cv2.warpAffine(xy_alpha, local, size, flags=cv2.INTER_LINEAR)
    x, y, alpha = (cv2.extractChannel(placed, channel) for channel in range(3))  # faster than cv2.split
    face = cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grown = _grown(gain, local, box)
    if offset is None:
        lit = cv2.multiply(face, grown, dtype=cv2.CV_8U)
    else:
        lit = cv2.add(cv2.multiply(face, grown, dtype=cv2.CV_32F), _grown(offset, local, box), dtype=cv2.CV_8U)
    part = frame[box.rows, box.columns]
    change = cv2.subtract(lit, part, dtype=cv2.CV_32F)
    cv2.multiply(change, cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR), dst=change)
    cv2.add(part, change, dst=part, dtype=cv2.CV_8U)


def _grown(smooth: Floats, to_box: Affine, box: Box) -> Floats:
    """What is smooth on the grid, on the box's pixels.

    It is turned at one pixel a cell and enlarged from there: turning takes six times as long a pixel.
    """
    step = max(1, int(math.hypot(to_box[0, 0], to_box[1, 0])))
    width, height = math.ceil(box.width / step), math.ceil(box.height / step)
    to_cells = to_box / step
    to_cells[:, 2] += 0.5 / step - 0.5  # the middle of a cell is the middle of its pixels
    turned = cv2.warpAffine(smooth, to_cells, (width, height), flags=cv2.INTER_LINEAR)
    if step > 1:
        turned = cv2.resize(turned, (width * step, height * step), interpolation=cv2.INTER_LINEAR)
    return np.asarray(turned[: box.height, : box.width], np.float32)
