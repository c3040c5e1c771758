from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from faceswap import state as states
from faceswap.people import REMEMBERED_MS
from faceswap.pipeline import FrameSwapper
from faceswap.track import Face, FaceTracker
from tests.footage import carphone, decoded


@pytest.fixture(scope="module")
def track(swapper: FrameSwapper) -> FaceTracker:
    return swapper._track


@pytest.fixture(scope="module")
def people(track: FaceTracker, astronaut: bytes, hopper: bytes) -> list[np.ndarray]:
    """Two heads of one size, 180 pixels wide and 240 high."""
    heads = []
    for photo in (astronaut, hopper):
        image = decoded(photo)
        x, y, width, height = track(image, None, None, "largest")[0][0].box
        middle = (x + width / 2, y + height * 0.46)
        scale = 150 / height
        place = np.array([[scale, 0, 90 - scale * middle[0]], [0, scale, 120 - scale * middle[1]]])
        heads.append(np.asarray(cv2.warpAffine(image, place, (180, 240), flags=cv2.INTER_AREA), np.uint8))
    return heads


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


def test_one_who_leaves_and_comes_back_is_known_again(track: FaceTracker, pair: np.ndarray) -> None:
    faces, state = track(pair, None, 0.0, "all")
    ids = [face.id for face in faces]
    without = pair.copy()
    without[:, :400] = 100
    for time_ms in range(500, 4000, 500):
        faces, state = track(without, state, float(time_ms), "all")
        assert [face.id for face in faces] == ids[1:]
    back = pair.copy()
    back[:480, 8:392] = np.roll(pair, 30, axis=0)[:480, 8:392]
    faces, state = track(back, state, 4000.0, "all")
    assert [face.id for face in faces] == ids


def test_one_who_comes_later_gets_an_id_that_nobody_had(track: FaceTracker, pair: np.ndarray) -> None:
    right = pair.copy()
    right[:, :400] = 100
    (first,), state = track(right, None, 0.0, "all")
    faces, _ = track(pair, state, 500.0, "all")
    assert {face.id for face in faces} == {first.id, "2"}


def test_after_a_long_while_nobody_is_remembered(track: FaceTracker, pair: np.ndarray) -> None:
    _, state = track(pair, None, 0.0, "all")
    empty = np.full_like(pair, 100)
    for time_ms in (100.0, REMEMBERED_MS, 2 * REMEMBERED_MS + 200.0):
        assert len(state.tracks) == 2
        _, state = track(empty, state, time_ms, "all")
    assert state.tracks == ()
    faces, _ = track(pair, state, 2 * REMEMBERED_MS + 300.0, "all")
    assert {face.id for face in faces} == {"3", "4"}


def test_two_who_both_come_later_are_numbered_alike_by_two_replicas(track: FaceTracker, pair: np.ndarray) -> None:
    """With two frames in flight the first two know nothing of each other; what differs in them must not decide the ids."""
    darker = cv2.convertScaleAbs(pair, alpha=0.8)
    first, second = (track(frame, None, 0.0, "all")[0] for frame in (pair, darker))
    assert [face.id for face in first] == [face.id for face in second]


@pytest.mark.parametrize(("score", "shown"), [(0.5, 0), (0.725, 0.5), (0.95, 1), (1, 1)])
def test_a_face_fades_as_the_network_becomes_unsure_of_it(track: FaceTracker, score: float, shown: float) -> None:
    (face,), _ = track(carphone(1)[0], None, None, "largest")
    assert face.presence == 1
    assert replace(face, score=score).presence == pytest.approx(shown)


@pytest.mark.parametrize("pixels", [2, 5, 10])
def test_a_face_that_leaves_the_frame_has_faded_before_it_is_lost(
    track: FaceTracker, people: list[np.ndarray], pixels: int
) -> None:
    state, shown = None, []
    for n in range(200 // pixels):
        move = np.array([[1, 0, 400 + pixels * n], [0, 1, 120]], float)
        frame = np.asarray(cv2.warpAffine(people[0], move, (640, 480), borderMode=cv2.BORDER_REPLICATE), np.uint8)
        faces, state = track(frame, state, 33.3 * n, "largest")
        shown.append(faces[0].presence if faces else 0)
    assert shown[0] == 1
    assert shown[-1] == 0
    assert max(before - after for before, after in pairwise(shown)) < 0.7


@pytest.mark.parametrize("in_flight", [1, 2])
def test_smoothing_leaves_a_moving_face_less_than_a_third_of_a_frame_behind(
    track: FaceTracker, people: list[np.ndarray], in_flight: int
) -> None:
    """A head that swings 20 pixels to either side every other second: how far it is from where it is, against its speed."""
    places = 20 * np.sin(np.arange(60) * 2 * np.pi / 60)
    sent: list[states.State | None] = [None] * in_flight
    found = []
    for n, place in enumerate(places):
        move = np.array([[1, 0, 230 + place], [0, 1, 120]])
        frame = np.asarray(cv2.warpAffine(people[0], move, (640, 480), borderMode=cv2.BORDER_REPLICATE), np.uint8)
        faces, state = track(frame, sent[-in_flight], 33.3 * n, "largest")
        sent.append(states.decode(states.encode(state)))
        found.append(faces[0].landmarks[:, 0].mean())
    speeds, behind = np.gradient(places)[4:], (places - np.array(found))[4:]
    assert abs(np.polyfit(speeds, behind, 1)[0]) < 0.33


def test_a_still_face_trembles_half_as_much_as_its_landmarks(track: FaceTracker, people: list[np.ndarray]) -> None:
    random = np.random.default_rng(5)
    still = np.asarray(cv2.copyMakeBorder(people[0], 120, 120, 230, 230, cv2.BORDER_REPLICATE), np.float32)
    state, steady, single = None, [], []
    for n in range(20):
        frame = np.clip(still + random.normal(0, 8, still.shape), 0, 255).astype(np.uint8)
        faces, state = track(frame, state, 33.3 * n, "largest")
        steady.append(faces[0])
        single.append(track(frame, None, None, "largest")[0][0])

    def trembling(of: Callable[[Face], np.ndarray]) -> float:
        smoothed, raw = (float(np.abs(np.diff([of(face) for face in faces[4:]], axis=0)).mean()) for faces in (steady, single))
        return smoothed / raw

    assert trembling(lambda face: face.landmarks[:, :2]) < 0.5
    assert trembling(lambda face: face.irises[:, :2]) < 0.75, "the irises are held with their lids"


@pytest.mark.parametrize("speed", [8, 16])
@pytest.mark.parametrize("front", [0, 1])
def test_two_who_pass_each_other_keep_their_ids(track: FaceTracker, people: list[np.ndarray], front: int, speed: int) -> None:
    """One walks through the picture before the other, with two frames in flight."""
    before, behind = people[front], people[1 - front]
    sent: list[states.State | None] = [None, None]
    ids: dict[str, tuple[str | None, str | None]] = {}
    for n in range(440 // speed):
        frame = np.full((480, 640, 3), (140, 120, 100), np.uint8)
        places = {"behind": 540 - speed * n, "before": 100 + speed * n}
        _put(frame, behind, places["behind"])
        _put(frame, before, places["before"])
        faces, state = track(frame, sent[-2], 33.3 * n, "all")
        sent.append(states.decode(states.encode(state)))
        if abs(places["before"] - places["behind"]) > 200:
            found = {name: _nearest(faces, x) for name, x in places.items()}
            ids.setdefault("start" if n < 220 / speed else "end", (found["before"], found["behind"]))
            assert None not in found.values()
            assert (found["before"], found["behind"]) == ids["start"]
    assert set(ids) == {"start", "end"}


def _put(frame: np.ndarray, person: np.ndarray, x: int) -> None:
    """Head and shoulders with a soft edge, their middle at this column."""
    height, width = person.shape[:2]
    shape = np.zeros((height, width), np.float32)
    cv2.ellipse(shape, (width // 2, height // 2), (width // 2 - 12, height // 2 - 12), 0, 0, 360, 1, -1)
    alpha = cv2.GaussianBlur(shape, (0, 0), 4)[:, :, None]
    left, low, high = x - width // 2, max(0, x - width // 2), min(frame.shape[1], x + width - width // 2)
    part = frame[100 : 100 + height, low:high]
    part[:] = person[:, low - left : high - left] * alpha[:, low - left : high - left] + part * (
        1 - alpha[:, low - left : high - left]
    )


def _nearest(faces: list[Face], x: float) -> str | None:
    return next((face.id for face in faces if abs(face.box[0] + face.box[2] / 2 - x) < 50), None)


def test_a_state_of_another_frame_size_is_as_none(track: FaceTracker, pair: np.ndarray) -> None:
    _, state = track(carphone(1)[0], None, 0.0, "all")
    faces, _ = track(pair, state, 10.0, "all")
    assert len(faces) == 2
