"""Carves a painted height into a mesh's points."""

from __future__ import annotations

import canvas
import numpy as np
from mesh_tools import Mesh


def carve(mesh: Mesh, height: np.ndarray) -> Mesh:
    """Points moved along their normals by the height (cm) painted at their place, on the front of the head only."""
    normals = vertex_normals(mesh)
    amount = canvas.sample(height.astype(np.float32), mesh.paint) * np.clip(normals[:, 2] * 3, 0, 1)
    return Mesh(mesh.points + normals * amount[:, None], mesh.faces, mesh.paint)


def vertex_normals(mesh: Mesh) -> np.ndarray:
    a, b, c = (mesh.points[mesh.faces[:, corner]] for corner in range(3))
    face_normals = np.cross(b - a, c - a)
    normals = np.zeros_like(mesh.points)
    for corner in range(3):
        np.add.at(normals, mesh.faces[:, corner], face_normals)
    return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)
