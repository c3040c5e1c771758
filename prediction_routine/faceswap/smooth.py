"""Steady landmarks: what trembles while the face is still is smoothed, what moves is followed without delay.

The One Euro filter (Casiez, Roussel and Vogel, CHI 2012) on coordinates divided by the face's size. The speed is that of the
newest step and not low-passed itself, since the state would double; the cutoff rises less steeply with it to make up for
that (MediaPipe, which does low-pass it, has a beta of 80).
"""

import math

import numpy as np

from faceswap.arrays import Floats

MIN_CUTOFF_HZ = 0.05
BETA = 25.0
#: After a longer pause the face is where it is, and nothing of before counts.
LONGEST_STEP_MS = 250.0


def smooth(points: Floats, before: Floats, step_ms: float, size: float) -> Floats:
    """New landmarks, float32 (468, 3), drawn towards those of `step_ms` ago, float32 (468, 2).

    Both, and the face's `size`, are in frame pixels; depth is passed through.
    """
    if not 0 < step_ms <= LONGEST_STEP_MS:
        return points
    seconds = step_ms / 1000
    moved = points[:, :2] - before
    speed = np.hypot(moved[:, 0], moved[:, 1]) / (size * seconds)
    cutoff = MIN_CUTOFF_HZ + BETA * speed
    share = 1 / (1 + 1 / (2 * math.pi * cutoff * seconds))
    steady = points.copy()
    steady[:, :2] = before + share[:, None] * moved
    return steady
