"""The features of the canonical face as outlines and masks to paint with."""

from __future__ import annotations

import canvas
import numpy as np
from canonical_face import load
from landmarks import BROW_LEFT, EYE_LEFT, LIPS_OUTER, OVAL
from mesh_tools import smooth_curve

FACE = load().points[:, :2]
CREASE_LEFT = [130, 247, 30, 29, 27, 28, 56, 190, 243]
CREASE_RISE = np.array([0.0, 0.1])
NOSTRIL_LEFT = [79, 166, 75, 60, 20, 238]


def _closed(indices: list[int]) -> np.ndarray:
    return smooth_curve(FACE[[*indices, indices[0]]], 160)


def lips() -> np.ndarray:
    return canvas.area(_closed(LIPS_OUTER), 0.06)


def lip_line() -> np.ndarray:
    return canvas.lines([smooth_curve([[-2.35, -4.32], [-1.2, -4.18], [0, -4.22], [1.2, -4.18], [2.35, -4.32]], 60)], 0.1, 0.05)


def oval() -> np.ndarray:
    return _closed(OVAL)


def upper_lid() -> np.ndarray:
    """From the outer corner of the eye on the left of the picture to its inner corner."""
    return smooth_curve(FACE[EYE_LEFT[:9]], 60)


def eye_outline() -> np.ndarray:
    return _closed(EYE_LEFT)


def lash_line(width: float = 0.13) -> np.ndarray:
    return canvas.lines(canvas.both_sides(upper_lid()), width, 0.03)


def lid_crease() -> np.ndarray:
    return canvas.lines(canvas.both_sides(smooth_curve(FACE[CREASE_LEFT], 60) + CREASE_RISE), 0.1, 0.06)


def nostrils() -> np.ndarray:
    return canvas.strokes(canvas.both_sides(_closed(NOSTRIL_LEFT)), 0.07)


def eye_hollow(size: float = 1.0, soft: float = 0.35) -> np.ndarray:
    """The whole socket: round the eye, up to the brow."""
    turn = np.linspace(0, 2 * np.pi, 80)
    ring = np.stack([-3.25 + 2.05 * size * np.cos(turn), 2.75 + 1.55 * size * np.sin(turn)], 1)
    return canvas.strokes(canvas.both_sides(ring), soft)


def brow_area(soft: float = 0.1) -> np.ndarray:
    return canvas.strokes(canvas.both_sides(_closed(BROW_LEFT)), soft)


def brow_hairs(seed: int, count: int = 420, width: float = 0.05, length: float = 0.62) -> np.ndarray:
    """Fine tapering hairs along both brows, rising at the nose and lying flat towards the temple."""
    random = np.random.default_rng(seed)
    top, bottom = smooth_curve(FACE[[70, 63, 105, 66, 107]], 100), smooth_curve(FACE[[46, 53, 52, 65, 55]], 100)
    outlines = []
    for _ in range(count):
        at = random.random() ** 0.9
        index = int(at * 99)
        thickness = 0.25 + 0.75 * at
        across = 0.5 + (random.random() - 0.6) * thickness
        root = bottom[index] + (top[index] - bottom[index]) * across
        lean = np.interp(at, [0, 0.45, 0.85, 1.0], [3.75, 3.15, 2.75, 1.9]) + random.normal(0, 0.12)
        reach = length * (0.6 + 0.5 * random.random())
        steps = np.linspace(0, 1, 6)[:, None]
        hair = root + steps * reach * np.array([[np.cos(lean), np.sin(lean)]]) + steps**2 * [[-0.05, -0.1]]
        outlines += [canvas.tapered(side, width, sharp_start=False) for side in canvas.both_sides(hair)]
    return canvas.strokes(outlines)


def pores(seed: int) -> np.ndarray:
    """The fine grain of skin, mean 0."""
    return 0.6 * canvas.noise(0.12, seed, 2) + 0.4 * canvas.noise(0.5, seed + 1, 3)
