"""Steady landmarks: what trembles while the face is still is smoothed, what moves is followed without delay.

The One Euro filter (Casiez, Roussel and Vogel, CHI 2012) on coordinates divided by the face's size, applied first to how the
face moves as a whole, then to what is left of each landmark. A whole face's movement is known far better than one landmark's,
so it is followed more closely: smoothing landmarks alone leaves a moving face half again as far behind.

The speed is that of the newest step and not low-passed itself, since the state would double; the cutoff rises less steeply
with it to make up for that (MediaPipe, which does low-pass it, has a beta of 80).
"""

import math

import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats

#: x + iy of each landmark: a turn and a scale are then one factor.
Places = NDArray[np.complex64]

#: Cutoff at rest, Hz, and how it rises with the speed in face sizes a second: of the face as a whole, and of a landmark in it.
WHOLE = (0.5, 60.0)
SINGLE = (0.05, 20.0)
#: After a longer pause the face is where it is, and nothing of before counts.
LONGEST_STEP_MS = 250.0


def smooth(points: Floats, before: Floats, step_ms: float, size: float) -> Floats:
    """New landmarks, float32 (468, 3), drawn towards those of `step_ms` ago, float32 (468, 2).

    Both, and the face's `size`, are in frame pixels; depth is passed through.
    """
    if not 0 < step_ms <= LONGEST_STEP_MS:
        return points
    seconds = step_ms / 1000
    old, new = _places(before), _places(points)
    carried = _carried(old, new)
    whole, single = carried - old, new - carried
    speed = np.sqrt(np.vdot(whole, whole).real / whole.size) / np.float32(size * seconds)
    speeds = np.abs(single) / np.float32(size * seconds)
    taken = old + _share(speed, seconds, WHOLE) * whole + _share(speeds, seconds, SINGLE) * single
    steady = points.copy()
    steady[:, :2] = taken.view(np.float32).reshape(-1, 2)
    return steady


def _carried(old: Places, new: Places) -> Places:
    """The old landmarks moved, turned and scaled to lie as close to the new ones as they can (Umeyama, PAMI 1991)."""
    middle, centre = old.mean(), new.mean()
    old, new = old - middle, new - centre
    turn = np.vdot(old, new) / max(float(np.vdot(old, old).real), 1e-6)
    return np.asarray(old * turn + centre, np.complex64)


def _places(points: Floats) -> Places:
    """Landmarks (468, 2 or 3) without their depth."""
    return np.ascontiguousarray(points[:, :2], np.float32).view(np.complex64)[:, 0]


def _share(speed: Floats, seconds: float, cutoff: tuple[float, float]) -> Floats:
    """How much of a step is taken."""
    return np.asarray(1 / (1 + 1 / (2 * math.pi * (cutoff[0] + cutoff[1] * speed) * seconds)), np.float32)
