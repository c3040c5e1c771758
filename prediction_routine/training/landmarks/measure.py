"""How far the shortened network's answers are from the whole one's, on the same inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faceswap.arrays import Floats
from faceswap.landmarks import PRESENCE_THRESHOLD
from faceswap.mesh import POINTS
from faceswap.networks import Network


@dataclass(frozen=True)
class Answers:
    """`meshes` float32 (n, 478, 3), pixels of the input; `faces` bool (n,): whether the network says that there is a face."""

    meshes: Floats
    faces: np.typing.NDArray[np.bool_]


@dataclass(frozen=True)
class Figures:
    """`points`: mean distance of the 468 landmarks in the picture's plane, pixels of the 256 x 256 input, where both networks
    see a face; `depth` the same of z, `irises` of the ten points of the irises; `missed`: share of the whole network's faces
    that the other does not see; `invented`: share of what the whole network calls no face that the other does."""

    points: float
    depth: float
    irises: float
    missed: float
    invented: float


def answers(network: Network, views: Sequence[Floats]) -> Answers:
    outputs = [network(view[None]) for view in views]
    meshes = [next(output for output in found if output.size >= POINTS * 3).reshape(-1, 3) for found in outputs]
    logits = np.array([next(output.item() for output in found if output.size == 1) for found in outputs])
    return Answers(np.stack(meshes), 1 / (1 + np.exp(-logits)) >= PRESENCE_THRESHOLD)


def compare(whole: Answers, other: Answers) -> Figures:
    both = whole.faces & other.faces
    if not both.any():
        return Figures(float("inf"), float("inf"), float("inf"), 1.0, 0.0)
    away = whole.meshes[both] - other.meshes[both]
    plane = np.linalg.norm(away[:, :, :2], axis=2)
    return Figures(
        float(plane[:, :POINTS].mean()),
        float(np.abs(away[:, :POINTS, 2]).mean()),
        float(plane[:, POINTS:].mean()),
        float((~other.faces)[whole.faces].mean()),
        float(other.faces[~whole.faces].mean()) if not whole.faces.all() else 0.0,
    )
