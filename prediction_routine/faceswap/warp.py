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
    """`xy` float32 (side, side, 2): source texture coordinates of each grid cell; `visible` uint8 (side, side): 255 where
    the mesh covers the cell, 0 elsewhere (there `xy` holds nothing of use, but for the cells next to the mesh);
    `triangles` int16 (side, side): the number of the triangle in front, -1 away from the mesh."""

    xy: Floats
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
    affine = np.zeros((len(triangles), 3, 2), np.float32)
    affine[facing] = _affine(source[triangles[facing]], a[facing], ab[facing], ac[facing], area[facing])

    order = facing[np.argsort(-corners[facing, :, 2].sum(1))]
    points = np.round(corners[order, :, :2] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    numbers = np.full((side, side), -1, np.int16)
    for number, polygon in zip(order.tolist(), points, strict=True):
        cv2.fillConvexPoly(numbers, polygon, number, shift=_SUBPIXEL_BITS)

    visible = np.asarray((numbers >= 0) * np.uint8(255), np.uint8)
    # One cell further than the face, since enlarging the grid mixes neighbouring cells.
    np.copyto(numbers, cv2.dilate(numbers, np.ones((3, 3), np.uint8)), where=visible == 0)
    covered = np.flatnonzero(numbers.ravel() >= 0)
    rows, columns = np.divmod(covered, side)
    chosen = affine[numbers.ravel()[covered]]
    xy = np.zeros((side * side, 2), np.float32)
    x, y = columns.astype(np.float32)[:, None], rows.astype(np.float32)[:, None]
    xy[covered] = chosen[:, 0] * x + chosen[:, 1] * y + chosen[:, 2]
    return TextureMap(xy.reshape(side, side, 2), visible, numbers)


def _affine(source: Floats, a: Floats, ab: Floats, ac: Floats, area: Floats) -> Floats:
    """For each triangle (n, 3, 2): the columns of the map from grid to texture, shape (n, 3, 2): per x, per y, constant."""
    s0, s1, s2 = source[:, 0], source[:, 1] - source[:, 0], source[:, 2] - source[:, 0]
    per_x = (s1 * ac[:, 1:2] - s2 * ab[:, 1:2]) / area[:, None]
    per_y = (s2 * ab[:, 0:1] - s1 * ac[:, 0:1]) / area[:, None]
    constant = s0 - per_x * a[:, 0:1] - per_y * a[:, 1:2]
    return np.stack([per_x, per_y, constant], axis=1).astype(np.float32)
