import numpy as np

from faceswap.canonical import frontal, unfold
from faceswap.mesh import Mesh

SIDE, MARGIN = 192, 1.25
RIGHT_CHEEK, LEFT_CHEEK, NOSE = 50, 280, 4
NOTHING = np.zeros((SIDE, SIDE), np.uint8)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """The head turned about its upright axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = np.array([SIDE / 2, 0, 0], np.float32)
    x, y, z = (points - middle).T
    return (np.stack([x * c + z * s, y, z * c - x * s], axis=1) + middle).astype(np.float32)


def colour(texture: np.ndarray, places: np.ndarray, number: int) -> np.ndarray:
    x, y = places[number, :2].round().astype(int)
    return texture[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, texture.shape[2]).mean(0)


def test_the_frontal_face_fills_the_square_and_is_its_own_mirror_image(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    low, high = places[:, :2].min(0), places[:, :2].max(0)
    assert np.isclose((high - low).max(), SIDE / MARGIN, atol=0.1)
    assert np.allclose((low + high) / 2, SIDE / 2, atol=0.1)
    assert abs(places[RIGHT_CHEEK, 0] + places[LEFT_CHEEK, 0] - SIDE) < 1
    assert places[NOSE, 2] < places[RIGHT_CHEEK, 2]


def test_a_frontal_face_stays_as_it_is(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    rows = np.linspace(60, 200, SIDE).astype(np.uint8)[:, None, None].repeat(SIDE, 1).repeat(3, 2)
    face = unfold(np.ascontiguousarray(rows), places, NOTHING, mesh, MARGIN)
    for number in (RIGHT_CHEEK, LEFT_CHEEK, NOSE):
        assert np.abs(colour(face.texture, places, number) - colour(rows, places, number)).max() < 3
        assert colour(face.known[..., None], places, number)[0] > 0.9


def test_outside_the_outline_nothing_is_known(mesh: Mesh) -> None:
    face = unfold(np.full((SIDE, SIDE, 3), 90, np.uint8), frontal(mesh, SIDE, MARGIN), NOTHING, mesh, MARGIN)
    assert face.known[:4].max() == face.face[:4].max() == 0
    assert set(np.unique(face.face)) == {0, 1}


def test_of_a_turned_head_the_far_side_is_hardly_shown(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    shown = turned(places, 55)
    hidden, seen = sorted((RIGHT_CHEEK, LEFT_CHEEK), key=lambda number: shown[number, 2], reverse=True)
    face = unfold(np.full((SIDE, SIDE, 3), 90, np.uint8), shown, NOTHING, mesh, MARGIN)
    assert colour(face.known[..., None], places, hidden)[0] < 0.3 < 0.9 < colour(face.known[..., None], places, seen)[0]


def test_what_is_covered_is_not_known(mesh: Mesh) -> None:
    places = frontal(mesh, SIDE, MARGIN)
    covered = NOTHING.copy()
    covered[:, : SIDE // 2] = 255
    face = unfold(np.full((SIDE, SIDE, 3), 90, np.uint8), places, covered, mesh, MARGIN)
    assert colour(face.known[..., None], places, RIGHT_CHEEK)[0] == 0
    assert colour(face.known[..., None], places, LEFT_CHEEK)[0] > 0.9
