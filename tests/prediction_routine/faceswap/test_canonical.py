import cv2
import numpy as np
import pytest

from faceswap.canonical import frontal, unfold
from faceswap.mesh import Mesh, read_mesh
from faceswap.model_folder import ModelFolder

SIDE, MARGIN = 192, 1.25
RIGHT_CHEEK, LEFT_CHEEK, NOSE = 50, 280, 4


@pytest.fixture(scope="module")
def mesh(model_folder: ModelFolder) -> Mesh:
    return read_mesh(model_folder.files["face_mesh"])


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """The head turned about its upright axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = np.array([SIDE / 2, 0, 0], np.float32)
    x, y, z = (points - middle).T
    return (np.stack([x * c + z * s, y, z * c - x * s], axis=1) + middle).astype(np.float32)


def colour(texture: np.ndarray, places: np.ndarray, number: int) -> np.ndarray:
    x, y = places[number, :2].round().astype(int)
    return texture[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).mean(0)


def test_the_frontal_face_fills_the_square_and_is_its_own_mirror_image(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    low, high = places[:, :2].min(0), places[:, :2].max(0)
    assert np.isclose((high - low).max(), SIDE / MARGIN, atol=0.1)
    assert np.allclose((low + high) / 2, SIDE / 2, atol=0.1)
    assert abs(places[RIGHT_CHEEK, 0] + places[LEFT_CHEEK, 0] - SIDE) < 1
    assert places[NOSE, 2] < places[RIGHT_CHEEK, 2]


def test_a_frontal_symmetric_face_stays_as_it_is(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    rows = np.linspace(60, 200, SIDE).astype(np.uint8)[:, None, None].repeat(SIDE, 1).repeat(3, 2)
    unfolded = unfold(np.ascontiguousarray(rows), places, mesh, MARGIN)
    for number in (RIGHT_CHEEK, LEFT_CHEEK, NOSE):
        assert np.abs(colour(unfolded, places, number) - colour(rows, places, number)).max() < 3


def test_light_from_the_side_is_evened_out(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    sideways = np.linspace(80, 200, SIDE).astype(np.uint8)[None, :, None].repeat(SIDE, 0).repeat(3, 2)
    unfolded = unfold(np.ascontiguousarray(sideways), places, mesh, MARGIN)
    before, after = (
        abs(colour(image, places, LEFT_CHEEK) - colour(image, places, RIGHT_CHEEK)).max() for image in (sideways, unfolded)
    )
    assert after < 0.5 * before


def test_the_side_that_a_turned_head_hides_is_taken_from_the_other(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    shown = turned(places, 55)
    hidden, seen = sorted((RIGHT_CHEEK, LEFT_CHEEK), key=lambda number: shown[number, 2], reverse=True)
    photo = np.full((SIDE, SIDE, 3), (20, 20, 160), np.uint8)  # what is behind the head
    cv2.fillConvexPoly(photo, cv2.convexHull(shown[:, :2].round().astype(np.int32)), (140, 160, 200))
    unfolded = unfold(photo, shown, mesh, MARGIN)
    assert np.abs(colour(unfolded, places, hidden) - colour(unfolded, places, seen)).max() < 12


def test_outside_the_outline_the_edge_goes_on(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    photo = np.full((SIDE, SIDE, 3), 255, np.uint8)
    cv2.fillConvexPoly(photo, cv2.convexHull(places[:, :2].round().astype(np.int32)), (90, 90, 90))
    assert unfold(photo, places, mesh, MARGIN).max() < 130
