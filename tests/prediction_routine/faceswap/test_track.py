import cv2
import numpy as np
import pytest

from faceswap import state as states
from faceswap.pipeline import FrameSwapper
from faceswap.track import FaceTracker
from tests.footage import carphone, decoded


@pytest.fixture(scope="module")
def track(swapper: FrameSwapper) -> FaceTracker:
    return swapper._track


@pytest.fixture(scope="module")
def pair(astronaut: bytes, hopper: bytes) -> np.ndarray:
    """Two people side by side, the first a little larger."""
    left, right = decoded(astronaut), decoded(hopper)
    canvas = np.full((480, 800, 3), 100, np.uint8)
    canvas[:, 8:392] = np.asarray(cv2.resize(left, (384, 480)))
    canvas[80:400, 480:736] = np.asarray(cv2.resize(right, (256, 320)))
    return canvas


@pytest.mark.parametrize("wanted", ["largest", "all"])
@pytest.mark.parametrize("size", [(1, 1), (480, 640), (3, 2000)])
def test_a_frame_without_a_face_has_none(track: FaceTracker, size: tuple[int, int], wanted: str) -> None:
    faces, state = track(np.full((*size, 3), 127, np.uint8), None, 0.0, wanted)
    assert faces == []
    assert state.tracks == ()


def test_a_face_keeps_its_id_and_place_with_the_state_of_the_frame_before_the_last(track: FaceTracker) -> None:
    sent: list[states.State | None] = [None, None]
    for n, frame in enumerate(carphone(12)):
        faces, state = track(frame, sent[-2], 33.3 * n, "largest")
        sent.append(states.decode(states.encode(state)))
        assert len(faces) == 1
        x, y, width, height = faces[0].box
        assert 150 < x + width / 2 < 450
        assert 100 < y + height / 2 < 400
        if n >= 4:
            assert faces[0].id == "1"


def test_all_faces_are_found_largest_first_with_ids_that_stay(track: FaceTracker, pair: np.ndarray) -> None:
    faces, state = track(pair, None, 0.0, "all")
    assert [face.box[0] < 400 for face in faces] == [True, False]
    ids = [face.id for face in faces]
    assert len(set(ids)) == 2
    for n in range(1, 20):
        shifted = np.roll(pair, 4 * n, axis=1)
        faces, state = track(shifted, state, 33.3 * n, "all")
        assert [face.id for face in faces] == ids


def test_one_that_leaves_loses_its_id_and_the_other_keeps_its_own(track: FaceTracker, pair: np.ndarray) -> None:
    faces, state = track(pair, None, 0.0, "all")
    right = faces[1].id
    without = pair.copy()
    without[:, :400] = 100
    faces, state = track(without, state, 500.0, "all")
    assert [face.id for face in faces] == [right]
    faces, state = track(pair, state, 1000.0, "all")
    assert len(faces) == 2
    assert faces[1].id == right
    assert faces[0].id not in {right, "1"} or right != "1"


def test_of_two_alike_the_followed_one_stays_and_a_much_larger_one_takes_over(track: FaceTracker, astronaut: bytes) -> None:
    small, medium, large = (np.asarray(cv2.resize(decoded(astronaut), (w, w * 5 // 4)), np.uint8) for w in (256, 272, 384))

    def shown(right: np.ndarray) -> np.ndarray:
        frame = np.full((480, 800, 3), 100, np.uint8)
        frame[:320, :256] = small
        frame[: right.shape[0], 400 : 400 + right.shape[1]] = right
        return frame

    alone = shown(small[:1, :1])
    (first,), state = track(alone, None, 0.0, "largest")
    for time_ms in (2500.0, 5000.0):
        (face,), state = track(shown(medium), state, time_ms, "largest")
        assert face.id == first.id
    (face,), state = track(shown(large), state, 7500.0, "largest")
    assert face.id != first.id
    assert face.box[0] > 400


def test_a_state_of_another_frame_size_is_as_none(track: FaceTracker, pair: np.ndarray) -> None:
    _, state = track(carphone(1)[0], None, 0.0, "all")
    faces, _ = track(pair, state, 10.0, "all")
    assert len(faces) == 2
