"""Step 2: the 468 landmarks of the face in a region (MediaPipe Face Landmarker: Attention Mesh, arXiv:2006.10962)."""

from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.geometry import Region, crop, inverse, region_of, transform
from faceswap.mesh import IRISES, POINTS
from faceswap.networks import Network

#: Below this the network says that the region holds no face (MediaPipe's min_face_presence_confidence).
PRESENCE_THRESHOLD = 0.5
#: No landmark lies further from the middle of the region than this many of its sides; what the network puts there is no face.
FARTHEST = 1.5


@dataclass(frozen=True)
class Landmarks:
    """`points` float32 (468, 3): x and y in frame pixels, z in the same unit, smaller is nearer to the camera; `irises`
    float32 (2, 3): x, y and radius of the right and the left one; `score` 0 to 1: how sure the network is of the face."""

    points: Floats
    irises: Floats
    score: float


class FaceLandmarker:
    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, image: Image, region: Region) -> Landmarks | None:
        """The landmarks of the face in a region, or None where there is no face."""
        side = self._network.side
        affine = region.to_square(side)
        pixels = cv2.cvtColor(crop(image, affine, side), cv2.COLOR_BGR2RGB) * np.float32(1 / 255)
        outputs = self._network(np.asarray(pixels[None], np.float32))
        mesh = next(output for output in outputs if output.size >= POINTS * 3).reshape(-1, 3)
        logit = next(float(output.ravel()[0]) for output in outputs if output.size == 1)
        score = float(1 / (1 + np.exp(-np.clip(logit, -50, 50))))
        # Written so that a NaN fails both.
        if not (score >= PRESENCE_THRESHOLD and np.abs(mesh - (side / 2, side / 2, 0)).max() <= FARTHEST * side):
            return None
        places = transform(mesh, inverse(affine))
        points = places[:POINTS]
        if region_of(points).size < 1:
            return None
        return Landmarks(points, np.stack([_circle(places[ring]) for ring in IRISES]), score)

    def from_detection(self, image: Image, region: Region) -> Landmarks | None:
        """The landmarks where a detector saw a face: looked for twice, since its square is only roughly right."""
        rough = self(image, region)
        return rough and self(image, region_of(rough.points))


def _circle(points: Floats) -> Floats:
    """x, y and radius of an iris of which the middle is known and four points of the edge."""
    middle, edge = points[0, :2], points[1:, :2]
    return np.array([*middle, np.linalg.norm(edge - middle, axis=1).mean()], np.float32)
