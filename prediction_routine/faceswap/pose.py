"""Where a face looks, from the places of its landmarks alone."""

import numpy as np

from faceswap.arrays import Floats
from faceswap.mesh import Mesh


def turn(landmarks: Floats, mesh: Mesh) -> float:
    """The angle in degrees between where a face with these landmarks (468, 3) looks and the camera's axis.

    Scaled orthographic projection: the affine map of the canonical face onto the landmarks' x and y that fits best, its rows
    being two axes of the rotation (the first step of POSIT, DeMenthon and Davis, IJCV 1995). The landmarks' own depth is
    left out: it says too little of heads that are far turned.
    """
    model = mesh.vertices * np.array([1, -1, -1], np.float32)
    points = landmarks[:, :2]
    rows, *_ = np.linalg.lstsq(model - model.mean(0), points - points.mean(0), rcond=None)
    right, down = (row / max(float(np.linalg.norm(row)), 1e-9) for row in rows.T)
    ahead = np.cross(right, down)
    return float(np.degrees(np.arccos(np.clip(abs(ahead[2]) / max(float(np.linalg.norm(ahead)), 1e-9), 0, 1))))
