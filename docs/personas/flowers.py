"""Roses and leaves, petal by petal."""

from __future__ import annotations

import numpy as np
from mesh_tools import Mesh, merge, rings_to_quads

GRID = 9


def rose(centre: np.ndarray, normal: np.ndarray, radius: float, seed: int) -> Mesh:
    random = np.random.default_rng(seed)
    side, up = frame_of(normal)
    petals = []
    for size, opening, count in ((0.38, 0.16, 3), (0.55, 0.42, 4), (0.78, 0.78, 5), (1.0, 1.12, 6)):
        for number in range(count):
            turn = number * 2 * np.pi / count + opening * 5 + random.normal(0, 0.08)
            tilt = opening + random.normal(0, 0.06)
            petals.append(_petal(centre, (side, up, normal), radius * size, tilt, turn, 1.25 * np.pi / count + 0.25))
    return merge(petals)


def leaf(centre: np.ndarray, normal: np.ndarray, forward: np.ndarray, length: float) -> Mesh:
    """A leaf lying across the normal that grows from the centre along `forward`."""
    sideways = np.cross(normal, forward)
    sideways /= np.linalg.norm(sideways)
    forward = np.cross(sideways, normal)
    along, across = np.meshgrid(np.linspace(0, 1, GRID), np.linspace(-1, 1, GRID), indexing="ij")
    half = 0.34 * length * np.sin(np.pi * along**0.8)
    lift = 0.14 * length * np.abs(across) * np.sin(np.pi * along) + 0.25 * length * along * (1 - along)
    points = centre + (along * length)[..., None] * forward + (across * half)[..., None] * sideways + lift[..., None] * normal
    return _sheet(points)


def frame_of(normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two directions across a normal."""
    side = np.cross(normal, [0.1, 1.0, 0.2])
    side /= np.linalg.norm(side)
    return side, np.cross(normal, side)


def _petal(centre, frame, radius: float, opening: float, turn: float, spread: float) -> Mesh:
    side, up, normal = frame
    along, across = np.meshgrid(np.linspace(0.05, 1, GRID), np.linspace(-1, 1, GRID), indexing="ij")
    along = along * (1 - 0.22 * across**2)
    lean = opening * (0.55 + 0.45 * along) + 0.5 * along**5
    distance, height = radius * along * np.sin(lean) + 0.08 * radius, radius * along * np.cos(lean)
    height = height - 0.12 * radius * across**2 * along
    angle = turn + across * spread
    around = np.cos(angle)[..., None] * side + np.sin(angle)[..., None] * up
    return _sheet(centre + distance[..., None] * around + height[..., None] * normal)


def _sheet(points: np.ndarray) -> Mesh:
    flat = points.reshape(-1, 3)
    return Mesh(flat, rings_to_quads(GRID, GRID, closed=False), flat[:, :2].copy())
