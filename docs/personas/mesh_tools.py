"""Triangle meshes as arrays: subdivision, tubes, and surfaces of stacked rings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mesh:
    """points: (n, 3) cm; faces: (m, 3) or (m, 4) indices; paint: (n, 2) where on the painted canvas each point lies."""

    points: np.ndarray
    faces: np.ndarray
    paint: np.ndarray


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """Meshes of one face size into one."""
    starts = np.cumsum([0] + [len(mesh.points) for mesh in meshes[:-1]])
    return Mesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]),
        np.concatenate([mesh.paint for mesh in meshes]),
    )


def loop_subdivide(values: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One round of Loop subdivision of all columns of values; open borders stay smooth curves."""
    count = len(values)
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    opposite = np.concatenate([triangles[:, 2], triangles[:, 0], triangles[:, 1]])
    unique, inverse, uses = np.unique(edges, axis=0, return_inverse=True, return_counts=True)
    inverse = inverse.ravel()
    ends = values[unique[:, 0]] + values[unique[:, 1]]
    across = np.zeros_like(ends)
    np.add.at(across, inverse, values[opposite])
    border = uses == 1
    middles = np.where(border[:, None], ends / 2, ends * 3 / 8 + across / 8)

    neighbour_sum, valence = np.zeros_like(values), np.zeros(count)
    for a, b in ((0, 1), (1, 0)):
        np.add.at(neighbour_sum, unique[:, a], values[unique[:, b]])
        np.add.at(valence, unique[:, a], 1)
    beta = np.where(valence == 3, 3 / 16, 3 / (8 * np.maximum(valence, 1)))
    moved = values * (1 - valence * beta)[:, None] + neighbour_sum * beta[:, None]
    border_sum, on_border = np.zeros_like(values), np.zeros(count, bool)
    for a, b in ((0, 1), (1, 0)):
        np.add.at(border_sum, unique[border, a], values[unique[border, b]])
        on_border[unique[border, a]] = True
    moved[on_border] = values[on_border] * 3 / 4 + border_sum[on_border] / 8

    first, second, third = (count + part for part in np.split(inverse, 3))
    a, b, c = triangles.T
    finer = [np.stack(corner, 1) for corner in ((a, first, third), (b, second, first), (c, third, second))]
    finer.append(np.stack((first, second, third), 1))
    return np.concatenate([moved, middles]), np.concatenate(finer)


def rings_to_quads(rings: int, around: int, closed: bool = True) -> np.ndarray:
    """Quads between consecutive rings of points laid out ring after ring."""
    row, column = np.meshgrid(np.arange(rings - 1), np.arange(around if closed else around - 1), indexing="ij")
    following = (column + 1) % around
    corners = (row * around + column, row * around + following, (row + 1) * around + following, (row + 1) * around + column)
    return np.stack([corner.ravel() for corner in corners], 1)


def tube(path: np.ndarray, radii: np.ndarray, sides: int = 8, flatten: float = 1.0, out: np.ndarray | None = None) -> Mesh:
    """A tube of the given radii along a path; flatten squeezes it along the outward directions `out` (n, 3)."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    reference = np.tile([0.3, 0.2, 1.0], (len(path), 1)) if out is None else out
    side = np.cross(tangent, reference)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    up = np.cross(side, tangent)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = side[:, None] * np.cos(angle)[:, None] + up[:, None] * (np.sin(angle) * flatten)[:, None]
    points = path[:, None] + ring * radii[:, None, None]
    flat = points.reshape(-1, 3)
    return Mesh(flat, rings_to_quads(len(path), sides), flat[:, :2].copy())


def ball(centre: np.ndarray, radii: np.ndarray | float, rows: int = 16, columns: int = 24) -> Mesh:
    polar, turn = np.meshgrid(np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, columns, endpoint=False), indexing="ij")
    unit = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], -1).reshape(-1, 3)
    points = np.asarray(centre) + unit * radii
    return Mesh(points, rings_to_quads(rows, columns)[:, ::-1], points[:, :2].copy())


def smooth_curve(knots: np.ndarray, samples: int) -> np.ndarray:
    """A Catmull-Rom curve through the knots."""
    knots = np.asarray(knots, float)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    position = np.linspace(0, len(knots) - 1 - 1e-9, samples)
    start = position.astype(int)
    t = (position - start)[:, None]
    p0, p1, p2, p3 = (padded[start + offset] for offset in range(4))
    return (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3) / 2
