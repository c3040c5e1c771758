import numpy as np
import pytest

from faceswap.eyes import EyeColour, colour_irises, eye_colour
from faceswap.images import decode_photo
from faceswap.mesh import LEFT_EYE, RIGHT_EYE
from faceswap.pipeline import FrameSwapper
from faceswap.track import Face
from tests.footage import ASTRONAUT

ALL_SEEN, HERE = np.ones((8, 8), np.float32), np.array([[1.0, 0, 0], [0, 1, 0]])
BLUE = EyeColour(np.array((150, 100, 70), np.float32), 150.0)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return decode_photo(ASTRONAUT.read_bytes())


@pytest.fixture(scope="module")
def face(swapper: FrameSwapper, photo: np.ndarray) -> Face:
    return swapper._track(photo, None, None, "largest")[0][0]


def closed(face: Face) -> np.ndarray:
    """The same landmarks with the lids shut."""
    points = face.landmarks.copy()
    for outline in (RIGHT_EYE, LEFT_EYE):
        points[list(outline), 1] = points[list(outline), 1].mean()
    return points


def test_irises_too_small_to_see_have_no_colour(photo: np.ndarray, face: Face) -> None:
    assert eye_colour(photo, face.landmarks, face.irises * (1, 1, 0.1)) is None


def test_irises_outside_the_picture_have_no_colour(photo: np.ndarray, face: Face) -> None:
    assert eye_colour(photo, face.landmarks + 5000, face.irises + np.array((5000, 5000, 0))) is None


def test_closed_eyes_have_no_colour_and_are_left_alone(photo: np.ndarray, face: Face) -> None:
    assert eye_colour(photo, closed(face), face.irises) is None
    frame = photo.copy()
    colour_irises(frame, closed(face), face.irises, BLUE, ALL_SEEN, HERE)
    assert np.array_equal(frame, photo)


def test_the_irises_are_found_between_the_lids(photo: np.ndarray, face: Face) -> None:
    for (x, y, radius), outline in zip(face.irises, (RIGHT_EYE, LEFT_EYE), strict=True):
        lids = face.landmarks[list(outline), :2]
        assert (lids.min(0) < (x, y)).all()
        assert ((x, y) < lids.max(0)).all()
        assert 0.1 < radius / np.ptp(lids[:, 0]) < 0.4


def test_the_colour_of_the_eyes_is_read_and_given(photo: np.ndarray, face: Face) -> None:
    brown = eye_colour(photo, face.landmarks, face.irises)
    assert brown is not None
    assert brown.iris[2] > brown.iris[0]
    frame = photo.copy()
    colour_irises(frame, face.landmarks, face.irises, BLUE, ALL_SEEN, HERE)
    blue = eye_colour(frame, face.landmarks, face.irises)
    assert blue is not None
    assert blue.iris[0] > blue.iris[2]


def test_only_the_irises_change(photo: np.ndarray, face: Face) -> None:
    frame = photo.copy()
    colour_irises(frame, face.landmarks, face.irises, BLUE, ALL_SEEN, HERE)
    rows, columns = np.nonzero((frame != photo).any(axis=2))
    distances = [np.hypot(columns - x, rows - y) / radius for x, y, radius in face.irises]
    assert np.min(distances, axis=0).max() < 1.1
    x, y = face.irises[0, :2].round().astype(int)
    assert np.array_equal(frame[y, x], photo[y, x])  # the pupil


def test_a_dark_room_has_darker_eyes(photo: np.ndarray, face: Face) -> None:
    dark = np.asarray(photo * 0.5, np.uint8)
    colour_irises(dark, face.landmarks, face.irises, BLUE, ALL_SEEN, HERE)
    found = eye_colour(dark, face.landmarks, face.irises)
    assert found is not None
    assert found.iris[0] < BLUE.iris[0] * 0.9


def test_an_iris_behind_a_hand_is_left_alone(photo: np.ndarray, face: Face) -> None:
    seen = np.ones(photo.shape[:2], np.float32)
    (x, y, radius), (left, _, _) = face.irises
    seen[int(y - 2 * radius) : int(y + 2 * radius), : int(x + 2 * radius)] = 0
    frame = photo.copy()
    colour_irises(frame, face.landmarks, face.irises, BLUE, seen, HERE)
    changed = np.nonzero((frame != photo).any(axis=2))[1]
    assert changed.size
    assert np.abs(changed - left).max() < 2 * radius
