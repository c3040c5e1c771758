import cv2
import numpy as np
import pytest

from faceswap.geometry import region_of
from faceswap.images import decode_photo
from faceswap.pipeline import FrameSwapper
from faceswap.reshape import REACH, reshape_face
from faceswap.track import Face
from tests.footage import ASTRONAUT

ALL_SEEN, HERE = np.ones((8, 8), np.float32), np.array([[1.0, 0, 0], [0, 1, 0]])


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return decode_photo(ASTRONAUT.read_bytes())


@pytest.fixture(scope="module")
def face(swapper: FrameSwapper, photo: np.ndarray) -> Face:
    return swapper._track(photo, None, None, "largest")[0][0]


def narrower(face: Face, share: float = 0.1) -> np.ndarray:
    return (face.landmarks[:, :2].mean(0) - face.landmarks[:, :2]) * np.array((share, 0), np.float32)


def test_no_movement_changes_nothing(photo: np.ndarray, face: Face) -> None:
    frame = photo.copy()
    assert np.array_equal(reshape_face(frame, face.landmarks, np.zeros((468, 2), np.float32), ALL_SEEN, HERE), face.landmarks)
    assert np.array_equal(frame, photo)


def test_a_movement_that_is_no_number_changes_nothing(photo: np.ndarray, face: Face) -> None:
    frame = photo.copy()
    reshape_face(frame, face.landmarks, np.full((468, 2), np.nan, np.float32), ALL_SEEN, HERE)
    assert np.array_equal(frame, photo)


@pytest.mark.parametrize("shift", [(-5000, 0), (0, 5000)])
def test_a_face_outside_the_frame_leaves_it_alone(photo: np.ndarray, face: Face, shift: tuple[int, int]) -> None:
    frame = photo.copy()
    reshape_face(frame, face.landmarks + np.array((*shift, 0), np.float32), narrower(face), ALL_SEEN, HERE)
    assert np.array_equal(frame, photo)


def test_the_pixels_go_where_the_landmarks_go(swapper: FrameSwapper, photo: np.ndarray, face: Face) -> None:
    frame = photo.copy()
    moved = reshape_face(frame, face.landmarks, narrower(face), ALL_SEEN, HERE)
    found = swapper._track(frame, None, None, "largest")[0][0].landmarks
    eyes = [33, 133, 263, 362]
    before, after = (np.abs(found[eyes, :2] - points[eyes, :2]).mean() for points in (face.landmarks, moved))
    assert after < 0.5 * before
    assert np.ptp(found[:, 0]) < 0.95 * np.ptp(face.landmarks[:, 0])


def test_what_is_far_from_the_face_stays(photo: np.ndarray, face: Face) -> None:
    frame = photo.copy()
    moved = reshape_face(frame, face.landmarks, narrower(face), ALL_SEEN, HERE)
    rows, columns = np.nonzero((frame != photo).any(axis=2))
    reach = REACH * np.ptp(moved[:, :2], axis=0).max() + 1
    low, high = moved[:, :2].min(0) - reach, moved[:, :2].max(0) + reach
    assert (columns >= low[0]).all()
    assert (columns <= high[0]).all()
    assert (rows >= low[1]).all()
    assert (rows <= high[1]).all()


def test_a_face_cut_by_the_frames_edge_is_moved_in_what_is_there(photo: np.ndarray, face: Face) -> None:
    edge = int(face.landmarks[:, 0].mean())
    half = photo[:, edge:].copy()
    before = half.copy()
    reshape_face(half, face.landmarks - np.array((edge, 0, 0), np.float32), narrower(face), ALL_SEEN, HERE)
    assert (half != before).any()


def test_what_is_in_front_is_not_bent(photo: np.ndarray, face: Face) -> None:
    to_seen = region_of(face.landmarks).to_square(96)
    seen = np.ones((96, 96), np.float32)
    seen[:, :48] = 0
    frame = photo.copy()
    reshape_face(frame, face.landmarks, narrower(face), seen, to_seen)
    changed = cv2.warpAffine(cv2.absdiff(frame, photo).max(axis=2), to_seen, (96, 96), flags=cv2.INTER_NEAREST) > 4
    assert changed[24:72, :44].mean() < 0.01
    assert changed[24:72, 52:].mean() > 0.1
