"""From telling nothing to telling everything: 0 up to one value, 1 from another on, in between in proportion."""

import numpy as np

from faceswap.arrays import Floats


def ramp(value: float, nothing: float, everything: float) -> float:
    """0 to 1; `nothing` may be the larger of the two. What is no number tells nothing."""
    # Not by NumPy, which takes many times as long for a single number.
    return min(max(0.0, (value - nothing) / (everything - nothing)), 1.0)


def ramps(values: Floats, nothing: float, everything: float) -> Floats:
    """The same of each of many, float32."""
    return np.asarray(np.clip((values - nothing) / (everything - nothing), 0, 1), np.float32)
