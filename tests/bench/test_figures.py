"""The figures on made-up pictures and movements whose scores are known."""

import numpy as np
import pytest

from bench.quality import figures
from faceswap.mesh import OVAL, POINTS

GREY = np.full((40, 40, 3), 100, np.uint8)
ALL = np.ones((40, 40), bool)


def swinging(count: int) -> figures.Floats:
    """Landmarks that swing sideways, float32 (count, 468, 2)."""
    still = np.random.default_rng(0).uniform(0, 100, (POINTS, 2))
    sideways = 30 * np.sin(np.arange(count) / 3)
    return np.asarray(still + np.stack([sideways, 0 * sideways], 1)[:, None], np.float32)


def test_equal_pictures_have_68_decibels() -> None:
    assert figures.decibels(GREY, GREY, ALL) == pytest.approx(68.13, abs=0.01)


def test_decibels_of_a_known_difference() -> None:
    assert figures.decibels(GREY, GREY + np.uint8(10), ALL) == pytest.approx(20 * np.log10(25.5), abs=1e-4)


def test_only_the_area_counts() -> None:
    other = GREY.copy()
    other[:20] = 0
    area = ALL.copy()
    area[:20] = False
    assert figures.decibels(GREY, other, area) > 68


def test_what_moves_evenly_is_at_rest() -> None:
    assert figures.unrest(np.arange(10)) == pytest.approx(0.01)
    assert figures.unrest([0, 1, 0, 1, 0]) == 2


def test_a_blurred_picture_has_less_detail() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
    assert figures.detail(GREY, ALL) < 0.1 < figures.detail(noise, ALL)


@pytest.mark.parametrize("frames", range(figures.LONGEST_LAG + 1))
def test_a_delay_is_counted_in_frames(frames: int) -> None:
    movement = swinging(40)
    assert figures.lag(movement[5:], movement[5 - frames : 40 - frames]) == frames


def test_a_still_head_has_no_lag() -> None:
    movement = np.repeat(swinging(1), 10, axis=0)
    assert figures.lag(movement, movement[::-1]) == 0


def test_an_angle_between_rotations() -> None:
    turned = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]], np.float32)
    assert figures.angle(np.eye(3, dtype=np.float32), turned) == pytest.approx(90)
    assert figures.angle(turned, turned) == pytest.approx(0, abs=0.1)


def test_a_face_area_grows_about_its_middle() -> None:
    landmarks = np.zeros((POINTS, 3), np.float32)
    around = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    landmarks[list(OVAL), :2] = 50 + 20 * np.stack([np.cos(around), np.sin(around)], 1)
    area = figures.face_area((100, 100, 3), landmarks, 1.0)
    assert area.sum() == pytest.approx(np.pi * 20**2, rel=0.05)
    assert figures.face_area((100, 100, 3), landmarks, 1.5).sum() == pytest.approx(np.pi * 30**2, rel=0.05)
    assert area[50, 50]
    assert not area[0].any()
