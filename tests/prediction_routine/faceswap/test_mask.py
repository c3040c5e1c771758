from itertools import pairwise

import cv2
import numpy as np
import pytest

from faceswap.mask import FaceMask, face_mask, openings
from faceswap.mesh import INNER_LIPS, LEFT_EYE, RIGHT_EYE, Mesh
from faceswap.pipeline import FrameSwapper
from faceswap.warp import texture_map
from tests.footage import carphone


def mask_of(points: np.ndarray, mesh: Mesh, side: int) -> FaceMask:
    return face_mask(points, texture_map(points[:, :2], points, mesh.triangles, side), openings(mesh.triangles))


def turned(mesh: Mesh, yaw: float) -> np.ndarray:
    """The canonical face turned about the vertical axis, radians, in a square of 128 cells."""
    face = mesh.vertices * (6, -6, -6)
    c, s = np.cos(yaw), np.sin(yaw)
    return np.asarray(face @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]) + (64, 64, 0), np.float32)


def test_a_face_that_is_not_visible_has_no_mask(mesh: Mesh) -> None:
    mask = mask_of(np.zeros((468, 3), np.float32), mesh, 64)
    assert not mask.alpha.any()
    assert not mask.skin.any()


def test_the_mask_covers_the_cheeks_and_leaves_eyes_mouth_and_surroundings(swapper: FrameSwapper, mesh: Mesh) -> None:
    frame = carphone(1)[0]
    faces, _ = swapper._track(frame, None, None, "largest")
    points = faces[0].landmarks - np.array((faces[0].box[0] - 40, faces[0].box[1] - 40, 0), np.float32)
    side = int(max(faces[0].box[2:])) + 80
    mask = mask_of(points, mesh, side)

    def at(*numbers: int) -> float:
        x, y = points[list(numbers), :2].mean(0).round().astype(int)
        return float(mask.alpha[y, x])

    assert at(50) > 0.95  # the cheeks
    assert at(280) > 0.95
    assert at(*LEFT_EYE) < 0.2
    assert mask.alpha[0].max() == mask.alpha[:, 0].max() == 0
    opened = points.copy()
    below = (opened[:, 1] > opened[[13, 14], 1].mean()) | np.isin(np.arange(468), INNER_LIPS[11:])
    opened[below & ~np.isin(np.arange(468), INNER_LIPS[:11]), 1] += 0.1 * side  # the jaw drops
    x, y = opened[[13, 14], :2].mean(0).round().astype(int)
    assert mask_of(opened, mesh, side).alpha[y, x] < 0.1


def test_the_mask_ends_softly_at_the_outline(mesh: Mesh) -> None:
    middle = mask_of(turned(mesh, 0), mesh, 128).alpha[64]
    assert np.abs(np.diff(middle[: int(np.argmax(middle > 0.99))])).max() < 0.5


@pytest.mark.parametrize("degrees", [-75, -60, -45, 45, 60, 75])
def test_the_nose_of_a_turned_head_belongs_to_the_face(mesh: Mesh, degrees: float) -> None:
    points = turned(mesh, np.radians(degrees))
    x, y = points[1, :2].round().astype(int)
    inwards = 6 * int(np.sign(points[:, 0].mean() - x))
    assert mask_of(points, mesh, 128).alpha[y, x + inwards] > 0.95


@pytest.mark.parametrize("degrees", [-75, -65, 65, 75])
def test_an_eye_behind_the_nose_cuts_no_hole_into_it(mesh: Mesh, degrees: float) -> None:
    points = turned(mesh, np.radians(degrees))
    mask = mask_of(points, mesh, 128)
    near, far = sorted((RIGHT_EYE, LEFT_EYE), key=lambda eye: points[list(eye), 2].mean())
    assert mask.alpha[_inside(points, near)].min() < 0.1
    hidden = mask.alpha[_inside(points, far) & (mask.depth > 4)]
    assert hidden.size == 0 or hidden.min() > 0.9


def _inside(points: np.ndarray, outline: tuple[int, ...]) -> np.ndarray:
    filled = np.zeros((128, 128), np.uint8)
    cv2.fillPoly(filled, [points[list(outline), :2].round().astype(np.int32)], 1)
    return filled > 0


def test_a_face_that_turns_away_fades_instead_of_popping(mesh: Mesh) -> None:
    """A degree moves the outline; it takes no piece of the face at once."""
    masks = [mask_of(turned(mesh, np.radians(degrees)), mesh, 128).alpha for degrees in range(76)]
    changes = [float(np.abs(after - before).sum()) for before, after in pairwise(masks)]
    assert max(changes) < 0.05 * masks[0].sum()


def test_the_users_whole_mouth_can_be_kept(mesh: Mesh) -> None:
    points = turned(mesh, 0)
    texture = texture_map(points[:, :2], points, mesh.triangles, 128)
    theirs, own = (face_mask(points, texture, openings(mesh.triangles), lips) for lips in ("source", "user"))
    x, y = points[[0, 13], :2].mean(0).round().astype(int)  # on the upper lip
    assert own.alpha[y, x] < 0.1 < 0.5 < theirs.alpha[y, x]
    x, y = points[50, :2].round().astype(int)
    assert own.alpha[y, x] == theirs.alpha[y, x]


def test_the_mask_fades_more_slowly_on_the_forehead_than_at_the_chin(mesh: Mesh) -> None:
    points = turned(mesh, 0)
    column = mask_of(points, mesh, 128).alpha[:, 64]
    top, chin = points[10, 1], points[152, 1]
    assert column[round(top) + 3] < 0.7 * column[round(chin) - 3]
