"""Step 5: where each pixel of the face finds its colour in the source's photo.

The triangles of the target's mesh are filled, far to near, with their own numbers; a pixel's number then picks the affine
map that carries its triangle to the source's, all pixels at once. One map, one `cv2.remap`, no warp per triangle.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats, Ints, Mask

#: Corners are put on this part of a cell, so that a trembling in less than it changes nothing.
_STEP = np.float32(1 / 16)
_HALF = np.float32(0.5)


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
    corners = triangles.T
    x, y, depth = np.ascontiguousarray(target.T).take(corners, axis=1)
    area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    # Which sign means that a triangle faces the camera is what most of them say.
    ahead = area if 2 * np.count_nonzero(area > 0) > area.size else -area
    order = np.argsort(-depth.sum(0))
    order = order[ahead[order] > 1e-3]
    numbers = _drawn(x.take(order, axis=1), y.take(order, axis=1), order.astype(np.int16), side)

    visible = np.asarray((numbers >= 0) * np.uint8(255), np.uint8)
    # One cell further than the face, since enlarging the grid mixes neighbouring cells.
    np.copyto(numbers, cv2.dilate(numbers, np.ones((3, 3), np.uint8)), where=visible == 0)
    columns, at = np.arange(side, dtype=np.float32), numbers.astype(np.intp)
    rows = columns[:, None]
    found_x, found_y = (
        per_x.take(at) * columns + per_y.take(at) * rows + start.take(at)
        for per_x, per_y, start in (_affine(flat.take(corners), x, y, area) for flat in source.T)
    )
    return TextureMap(found_x, found_y, visible, numbers)


def _drawn(x: Floats, y: Floats, names: NDArray[np.int16], side: int) -> NDArray[np.int16]:
    """Triangles (3, n) on a grid, each over those before it: in each cell that one touches its name, -1 elsewhere.

    As `cv2.fillConvexPoly` draws it, a triangle is its inside and its edges as lines one cell thick. It is cut into runs, one
    a row; each edge is where some of the runs begin or end.
    """
    x, y = np.rint(x / _STEP) * _STEP, np.rint(y / _STEP) * _STEP
    left, right = _cells(x, side)
    top, bottom = _cells(y, side)
    height = np.maximum(bottom - top + 1, 0).astype(np.intp)
    which = np.repeat(np.arange(names.size), height)
    rows = np.arange(which.size) - (height.cumsum() - height - top.astype(np.intp)).take(which)
    begin, end, row = left.take(which), right.take(which), rows.astype(np.float32)
    turn = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    for i, j in ((0, 1), (1, 2), (2, 0)):
        dx, dy = x[j] - x[i], y[j] - y[i]
        slope = dx / np.where(dy == 0, np.float32(np.inf), dy)
        start, reach, way = x[i] - slope * y[i], _HALF * np.maximum(np.abs(slope), 1), dy * turn
        at = slope.take(which) * row
        np.maximum(begin, at + np.where(way < 0, start - reach, np.float32(-np.inf)).take(which), out=begin)
        np.minimum(end, at + np.where(way > 0, start + reach, np.float32(np.inf)).take(which), out=end)
    first = np.ceil(begin).astype(np.intp)
    length = np.maximum(np.floor(end).astype(np.intp) - first + 1, 0)
    cells = np.repeat(rows * side + first - (length.cumsum() - length), length)
    cells += np.arange(cells.size)
    grid = np.full(side * side, -1, np.int16)
    grid[cells] = np.repeat(names.take(which), length)
    return grid.reshape(side, side)


def _cells(corners: Floats, side: int) -> tuple[Floats, Floats]:
    """The first and the last cell of the grid that triangles (3, n) touch in one direction; the last before the first where
    they touch none."""
    low, high = np.minimum(corners[0], corners[1]), np.maximum(corners[0], corners[1])
    low, high = np.minimum(low, corners[2]), np.maximum(high, corners[2])
    return np.maximum(np.floor(low + _HALF), 0), np.minimum(np.floor(high + _HALF), side - 1)


def _affine(source: Floats, x: Floats, y: Floats, area: Floats) -> Floats:
    """The maps from the grid to one coordinate of the texture, of triangles (3, n): per column, per row and constant,
    (3, n + 1); the last is that of no triangle, whose number is -1."""
    s0, s1, s2 = source[0], source[1] - source[0], source[2] - source[0]
    share = 1 / np.where(area == 0, np.float32(np.inf), area)
    affine = np.zeros((3, area.size + 1), np.float32)
    per_x, per_y, constant = affine[:, :-1]
    np.multiply(s1 * (y[2] - y[0]) - s2 * (y[1] - y[0]), share, out=per_x)
    np.multiply(s2 * (x[1] - x[0]) - s1 * (x[2] - x[0]), share, out=per_y)
    np.subtract(s0 - per_x * x[0], per_y * y[0], out=constant)
    return affine
