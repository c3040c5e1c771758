"""Step 5: where each pixel of the face finds its colour in the source's photo.

The triangles of the target's mesh are filled, far to near, with their own numbers; a pixel's number then picks the affine
map that carries its triangle to the source's, all pixels at once. One map, one `cv2.remap`, no warp per triangle.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats, Ints, Mask

_SUBPIXEL_BITS = 4


@dataclass(frozen=True)
class TextureMap:
    """`x` and `y` float32 (side, side): source texture coordinates of each grid cell; `visible` uint8 (side, side): 255 where
    the mesh covers the cell, 0 elsewhere (there `x` and `y` are 0, but for the cells next to the mesh);
    `triangles` int16 (side, side): the number of the triangle in front, -1 away from the mesh."""

    x: Floats
    y: Floats
    visible: Mask
    triangles: NDArray[np.int16]


def texture_map(source: Floats, target: Floats, triangles: Ints, side: int) -> TextureMap:
    """The map from a `side` x `side` grid to the source's texture.

    `source` float32 (468, 2) in texture pixels, `target` float32 (468, 3) in grid cells, triangles int32 (n, 3).
    """
    corners = target[triangles]
    a, b, c = corners[:, 0, :2], corners[:, 1, :2], corners[:, 2, :2]
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    facing = np.flatnonzero(area * np.sign(np.median(area)) > 1e-3)
    # One more than there are triangles: where there is none, -1 wraps round to it.
    affine = np.zeros((2, 3, len(triangles) + 1), np.float32)
    affine[:, :, facing] = _affine(source[triangles[facing]], a[facing], ab[facing], ac[facing], area[facing])

    order = facing[np.argsort(-corners[facing, :, 2].sum(1))]
    points = np.round(corners[order, :, :2] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    numbers = np.full((side, side), -1, np.int16)
    for number, polygon in zip(order.tolist(), list(points), strict=True):  # a list and no keywords take a third less time
        cv2.fillConvexPoly(numbers, polygon, number, cv2.LINE_8, _SUBPIXEL_BITS)

    visible = np.asarray((numbers >= 0) * np.uint8(255), np.uint8)
    # One cell further than the face, since enlarging the grid mixes neighbouring cells.
    np.copyto(numbers, cv2.dilate(numbers, np.ones((3, 3), np.uint8)), where=visible == 0)
    columns, rows = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    x, y = (
        per_x.take(numbers, mode="wrap") * columns + per_y.take(numbers, mode="wrap") * rows + start.take(numbers, mode="wrap")
        for per_x, per_y, start in affine
    )
    return TextureMap(x, y, visible, numbers)


def _affine(source: Floats, a: Floats, ab: Floats, ac: Floats, area: Floats) -> Floats:
    """The maps from grid to texture of triangles (n, 3, 2): for x and y each, per column, per row and constant; (2, 3, n)."""
    s0, s1, s2 = source[:, 0], source[:, 1] - source[:, 0], source[:, 2] - source[:, 0]
    per_x = (s1 * ac[:, 1:2] - s2 * ab[:, 1:2]) / area[:, None]
    per_y = (s2 * ab[:, 0:1] - s1 * ac[:, 0:1]) / area[:, None]
    constant = s0 - per_x * a[:, 0:1] - per_y * a[:, 1:2]
    return np.stack([per_x.T, per_y.T, constant.T], axis=1).astype(np.float32)
