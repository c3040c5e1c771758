"""Steady landmarks: what trembles while the face is still is smoothed, what moves is followed without delay.

The One Euro filter (Casiez, Roussel and Vogel, CHI 2012) on coordinates divided by the face's size, applied first to how the
face moves as a whole, then to what is left of each landmark. A whole face's movement is known far better than one landmark's,
so it is followed more closely: smoothing landmarks alone leaves a moving face half again as far behind.

The speed is that of the newest step and not low-passed itself, since the state would double; the cutoff rises less steeply
with it to make up for that (MediaPipe, which does low-pass it, has a beta of 80).
"""

import math

import numpy as np

from faceswap.arrays import Floats

#: Cutoff at rest, Hz, and how it rises with the speed in face sizes a second: of the face as a whole, and of a landmark in it.
WHOLE = (0.5, 60.0)
SINGLE = (0.05, 25.0)
#: After a longer pause the face is where it is, and nothing of before counts.
LONGEST_STEP_MS = 250.0


def smooth(points: Floats, before: Floats, step_ms: float, size: float) -> Floats:
    """New landmarks, float32 (468, 3), drawn towards those of `step_ms` ago, float32 (468, 2).

    Both, and the face's `size`, are in frame pixels; depth is passed through.
    """
    if not 0 < step_ms <= LONGEST_STEP_MS:
        return points
    seconds = step_ms / 1000
    carried = _carried(before, points[:, :2])
    whole = carried - before
    speed = np.sqrt(np.square(whole).sum(1, keepdims=True).mean(0)) / (size * seconds)
    expected = before + _share(speed, seconds, WHOLE) * whole
    single = points[:, :2] - carried
    speeds = np.hypot(single[:, :1], single[:, 1:]) / (size * seconds)
    steady = points.copy()
    steady[:, :2] = expected + _share(speeds, seconds, SINGLE) * single
    return steady


def _carried(before: Floats, points: Floats) -> Floats:
    """The old landmarks moved, turned and scaled to lie as close to the new ones as they can (Umeyama, PAMI 1991)."""
    middle, centre = before.mean(0), points.mean(0)
    old, new = (np.ascontiguousarray(flat, np.float32).view(np.complex64) for flat in (before - middle, points - centre))
    turn = np.vdot(old, new) / max(float(np.vdot(old, old).real), 1e-6)
    return np.asarray((old * turn).astype(np.complex64).view(np.float32) + centre, np.float32)


def _share(speed: Floats, seconds: float, cutoff: tuple[float, float]) -> Floats:
    """How much of a step is taken."""
    return np.asarray(1 / (1 + 1 / (2 * math.pi * (cutoff[0] + cutoff[1] * speed) * seconds)), np.float32)
