"""Turned heads for the tests."""

import numpy as np
from numpy.typing import NDArray


def rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float32]:
    """About the vertical, the sideways and the camera's axis, in this order, radians; for row vectors."""
    (cy, cp, cr), (sy, sp, sr) = np.cos((yaw, pitch, roll)), np.sin((yaw, pitch, roll))
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z, np.float32)
