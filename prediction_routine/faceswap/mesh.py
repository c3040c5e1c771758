"""The 468-point face mesh: its triangles, and the groups of points that the swap needs by name.

Point numbers are those of MediaPipe's canonical face model (Apache-2.0); the triangles are read from the model folder's
`geometry_pipeline_metadata_landmarks.binarypb`, a protobuf message of which only `canonical_mesh` is used.
"""

from dataclasses import dataclass

import numpy as np

from faceswap.arrays import Floats, Ints
from faceswap.protobuf import fields

POINTS = 468
#: Outline of the face, clockwise from the top of the forehead.
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
OUTER_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
#: The ten points that the landmark network finds beyond the mesh: middle of the iris and four of its edge, right and left eye.
IRISES = (slice(468, 473), slice(473, 478))
#: Outer corners of the two eyes.
EYE_CORNERS = (33, 263)
#: Top of the forehead and tip of the chin.
MIDDLE_LINE = (10, 152)
#: The edges of the face seen from the front.
SIDES = (234, 454)


@dataclass(frozen=True)
class Mesh:
    """`triangles` int32 (898, 3): three point numbers each, wound so that a face turned to the camera has one sign of
    area; `vertices` float32 (468, 3): the canonical face in centimetres, y up, z towards the camera."""

    triangles: Ints
    vertices: Floats


def read_mesh(metadata: bytes) -> Mesh:
    """The canonical mesh out of a serialised GeometryPipelineMetadata (mediapipe geometry_pipeline_metadata.proto).

    Raises ValueError where the message holds no such mesh.
    """
    messages = [value for field, value in fields(memoryview(metadata)) if field in (1, 2) and isinstance(value, memoryview)]
    canonical = messages[0] if messages else memoryview(b"")
    floats = [value for field, value in fields(canonical) if field == 3 and isinstance(value, memoryview)]
    indices = [value for field, value in fields(canonical) if field == 4 and isinstance(value, int)]
    vertices = np.frombuffer(b"".join(floats), "<f4").reshape(-1, 5)  # x, y, z and two texture coordinates
    triangles = np.array(indices, np.int32).reshape(-1, 3)
    if vertices.shape[0] != POINTS or triangles.shape[0] == 0 or triangles.max() >= POINTS:
        raise ValueError(
            f"the face mesh has {vertices.shape[0]} points and {triangles.shape[0]} triangles; {POINTS} points were expected"
        )
    return Mesh(triangles, vertices[:, :3].astype(np.float32))
