"""Step 2: the 468 landmarks of the face in a region (MediaPipe Face Landmarker: Attention Mesh, arXiv:2006.10962)."""

import math
from dataclasses import dataclass
from functools import cached_property

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
    float32 (2, 3): x, y and radius, one for both, of the right and the left one; `score` 0 to 1: how sure the network is of
    the face."""

    points: Floats
    irises: Floats
    score: float

    @cached_property
    def region(self) -> Region:
        """Where the network should look for the face in the next frame."""
        return region_of(self.points)


class FaceLandmarker:
    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, image: Image, region: Region) -> Landmarks | None:
        """The landmarks of the face in a region, or None where there is no face."""
        side = self._network.side
        affine = region.to_square(side)
        pixels = np.asarray(cv2.cvtColor(crop(image, affine, side), cv2.COLOR_BGR2RGB), np.uint8)
        outputs = self._network(pixels[None])
        mesh = next(output for output in outputs if output.size >= POINTS * 3).reshape(-1, 3)
        logit = next(float(output.ravel()[0]) for output in outputs if output.size == 1)
        score = 1 / (1 + math.exp(-min(max(logit, -50), 50)))
        middle = np.array([side / 2, side / 2, 0], np.float32)
        # Written so that a NaN fails both.
        if not (score >= PRESENCE_THRESHOLD and np.abs(mesh - middle).max() <= FARTHEST * side):
            return None
        places = transform(mesh, inverse(affine))
        found = Landmarks(places[:POINTS], _circles(np.stack([places[ring, :2] for ring in IRISES])), score)
        return found if found.region.size >= 1 else None

    def from_detection(self, image: Image, region: Region) -> Landmarks | None:
        """The landmarks where a detector saw a face: looked for twice, since its square is only roughly right."""
        rough = self(image, region)
        return rough and self(image, rough.region)


def _circles(points: Floats) -> Floats:
    """x, y and radius of a person's irises (n, 3), of whose (n, 5, 2) points the first is the middle, four are the edge."""
    middles, edges = points[:, 0], points[:, 1:]
    # They are of one size, and the mean of all trembles less.
    radius = np.sqrt(np.square(edges - middles[:, None]).sum(2)).mean()
    return np.column_stack([middles, np.full(len(points), radius)]).astype(np.float32)
