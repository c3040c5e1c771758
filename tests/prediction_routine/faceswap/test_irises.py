from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.images import decode_photo
from faceswap.irises import ONE_WAY, Irises, irises_of
from faceswap.mesh import LEFT_EYE, RIGHT_EYE
from faceswap.pipeline import FrameSwapper
from faceswap.proportions import Pose
from faceswap.track import Face
from tests.footage import ASTRONAUT, HOPPER


@pytest.fixture(scope="module")
def face(swapper: FrameSwapper) -> Face:
    return swapper._track(decode_photo(ASTRONAUT.read_bytes()), None, None, "largest")[0][0]


@pytest.fixture(scope="module")
def hoppers(swapper: FrameSwapper) -> Irises:
    return irises_of(swapper._track(decode_photo(HOPPER.read_bytes()), None, None, "largest")[0][0])


def looking(face: Face, right: float, left: float) -> Face:
    """Its irises moved to the right, by these shares of the eyes' widths."""
    irises = face.irises.copy()
    irises[:, 0] += np.float32([right, left]) * widths(face)
    return replace(face, irises=irises)


def widths(face: Face) -> np.ndarray:
    corners = face.landmarks[[[RIGHT_EYE[0], RIGHT_EYE[8]], [LEFT_EYE[0], LEFT_EYE[8]]], :2]
    return np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)


def test_eyes_of_no_width_have_irises_all_the_same(face: Face, hoppers: Irises) -> None:
    nowhere = replace(face, landmarks=np.zeros_like(face.landmarks))
    assert np.isfinite(hoppers.between(nowhere)).all()
    assert np.isfinite(irises_of(nowhere).between(face)).all()


def test_ones_own_irises_stay_where_they_are(face: Face) -> None:
    placed = irises_of(face).between(face)
    assert np.abs(placed[:, :2] - face.irises[:, :2]).max() < 0.05
    assert placed[:, 2] == pytest.approx(face.irises[:, 2].mean(), rel=1e-4)


@given(turn=st.floats(-3, 3), scale=st.floats(0.2, 4), x=st.floats(-300, 300), y=st.floats(-300, 300))
def test_they_go_with_the_face(face: Face, hoppers: Irises, turn: float, scale: float, x: float, y: float) -> None:
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)

    def moved(points: np.ndarray) -> np.ndarray:
        places = points[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
        return np.column_stack([places, points[:, 2] * scale]).astype(np.float32)

    there = replace(
        face, landmarks=moved(face.landmarks), irises=moved(face.irises), pose=Pose(face.pose.scale * scale, face.pose.rotation)
    )
    assert np.abs(hoppers.between(there) - moved(hoppers.between(face))).max() < 0.05


def test_they_are_as_large_and_as_far_apart_as_the_sources(face: Face, hoppers: Irises) -> None:
    placed = replace(face, irises=hoppers.between(face))
    assert irises_of(face).radius != pytest.approx(hoppers.radius, rel=0.01)
    assert irises_of(placed).radius == pytest.approx(hoppers.radius, rel=1e-3)
    assert abs(irises_of(face).apart - hoppers.apart) > 0.01
    assert abs(irises_of(placed).apart - hoppers.apart) < 1e-3


@pytest.mark.parametrize("aside", [-0.2, 0.2])
def test_both_look_where_the_user_looks(face: Face, hoppers: Irises, aside: float) -> None:
    went = (hoppers.between(looking(face, aside, aside)) - hoppers.between(face))[:, 0] / widths(face)
    assert went == pytest.approx(aside, abs=0.005)


def test_what_one_eye_is_read_wrong_by_is_shared_and_does_not_part_them(face: Face) -> None:
    own = irises_of(face)
    read = replace(face, irises=own.between(looking(face, 0.06, 0)))
    assert abs(irises_of(read).apart - own.apart) < 1e-3


def test_crossed_eyes_stay_crossed(face: Face) -> None:
    own = irises_of(face)
    crossed = replace(face, irises=own.between(looking(face, 0.2, -0.2)))
    assert irises_of(crossed).apart.real - own.apart.real == pytest.approx(0.4 - ONE_WAY, abs=0.01)


def test_of_a_face_turned_away_they_are_the_users_and_so_of_a_photo_turned_away(face: Face, hoppers: Irises) -> None:
    turned = replace(face, pose=Pose(face.pose.scale, np.diag(np.float32([0.5, 1, 0.5]))))
    assert turned.pose.facing == 0
    assert np.abs(hoppers.between(turned)[:, :2] - face.irises[:, :2]).max() < 0.05
    user = looking(face, 0.06, 0)
    assert np.abs(irises_of(turned).between(user)[:, :2] - user.irises[:, :2]).max() < 0.05
