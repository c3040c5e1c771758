import numpy as np
import pytest

from faceswap.geometry import crop, region_of, transform
from faceswap.pipeline import FrameSwapper
from tests.footage import ASTRONAUT, HOPPER
from training.canvas import Canvas
from training.faces import MARGIN, SIDE, FaceSet, certain


@pytest.fixture(scope="session")
def two_faces(swapper: FrameSwapper) -> FaceSet:
    """Two people, and as scraps what stands to the left of their faces."""
    pictures, points, scraps = [], [], []
    for path in (ASTRONAUT, HOPPER):
        portrait = swapper.portrait(path.read_bytes())
        region = region_of(portrait.face.landmarks, MARGIN)
        affine = region.to_square(SIDE)
        pictures.append(crop(portrait.photo, affine, SIDE))
        points.append(transform(portrait.face.landmarks, affine)[:, :2])
        affine[0, 2] += SIDE / 2
        scraps.append(crop(portrait.photo, affine, SIDE))
    masks = [certain(picture, place, glasses=False) for picture, place in zip(pictures, points, strict=True)]
    people = np.array(["astronaut", "hopper"])
    return FaceSet(np.array(pictures), np.array(points), np.array(masks), people, np.array(scraps), people)


@pytest.fixture(scope="session")
def canvas(two_faces: FaceSet) -> Canvas:
    picture, other = (face.astype(np.float32) for face in two_faces.pictures)
    return Canvas(picture, two_faces.points[0], two_faces.scraps[0].astype(np.float32), other)
