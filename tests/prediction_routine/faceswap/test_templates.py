import numpy as np
import pytest

from faceswap.geometry import transform
from faceswap.templates import TEMPLATES, five_points, to_template


def landmarks(places: np.ndarray) -> np.ndarray:
    """468 points of which the eyes' corners, the nose's tip and the mouth's corners have their middles in these five places."""
    points = np.zeros((468, 3), np.float32)
    for (first, second), place in zip([(33, 133), (362, 263), (1, 1), (61, 61), (291, 291)], places, strict=True):
        points[first, :2], points[second, :2] = place, place
    return points


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_face_that_lies_on_the_template_stays_where_it_is(name: str) -> None:
    places, side = TEMPLATES[name]
    assert np.allclose(to_template(landmarks(places), name, side), [[1, 0, 0], [0, 1, 0]], atol=1e-4)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("side", [112, 256, 512])
def test_a_face_anywhere_comes_onto_the_template(name: str, side: int) -> None:
    places, of = TEMPLATES[name]
    turn = np.array([[0.8, -0.6, 300], [0.6, 0.8, 40]])
    points = landmarks(transform(places, turn))
    moved = transform(five_points(points), to_template(points, name, side))
    assert np.allclose(moved, places * side / of, atol=1e-2)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_is_a_face_in_its_crop(name: str) -> None:
    (right, left, nose, mouth_right, mouth_left), side = TEMPLATES[name]
    assert 0 < right[0] < nose[0] < left[0] < side
    assert right[1] < nose[1] < mouth_right[1] < side
    assert mouth_right[0] < nose[0] < mouth_left[0]


def test_of_one_template_the_128_pixel_crop_has_eight_pixels_more_at_each_side() -> None:
    """InsightFace aligns for 128 pixels with 112's places, 8 pixels further right."""
    assert np.allclose(TEMPLATES["arcface_128"][0] - TEMPLATES["arcface_112_v2"][0], [8, 0])
