"""The shape of a person's face, told apart from where it looks and what it expresses.

Landmarks, brought back to the canonical face's pose, differ from it by who it is (brows, jaw, nose, the distance of the eyes),
by expression and by what the landmark network gets wrong. Of that difference only its smoothest, mirror-symmetric part is kept:
the first eigenvectors of the mesh's graph Laplacian, as in spectral mesh compression (Karni and Gotsman, SIGGRAPH 2000).
Expression is averaged out over time.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats
from faceswap.mesh import LEFT_BROW, LEFT_EYE, OUTER_LIPS, POINTS, RIGHT_BROW, RIGHT_EYE, Mesh
from faceswap.ramp import ramp

#: Eigenvectors kept of each of the two directions in the face's plane.
MODES = 10
#: Points that hardly move with expression: corners of the eyes, bridge and wings of the nose, forehead, temples.
RIGID = (
    33, 133, 263, 362, 168, 6, 197, 195, 4, 2, 98, 327,
    8, 9, 151, 10, 54, 284, 21, 251, 127, 356, 234, 454, 67, 297, 103, 332,
)  # fmt: skip
#: An average over more frames than this forgets the oldest.
LONGEST_MEMORY = 120.0
#: Cosine of the angle between the face and the camera: turned further than the first it tells nothing, straighter than the
#: second everything.
FACING = (0.6, 0.9)
#: Centimetres between the lips: up to the first the jaw is where it always is, from the second on it tells nothing.
OPENED = (0.6, 1.6)
_LIPS = np.array([13, 14])
#: Two measurements of one person differ by up to the first, root mean square over the points in centimetres of the canonical
#: face; from the second on two people are taken to differ. (Means over talking heads: the same person .13, two people .26.)
DIFFERENCE = (0.1, 0.25)
#: Groups that expression and speech move: their points, and how far that reaches, centimetres.
EXPRESSIVE: tuple[tuple[tuple[int, ...], float], ...] = (
    (RIGHT_EYE + RIGHT_BROW, 0.9),
    (LEFT_EYE + LEFT_BROW, 0.9),
    (OUTER_LIPS, 1.2),
)
#: Of their own deformation they take over this much; for the rest they move as a whole. (Table in docs/swap.md.)
OWN_DEFORMATION = 0.1


@dataclass(frozen=True)
class Pose:
    """How the canonical face lies in the frame: `scale` pixels a centimetre, `rotation` float32 (3, 3) for row vectors."""

    scale: float
    rotation: Floats

    @property
    def facing(self) -> float:
        """How straight the face looks into the camera: 1, down to 0 when it is turned too far to be measured."""
        return ramp(float(self.rotation[2, 2]), *FACING)


@dataclass(frozen=True)
class Proportions:
    """`coefficients` float32 (2, MODES): of sideways and of upright differences from the canonical face; `frames`: over how
    many they are averaged, those counting less that show the face turned or the mouth open."""

    coefficients: Floats
    frames: float

    def joined(self, later: "Proportions") -> "Proportions":
        """The average with a later measurement."""
        frames = self.frames + later.frames
        if frames <= 0:
            return later
        share = np.float32(later.frames / frames)
        return Proportions(self.coefficients + (later.coefficients - self.coefficients) * share, min(frames, LONGEST_MEMORY))


class ProportionSpace:
    """Measures proportions, and turns a difference between two into movements of the landmarks."""

    def __init__(self, mesh: Mesh) -> None:
        canonical = mesh.vertices * np.array([1, -1, -1], np.float32)
        self._rigid = np.array(RIGID)
        self._middle = canonical[self._rigid].mean(0)
        self._rigid_shape = canonical[self._rigid] - self._middle
        modes = _modes(mesh)
        self._modes = np.stack([axis_modes.T for axis_modes in modes])
        self._canonical = np.einsum("amv,va->am", self._modes, canonical[:, :2])
        movements = np.stack([_with_whole_groups(canonical, axis_modes).T for axis_modes in modes])
        self._movements = np.asarray(movements, np.float32)

    def measure(self, landmarks: Floats) -> tuple[Proportions, Pose]:
        """Of landmarks float32 (468, 3)."""
        pose, centre = _pose(self._rigid_shape, landmarks[self._rigid])
        frontal = (landmarks - centre) @ (pose.rotation.T * np.float32(1 / pose.scale)) + self._middle
        coefficients = (self._modes @ frontal.T[:2, :, None])[:, :, 0] - self._canonical
        opened = math.dist(*frontal[_LIPS].tolist())
        calm = 1 - ramp(opened, *OPENED)
        return Proportions(np.asarray(coefficients, np.float32), max(pose.facing * calm, 0.01)), pose

    def movement(self, user: Proportions, source: Proportions, pose: Pose, strength: float) -> Floats:
        """How far each landmark of the user moves to come `strength` (0 to 1) of the way to the source: float32 (468, 2), in
        frame pixels; less where too little is known of either, nothing where the two are too much alike to tell apart."""
        difference = source.coefficients - user.coefficients
        apart = math.sqrt(float(np.vdot(difference, difference)) / POINTS)
        share = strength * ramp(apart, *DIFFERENCE)
        share *= min(1.0, user.frames) * min(1.0, source.frames)
        along = (difference * np.float32(share * pose.scale))[:, None] @ self._movements
        return np.asarray(along[:, 0].T @ pose.rotation[:2, :2], np.float32)


def _pose(shape: Floats, points: Floats) -> tuple[Pose, Floats]:
    """The similarity that carries a shape (n, 3), centred on 0, onto points (Umeyama, PAMI 1991), and their middle."""
    centre = points.mean(0)
    # OpenCV's: NumPy's takes several times as long for so small a matrix.
    sizes, left, right = cv2.SVDecomp(shape.T @ (points - centre))
    signs = np.array([1, 1, math.copysign(1, cv2.determinant(left @ right))], np.float32)
    scale = float(signs @ sizes[:, 0]) / float(np.vdot(shape, shape))
    return Pose(max(scale, 1e-6), np.asarray((left * signs) @ right, np.float32)), centre


def _modes(mesh: Mesh) -> tuple[Floats, Floats]:
    """Orthonormal (468, MODES) each: mirrored with a change of sign for sideways movements, without for upright ones."""
    adjacent = np.zeros((POINTS, POINTS))
    for a, b in ((0, 1), (1, 2), (2, 0)):
        adjacent[mesh.triangles[:, a], mesh.triangles[:, b]] = adjacent[mesh.triangles[:, b], mesh.triangles[:, a]] = 1
    laplacian = np.diag(adjacent.sum(1)) - adjacent
    mirror = np.zeros((POINTS, POINTS))
    mirror[np.arange(POINTS), _mirrored(mesh.vertices)] = 1
    # What has the wrong symmetry is lifted beyond every eigenvalue that a graph with these degrees can have.
    lift, identity = 2 * adjacent.sum(1).max(), np.eye(POINTS)
    odd, even = (np.linalg.eigh(laplacian + lift * (identity + sign * mirror) / 2)[1] for sign in (1, -1))
    return np.asarray(odd[:, :MODES], np.float32), np.asarray(even[:, :MODES], np.float32)


def _mirrored(vertices: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """The number of each vertex' counterpart on the other side of the face."""
    distances = ((vertices[:, None] - vertices[None] * np.array([-1, 1, 1], np.float32)) ** 2).sum(-1)
    return np.asarray(distances.argmin(1), np.intp)


def _with_whole_groups(canonical: Floats, modes: Floats) -> Floats:
    """The modes (468, n) with the expressive groups moving nearly as a whole."""
    reaches = []
    for group, reach in EXPRESSIVE:
        nearest = np.linalg.norm(canonical[:, None] - canonical[list(group)][None], axis=2).min(1)
        reaches.append(np.exp(-((nearest / reach) ** 2))[:, None])
    total = np.maximum(np.sum(reaches, axis=0), 1)
    moved = modes.copy()
    for (group, _), near in zip(EXPRESSIVE, reaches, strict=True):
        whole = modes[list(group)].mean(0)
        moved += near / total * (1 - OWN_DEFORMATION) * (whole - modes)
    return np.asarray(moved, np.float32)
