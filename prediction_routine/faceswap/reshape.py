"""Step 4: the user's face in the shape of the source's: its pixels, and those around it, pushed to where they belong.

What follows sees a frame in which the user has that shape. The push fades with the distance from the face, so that what is
further away stays where it is.
"""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.geometry import Box, bounding_box

#: The push has faded to nothing at this distance from the face, as a share of its height or width.
REACH = 0.28
#: Cells along the longer side of the box on which the push is computed; it is smooth.
_CELLS = 48
#: Standard deviations, in cells, with which the landmarks' movements run into each other inside and outside the face.
_INSIDE, _OUTSIDE = 1.5, 4.0
#: Less than this moves nothing that one could see, pixels.
_LEAST = 0.1


def reshape_face(frame: Image, landmarks: Floats, movement: Floats) -> Floats:
    """Moves landmarks (468, 3) by `movement` (468, 2), and the pixels of `frame` (BGR uint8, in place) with them.

    Both in frame pixels. Returns the landmarks where they are then.
    """
    if not np.abs(movement).max() > _LEAST:
        return landmarks
    moved = landmarks.copy()
    moved[:, :2] += movement
    reach = REACH * float(np.ptp(moved[:, :2], axis=0).max())
    corners = np.stack([moved[:, :2].min(0) - reach, moved[:, :2].max(0) + reach])
    box = bounding_box(corners, frame.shape[1], frame.shape[0])
    if box is None:
        return moved
    push = _push(moved[:, :2], movement, box, reach)
    columns, rows = np.arange(box.width, dtype=np.float32), np.arange(box.height, dtype=np.float32)[:, None]
    part = frame[box.rows, box.columns]
    part[:] = cv2.remap(part, columns - push[0], rows - push[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return moved


def _push(points: Floats, movement: Floats, box: Box, reach: float) -> tuple[Floats, Floats]:
    """How far each pixel of the box has been moved, x and y, float32 (box.height, box.width) each."""
    step = max(box.width, box.height) / _CELLS
    width, height = (max(2, round(side / step)) for side in (box.width, box.height))
    scale = np.array([width / box.width, height / box.height], np.float32)
    places = (points - (box.x, box.y) + np.float32(0.5)) * scale - np.float32(0.5)
    cells = places.round().astype(np.intp).clip(0, (width - 1, height - 1))
    at = cells[:, 1] * width + cells[:, 0]
    sums = [np.bincount(at, values, width * height) for values in (movement[:, 0], movement[:, 1], np.ones(len(at)))]
    splat = np.stack(sums, axis=1).reshape(height, width, 3).astype(np.float32)

    near, far = (_normalised(splat, sigma) for sigma in (_INSIDE, _OUTSIDE))
    outside = np.full((height, width), 255, np.uint8)
    cv2.fillConvexPoly(outside, (cv2.convexHull(places.astype(np.float32)) * 16).round().astype(np.int32), 0, shift=4)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_3)[:, :, None]
    fading = np.clip(1 - distance * np.float32(step / reach), 0, 1)
    share = np.clip(distance * np.float32(0.5), 0, 1)
    push = (near + (far - near) * share) * (fading * fading * (3 - 2 * fading))
    x, y = (cv2.resize(plane, (box.width, box.height), interpolation=cv2.INTER_LINEAR) for plane in cv2.split(push))
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _normalised(splat: Floats, sigma: float) -> Floats:
    """The mean movement nearby: normalised convolution (Knutsson and Westin, CVPR 1993)."""
    blurred = cv2.GaussianBlur(splat, (0, 0), sigma)
    return np.asarray(blurred[:, :, :2] / (blurred[:, :, 2:] + 1e-4), np.float32)
