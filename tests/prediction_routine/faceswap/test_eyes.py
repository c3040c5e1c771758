from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from faceswap.exposure import DARK
from faceswap.eyes import GAIN_LIMITS, RADII, SourceEyes, give_eyes, read_eyes
from faceswap.images import decode_photo
from faceswap.mesh import LEFT_EYE, RIGHT_EYE
from faceswap.pipeline import FrameSwapper
from faceswap.track import Face
from tests.footage import ASTRONAUT, HOPPER

ALL_SEEN, HERE = np.ones((8, 8), np.float32), np.array([[1.0, 0, 0], [0, 1, 0]])


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return decode_photo(ASTRONAUT.read_bytes())


@pytest.fixture(scope="module")
def face(swapper: FrameSwapper, photo: np.ndarray) -> Face:
    return swapper._track(photo, None, None, "largest")[0][0]


@pytest.fixture(scope="module")
def own(photo: np.ndarray, face: Face) -> SourceEyes:
    eyes = read_eyes(photo, face.landmarks, face.irises)
    assert eyes is not None
    return eyes


@pytest.fixture(scope="module")
def hoppers(swapper: FrameSwapper) -> SourceEyes:
    picture = decode_photo(HOPPER.read_bytes())
    found = swapper._track(picture, None, None, "largest")[0][0]
    eyes = read_eyes(picture, found.landmarks, found.irises)
    assert eyes is not None
    return eyes


def closed(face: Face) -> np.ndarray:
    """The same landmarks with the lids shut."""
    points = face.landmarks.copy()
    for outline in (RIGHT_EYE, LEFT_EYE):
        points[list(outline), 1] = points[list(outline), 1].mean()
    return points


def openings(picture: np.ndarray, face: Face) -> Iterator[np.ndarray]:
    for outline in (RIGHT_EYE, LEFT_EYE):
        inside = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(inside, [face.landmarks[list(outline), :2].round().astype(np.int32)], 255)
        yield inside > 0


def middle_of_the_dark(picture: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """x and y: where the darkest fifth of an eye lies in the middle."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    rows, columns = np.nonzero(inside & (grey <= np.percentile(grey[inside], 20)))
    return np.array([columns.mean(), rows.mean()])


def test_eyes_too_small_to_see_are_not_read(photo: np.ndarray, face: Face) -> None:
    assert read_eyes(photo, face.landmarks, face.irises * (1, 1, 0.1)) is None


def test_eyes_outside_the_picture_are_not_read(photo: np.ndarray, face: Face) -> None:
    assert read_eyes(photo, face.landmarks + 5000, face.irises + np.array((5000, 5000, 0))) is None


def test_eyes_that_are_no_numbers_are_neither_read_nor_given(photo: np.ndarray, face: Face, hoppers: SourceEyes) -> None:
    nothing = np.full_like(face.irises, np.nan)
    assert read_eyes(photo, face.landmarks, nothing) is None
    frame = photo.copy()
    give_eyes(frame, face.landmarks, nothing, hoppers, ALL_SEEN, HERE)
    assert np.array_equal(frame, photo)


def test_closed_eyes_are_not_read_and_stay_closed(photo: np.ndarray, face: Face, hoppers: SourceEyes) -> None:
    assert read_eyes(photo, closed(face), face.irises) is None
    frame = photo.copy()
    give_eyes(frame, closed(face), face.irises, hoppers, ALL_SEEN, HERE)
    assert np.array_equal(frame, photo)


def test_the_irises_are_found_between_the_lids(photo: np.ndarray, face: Face) -> None:
    for (x, y, radius), outline in zip(face.irises, (RIGHT_EYE, LEFT_EYE), strict=True):
        lids = face.landmarks[list(outline), :2]
        assert (lids.min(0) < (x, y)).all()
        assert ((x, y) < lids.max(0)).all()
        assert 0.1 < radius / np.ptp(lids[:, 0]) < 0.4


def test_an_eye_is_kept_with_its_iris_in_the_middle(own: SourceEyes) -> None:
    for eye in own:
        for radius, level in zip(RADII, eye.levels, strict=True):
            middle = level.shape[0] // 2
            iris = level[middle - radius // 2 : middle + radius // 2, middle - radius // 2 : middle + radius // 2]
            beside = level[middle, [middle - round(1.6 * radius), middle + round(1.6 * radius)]]
            assert iris.mean() < beside.mean() - 20


def test_ones_own_eyes_change_hardly_anything(photo: np.ndarray, face: Face, own: SourceEyes) -> None:
    frame = photo.copy()
    give_eyes(frame, face.landmarks, face.irises, own, ALL_SEEN, HERE)
    for inside in openings(photo, face):
        assert np.abs(frame[inside].astype(int) - photo[inside]).mean() < 6


def test_other_eyes_are_given_between_the_lids_only(photo: np.ndarray, face: Face, hoppers: SourceEyes) -> None:
    frame = photo.copy()
    give_eyes(frame, face.landmarks, face.irises, hoppers, ALL_SEEN, HERE)
    changed = (frame != photo).any(axis=2)
    between = np.any(list(openings(photo, face)), axis=0)
    assert changed[between].mean() > 0.8
    near = cv2.dilate(between.astype(np.uint8), np.ones((9, 9))) > 0  # the lids' edges are soft
    assert not changed[~near].any()


@pytest.mark.parametrize("aside", [-0.8, 0.8])
def test_they_look_where_the_user_looks(photo: np.ndarray, face: Face, hoppers: SourceEyes, aside: float) -> None:
    ahead, moved = photo.copy(), photo.copy()
    give_eyes(ahead, face.landmarks, face.irises, hoppers, ALL_SEEN, HERE)
    shift = aside * face.irises[:, 2].mean()
    give_eyes(moved, face.landmarks, face.irises + np.float32([shift, 0, 0]), hoppers, ALL_SEEN, HERE)
    for inside in openings(photo, face):
        went = middle_of_the_dark(moved, inside)[0] - middle_of_the_dark(ahead, inside)[0]
        assert 0.4 * abs(shift) < went * np.sign(shift) < 1.6 * abs(shift)


def test_half_open_eyes_are_half_the_users(photo: np.ndarray, face: Face, hoppers: SourceEyes) -> None:
    """What changes grows with the opening, so that a blink does not flash."""
    changes = []
    for share in (0.0, 0.6, 1.0):
        points = closed(face) + (face.landmarks - closed(face)) * np.float32(share)
        frame = photo.copy()
        give_eyes(frame, points, face.irises, hoppers, ALL_SEEN, HERE)
        changes.append(np.abs(frame.astype(int) - photo).max())
    assert changes[0] == 0 < changes[1] < changes[2]


@pytest.mark.parametrize("share", [0.5, 0.25, 0.1])
def test_eyes_are_as_dark_as_the_room(photo: np.ndarray, face: Face, hoppers: SourceEyes, share: float) -> None:
    bright, dark = photo.copy(), np.asarray(photo * share, np.uint8)
    for frame in (bright, dark):
        give_eyes(frame, face.landmarks, face.irises, hoppers, ALL_SEEN, HERE)
    for inside in openings(photo, face):
        assert 0.8 * share < dark[inside].mean() / bright[inside].mean() < 1.3 * share


def test_in_the_dark_they_do_not_shine_and_in_a_glare_they_are_not_white(
    photo: np.ndarray, face: Face, hoppers: SourceEyes
) -> None:
    night, room, glare = (np.full_like(photo, level) for level in (0, DARK, 255))
    for frame in (night, room, glare):
        give_eyes(frame, face.landmarks, face.irises, hoppers, ALL_SEEN, HERE)
    for inside in openings(photo, face):
        well_inside = cv2.erode(inside.astype(np.uint8), np.ones((5, 5))) > 0
        assert night[well_inside].mean() < 3
        assert room[well_inside].mean() > 10
        assert glare[well_inside].mean() < 200


@pytest.mark.parametrize(("level", "limit", "white"), [(DARK, GAIN_LIMITS[0], 255), (255, GAIN_LIMITS[1], 20)])
def test_they_are_made_darker_or_lighter_within_limits(
    photo: np.ndarray, face: Face, hoppers: SourceEyes, level: float, limit: float, white: float
) -> None:
    """A white that would need more than the limit is lit like the one that needs just that much."""
    frames = []
    for shown in (white, (level + 8) / limit - 8):
        right, left = (replace(eye, white=np.full(3, shown, np.float32)) for eye in hoppers)
        frames.append(np.full_like(photo, level))
        give_eyes(frames[-1], face.landmarks, face.irises, (right, left), ALL_SEEN, HERE)
    assert np.abs(frames[0].astype(int) - frames[1]).max() <= 1


def test_an_eye_behind_a_hand_is_left_alone(photo: np.ndarray, face: Face, hoppers: SourceEyes) -> None:
    seen = np.ones(photo.shape[:2], np.float32)
    (x, y, radius), (left, _, _) = face.irises
    seen[int(y - 4 * radius) : int(y + 4 * radius), : int(x + 4 * radius)] = 0
    frame = photo.copy()
    give_eyes(frame, face.landmarks, face.irises, hoppers, seen, HERE)
    changed = np.nonzero((frame != photo).any(axis=2))[1]
    assert changed.size
    assert np.abs(changed - left).max() < 4 * radius


def test_an_eye_cut_off_by_the_frame_is_given_as_far_as_it_shows(photo: np.ndarray, face: Face, hoppers: SourceEyes) -> None:
    cut = int(face.irises[0, 0])
    whole, part = photo.copy(), photo[:, cut:].copy()
    give_eyes(whole, face.landmarks, face.irises, hoppers, ALL_SEEN, HERE)
    left = np.float32([cut, 0, 0])
    give_eyes(part, face.landmarks - left, face.irises - left, hoppers, ALL_SEEN, HERE)
    assert np.abs(part.astype(int) - whole[:, cut:]).mean() < 0.2
    assert (part != photo[:, cut:]).any()
