"""Step 8: put the lit texture into the frame, in the face's box only."""

import cv2

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
    grown = cv2.warpAffine(gain, local, size, flags=cv2.INTER_LINEAR)
    if offset is None:
        lit = cv2.multiply(face, grown, dtype=cv2.CV_8U)
    else:
        moved = cv2.warpAffine(offset, local, size, flags=cv2.INTER_LINEAR)
        lit = cv2.add(cv2.multiply(face, grown, dtype=cv2.CV_32F), moved, dtype=cv2.CV_8U)
    part = frame[box.rows, box.columns]
    change = cv2.subtract(lit, part, dtype=cv2.CV_32F)
    cv2.add(part, cv2.multiply(change, cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)), dst=part, dtype=cv2.CV_8U)
