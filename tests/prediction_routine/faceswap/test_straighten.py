import cv2
import numpy as np
import pytest

from faceswap.arrays import Floats, Image
from faceswap.canonical import frontal
from faceswap.geometry import region_of
from faceswap.landmarks import FaceLandmarker
from faceswap.mesh import Mesh
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.pipeline import FrameSwapper
from faceswap.proportions import ProportionSpace
from faceswap.source import MARGIN
from faceswap.straighten import ORDINARY, SHARE, straightened
from faceswap.warp import texture_map
from tests.rotations import rotation

NOSE, BETWEEN_THE_EYES = 4, 168


@pytest.fixture(scope="module")
def landmarker(model_folder: ModelFolder) -> FaceLandmarker:
    return FaceLandmarker(Network(model_folder.files["face_landmarks"]))


@pytest.fixture(scope="module")
def texture(swapper: FrameSwapper, astronaut: bytes) -> Image:
    return swapper.source([swapper.portrait(astronaut)]).levels[0].texture


@pytest.fixture(scope="module")
def places(mesh: Mesh, texture: Image) -> Floats:
    return frontal(mesh, texture.shape[0], MARGIN)


def _turned(places: Floats, degrees: tuple[float, float]) -> Floats:
    """By these angles about the axes to the right and down."""
    to_right, down = np.radians(degrees)
    middle = places.mean(0)
    return np.asarray((places - middle) @ rotation(down, to_right, 0) + middle, np.float32)


def _seen_turned(texture: Image, places: Floats, mesh: Mesh, degrees: tuple[float, float]) -> Image:
    """The texture of a face whose features lie as if it were turned."""
    side = texture.shape[0]
    found = texture_map(places[:, :2], _turned(places, degrees), mesh.triangles, side)
    picture = cv2.remap(texture, found.x, found.y, cv2.INTER_LINEAR)
    return np.where(found.visible[:, :, None] > 0, picture, texture)


@pytest.mark.parametrize("level", [0, 128])
def test_where_no_face_is_found_the_landmarks_stay(
    places: Floats, texture: Image, landmarker: FaceLandmarker, space: ProportionSpace, level: int
) -> None:
    assert (straightened(places, np.full_like(texture, level), landmarker, space) == places[:, :2]).all()


def test_what_cannot_be_a_face_seen_from_the_front_stays(
    places: Floats, texture: Image, mesh: Mesh, landmarker: FaceLandmarker, space: ProportionSpace
) -> None:
    aside = _seen_turned(texture, places, mesh, (0, 35))
    assert (straightened(places, aside, landmarker, space) == places[:, :2]).all()


@pytest.mark.parametrize("degrees", [(4, 0), (-4, 0), (0, 4), (0, -4)])
def test_a_face_that_seems_turned_is_read_from_landmarks_turned_the_same_way(
    places: Floats, texture: Image, mesh: Mesh, landmarker: FaceLandmarker, space: ProportionSpace, degrees: tuple[float, float]
) -> None:
    plain = straightened(places, texture, landmarker, space)
    moved = straightened(places, _seen_turned(texture, places, mesh, degrees), landmarker, space) - plain
    wanted = (_turned(places, (degrees[0] * SHARE, degrees[1] * SHARE)) - places)[:, :2]
    share = float(np.vdot(moved, wanted) / np.vdot(wanted, wanted))
    assert 0.5 < share < 1.3
    assert np.linalg.norm(moved - share * wanted) < 0.5 * np.linalg.norm(moved)


def test_the_mirror_image_is_turned_the_other_way(
    places: Floats, texture: Image, landmarker: FaceLandmarker, space: ProportionSpace
) -> None:
    both = (texture, np.ascontiguousarray(texture[:, ::-1]))
    (x, y), (mirrored_x, mirrored_y) = (
        (straightened(places, each, landmarker, space) - places[:, :2])[NOSE].tolist() for each in both
    )
    assert abs(x + mirrored_x) < 0.05
    assert abs(y - mirrored_y) < 0.05


def test_the_ordinary_turn_is_not_turned_back(
    places: Floats, texture: Image, mesh: Mesh, landmarker: FaceLandmarker, space: ProportionSpace
) -> None:
    def read(picture: Image) -> float:
        """Degrees about the axis to the right that are turned back."""
        moved = straightened(places, picture, landmarker, space) - places[:, :2]
        depth = places[BETWEEN_THE_EYES, 2] - places[NOSE, 2]
        return float(np.degrees(np.arcsin((moved[NOSE, 1] - moved[BETWEEN_THE_EYES, 1]) / depth)))

    symmetric = np.asarray((texture.astype(int) + texture[:, ::-1]) // 2, np.uint8)
    found = landmarker(symmetric, region_of(places))
    assert found is not None
    _, pose = space.measure(found.points)
    pitch = float(np.degrees(cv2.Rodrigues(pose.rotation.T.astype(np.float64))[0][0, 0]))
    assert read(symmetric) == pytest.approx(SHARE * (pitch - ORDINARY[0]), abs=0.3)
