import numpy as np
import pytest

from faceswap.light import GAIN_LIMITS, light_gain
from faceswap.mask import FaceMask


def picture(level: int) -> np.ndarray:
    return np.full((96, 96, 3), level, np.uint8)


def skin(shown: np.ndarray) -> FaceMask:
    """A mask whose skin is where `shown` is true, everything far from the outline."""
    return FaceMask(np.ones((96, 96), np.float32), np.where(shown, 255, 0).astype(np.uint8), np.full((96, 96), 48, np.float32))


ALL = skin(np.ones((96, 96), bool))


def test_no_skin_gives_a_finite_gain() -> None:
    gain = light_gain(picture(90), picture(90), skin(np.zeros((96, 96), bool)), "user")
    assert np.isfinite(gain).all()


def test_the_same_light_is_left_alone() -> None:
    assert np.allclose(light_gain(picture(120), picture(120), ALL, "user"), 1, atol=0.01)


@pytest.mark.parametrize(("target", "source"), [(95, 190), (200, 100)])
def test_a_darker_or_lighter_room_is_taken(target: int, source: int) -> None:
    gain = light_gain(picture(target), picture(source), ALL, "user")
    assert np.allclose(gain, (target + 8) / (source + 8), atol=0.02)


@pytest.mark.parametrize(("target", "source"), [(60, 120), (25, 160), (8, 160), (2, 160)])
def test_a_dark_room_is_taken(target: int, source: int) -> None:
    lit = light_gain(picture(target), picture(source), ALL, "user") * source
    assert np.allclose(lit, target, rtol=0.06)


@pytest.mark.parametrize("level", [8, 25, 60])
def test_a_dark_rooms_colour_is_taken(level: int) -> None:
    target = picture(level)
    target[:, :, 0] //= 2
    lit = light_gain(target, picture(160), ALL, "user").mean((0, 1)) * 160
    assert lit[0] / lit[2] == pytest.approx(0.5, abs=0.06)


def test_coloured_light_is_taken_channel_by_channel() -> None:
    target = picture(100)
    target[:, :, 2] = 150
    gain = light_gain(target, picture(100), ALL, "user")
    assert np.allclose(gain[:, :, 0], 1, atol=0.01)
    assert gain[:, :, 2].mean() > 1.4


def test_black_becomes_white_and_white_black_within_limits() -> None:
    assert (light_gain(picture(0), picture(255), ALL, "user") * 255).max() < 1
    assert light_gain(picture(255), picture(0), ALL, "user").max() <= GAIN_LIMITS[1]


def test_light_of_one_colour_leaves_something_of_the_others() -> None:
    red = picture(0)
    red[:, :, 2] = 255
    for target, source in ((red, picture(255)), (picture(255), red)):
        gain = light_gain(target, source, ALL, "user")
        assert gain.min() == pytest.approx(GAIN_LIMITS[0]) or gain.max() == pytest.approx(GAIN_LIMITS[1])
        assert GAIN_LIMITS[0] * 0.999 <= gain.min() <= gain.max() <= GAIN_LIMITS[1] * 1.001


def test_what_is_not_skin_does_not_count() -> None:
    target, shown = picture(100), np.ones((96, 96), bool)
    target[:, 40:56], shown[:, 40:56] = 255, False
    assert np.allclose(light_gain(target, picture(100), skin(shown), "user"), 1, atol=0.05)


def test_the_border_follows_the_users_skin_more_closely_than_the_inside() -> None:
    target = picture(100)
    target[:, 44:52] = 160
    at_border = FaceMask(ALL.alpha, ALL.skin, np.zeros((96, 96), np.float32))
    inside, border = (light_gain(target, picture(100), mask, "user")[48, 48, 0] for mask in (ALL, at_border))
    assert border > inside + 0.1


def test_a_source_that_keeps_its_tone_takes_shade_but_no_colour() -> None:
    target, marble = picture(60), picture(200)
    target[:, :, 2] = 150
    target[:, :48] //= 2
    gain = light_gain(target, marble, ALL, "source")
    assert np.allclose(gain[:, :, 0], gain[:, :, 2])
    assert gain[48, 10, 0] < 0.8 * gain[48, 86, 0]
    assert (marble * gain).mean() > target.mean() + 20
