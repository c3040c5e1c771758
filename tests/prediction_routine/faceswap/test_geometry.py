import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faceswap.geometry import Region, bounding_box, crop, inverse, region_of, similarity, transform
from faceswap.mesh import read_mesh
from faceswap.model_folder import ModelFolder

coordinates = st.floats(-2000, 2000, width=32)
regions = st.builds(Region, coordinates, coordinates, st.floats(4, 2000, width=32), st.floats(-3, 3, width=32))


def mesh_like(x: float, y: float, size: float, angle: float) -> np.ndarray:
    """468 points on an upright ellipse, the two eye corners level and the chin below the forehead, turned by `angle`."""
    turn = np.linspace(0, 2 * math.pi, 468, endpoint=False)
    points = np.c_[0.4 * np.cos(turn), 0.5 * np.sin(turn), np.zeros(468)]
    points[33, :2], points[263, :2] = (-0.2, -0.1), (0.2, -0.1)
    points[10, :2], points[152, :2] = (0, -0.5), (0, 0.5)
    c, s = math.cos(angle), math.sin(angle)
    points[:, :2] = points[:, :2] @ np.array([[c, s], [-s, c]]) * size + (x, y)
    return points.astype(np.float32)


def test_bounding_box_outside_the_frame_is_none() -> None:
    assert bounding_box(np.array([[-9, -9], [-1, -2]], np.float32), 640, 480) is None


def test_bounding_box_is_cut_to_the_frame() -> None:
    box = bounding_box(np.array([[-9.5, 10.2], [700, 20.1]], np.float32), 640, 480)
    assert box is not None
    assert (box.x, box.y, box.width, box.height) == (0, 10, 640, 11)


@given(regions, st.integers(8, 512))
@example(Region(1851.0, 1852.0, 5.0, 2.0), 296)
def test_into_the_square_and_back_is_where_one_was(region: Region, side: int) -> None:
    affine = region.to_square(side)
    points = np.array([[region.x, region.y, 1], [region.x + region.size, region.y, 0]], np.float32)
    there = transform(points, affine)
    assert np.allclose(there[0, :2], side / 2, atol=1e-2)
    assert np.allclose(transform(there, inverse(affine)), points, atol=0.05)


@given(regions)
def test_similarity_is_found_again_from_where_it_brought_points(region: Region) -> None:
    points = np.array([[region.x, region.y], [region.x + region.size, region.y], [region.x, region.y + region.size / 2]])
    places = transform(points, region.to_square(100))
    assert np.allclose(transform(points, similarity(points, places)), places, atol=1e-6)


def test_similarity_of_points_in_one_place_brings_them_to_the_middle() -> None:
    points = np.full((3, 2), 7, np.float32)
    places = np.array([[0, 0], [3, 0], [0, 3]], np.float32)
    assert np.allclose(transform(points, similarity(points, places)), (1, 1))


@given(st.floats(50, 500), st.floats(50, 500), st.floats(40, 300), st.floats(-1.5, 1.5))
def test_region_of_a_turned_face_is_the_face_turned(x: float, y: float, size: float, angle: float) -> None:
    region = region_of(mesh_like(x, y, size, angle), margin=1)
    assert abs(region.angle - angle) < 1e-2
    assert abs(region.size - size) < size * 0.02
    assert abs(region.x - x) < size * 0.02
    assert abs(region.y - y) < size * 0.02


@pytest.mark.parametrize("nod", [-20, 0, 20])
@pytest.mark.parametrize("yaw", [-75, -45, 45, 75])
def test_a_head_turned_aside_is_upright_though_its_eyes_are_not_level(model_folder: ModelFolder, yaw: int, nod: int) -> None:
    face = read_mesh(model_folder.files["face_mesh"]).vertices * (10, -10, -10)
    (a, b), (c, d) = ((math.cos(angle), math.sin(angle)) for angle in (math.radians(yaw), math.radians(nod)))
    turned = face @ np.array([[a, 0, -b], [0, 1, 0], [b, 0, a]]) @ np.array([[1, 0, 0], [0, c, d], [0, -d, c]])
    assert abs(math.degrees(region_of(turned.astype(np.float32)).angle)) < 12


def test_a_small_crop_of_a_large_region_averages_instead_of_aliasing() -> None:
    stripes = np.zeros((800, 800, 3), np.uint8)
    stripes[:, ::2] = 255
    small = crop(stripes, Region(400, 400, 700, 0.3).to_square(64), 64)
    assert abs(float(small[8:-8, 8:-8].mean()) - 127.5) < 4
    assert float(small[8:-8, 8:-8].std()) < 30


def test_a_crop_beyond_the_frame_repeats_its_edge() -> None:
    grey = np.full((60, 60, 3), 77, np.uint8)
    assert (crop(grey, Region(-200, -200, 50, 0).to_square(32), 32) == 77).all()
