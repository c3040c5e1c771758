"""Step 4: the user's face in the shape of the source's: its pixels, and those around it, pushed to where they belong.

What follows sees a frame in which the user has that shape. The push fades with the distance from the face, so that what is
further away stays where it is.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Affine, Floats, Image, Mask
from faceswap.geometry import Box, bounding_box, bounds

#: The push has faded to nothing at this distance from the face, as a share of its height or width.
REACH = 0.28
#: Cells along the longer side of the box on which the push is computed; it is smooth.
_CELLS = 48
#: Standard deviations, in cells, with which the landmarks' movements run into each other inside and outside the face.
_INSIDE, _OUTSIDE = 1.5, 4.0
#: Less than this moves nothing that one could see, pixels.
_LEAST = 0.1


def reshape_face(frame: Image, landmarks: Floats, movement: Floats, seen: Floats, to_seen: Affine) -> Floats:
    """Moves landmarks (468, 3) by `movement` (468, 2), and the pixels of `frame` (BGR uint8, in place) with them.

    Both in frame pixels. `seen` float32 (side, side) is 1 where the bare face is seen and 0 where something is in front of it,
    which is not to be bent; `to_seen` leads there from frame pixels. Returns the landmarks where they are then.
    """
    if not np.abs(movement).max() > _LEAST:
        return landmarks
    moved = landmarks.copy()
    moved[:, :2] += movement
    left, top, right, bottom = bounds(moved)
    reach = REACH * max(right - left, bottom - top)
    corners = np.array([(left - reach, top - reach), (right + reach, bottom + reach)])
    box = bounding_box(corners, frame.shape[1], frame.shape[0])
    if box is None:
        return moved
    x, y = _origins(moved[:, :2], movement, box, reach, seen, to_seen)
    part = frame[box.rows, box.columns]
    part[:] = cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return moved


def _origins(points: Floats, movement: Floats, box: Box, reach: float, seen: Floats, to_seen: Affine) -> tuple[Floats, Floats]:
    """Where in the box each of its pixels was before the push, x and y, float32 (box.height, box.width) each."""
    step = math.ceil(max(box.width, box.height) / _CELLS)
    # One cell more on either side: beyond the middle of the last cell there is nothing to interpolate with.
    width, height = (math.ceil(side / step) + 2 for side in (box.width, box.height))
    half = np.float32(0.5)
    places = (points - np.array([box.x, box.y], np.float32) + half) / np.float32(step) + half
    column, row = np.rint(places.T).astype(np.intp)
    at = row.clip(0, height - 1) * width + column.clip(0, width - 1)
    splat = [_spread(at, values, width, height) for values in (*movement.T, None)]
    near, far = (_normalised(splat, sigma) for sigma in (_INSIDE, _OUTSIDE))
    outside = np.full((height, width), 255, np.uint8)
    cv2.fillConvexPoly(outside, (cv2.convexHull(places.astype(np.float32)) * 16).round().astype(np.int32), 0, shift=4)
    distance = np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_3), np.float32)
    fading = np.maximum(1 - distance * np.float32(step / reach), 0)
    share = np.minimum(distance * half, 1)
    from_cells = to_seen @ np.array([[step, 0, box.x - step / 2 - 0.5], [0, step, box.y - step / 2 - 0.5], [0, 0, 1]])
    strength = fading * fading * (3 - 2 * fading) * _free(seen, from_cells, outside)
    columns, rows = ((np.arange(count, dtype=np.float32) - half) * step - half for count in (width, height))
    x, y = (
        cv2.resize(place - (close + (wide - close) * share) * strength, (width * step, height * step))
        for place, close, wide in zip((columns, rows[:, None]), near, far, strict=True)
    )
    inside = np.s_[step : step + box.height, step : step + box.width]
    return x[inside], y[inside]


def _spread(at: NDArray[np.intp], values: Floats | None, width: int, height: int) -> Floats:
    """The sums of values in the cells (height, width) with these numbers; without values, how many there are."""
    return np.bincount(at, values, width * height).reshape(height, width).astype(np.float32)


def _free(seen: Floats, from_cells: Affine, outside: Mask) -> Floats:
    """Where there is nothing in front, per cell: inside the face what `seen` says, outside what it says of the face nearby."""
    size = (outside.shape[1], outside.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    found = cv2.warpAffine(seen, from_cells, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=1.0)
    inside = (outside == 0).astype(np.float32)
    beside = cv2.GaussianBlur(found * inside, (0, 0), _OUTSIDE) / (cv2.GaussianBlur(inside, (0, 0), _OUTSIDE) + 1e-4)
    return np.asarray(np.where(inside > 0, found, beside), np.float32)


def _normalised(splat: Sequence[Floats], sigma: float) -> tuple[Floats, Floats]:
    """The mean movement nearby, of its sums and counts: normalised convolution (Knutsson and Westin, CVPR 1993)."""
    x, y, count = (np.asarray(cv2.GaussianBlur(sums, (0, 0), sigma), np.float32) for sums in splat)
    count += np.float32(1e-4)
    return x / count, y / count
