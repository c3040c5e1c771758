import numpy as np
import pytest

from faceswap.arrays import Floats
from faceswap.exposure import DARK
from faceswap.harmonise import CELL, CHANNELS, LOG_GAIN, SIDE, Harmoniser, network_input, parts
from faceswap.mask import FaceMask
from faceswap.networks import Network


class Answering(Network):
    """Stands for a network whose answer is known, and keeps what it was given."""

    def __init__(self, answer: Floats) -> None:
        self.answer, self.given = answer, np.zeros(0, np.float32)

    def __call__(self, pixels: Floats) -> list[Floats]:
        self.given = pixels
        return [self.answer[None]]


def answer(log_gain: float, offset: float) -> Floats:
    cells = np.full((SIDE // CELL, SIDE // CELL, 3 + CELL * CELL * 3), offset, np.float32)
    cells[:, :, :3] = log_gain
    return cells


def round_mask(side: int) -> FaceMask:
    y, x = np.mgrid[:side, :side]
    inside = (x - side / 2) ** 2 + (y - side / 2) ** 2 < (side / 3) ** 2
    return FaceMask(inside.astype(np.float32), inside.astype(np.uint8) * np.uint8(255), inside.astype(np.float32))


def flat(side: int, level: int) -> np.ndarray:
    return np.full((side, side, 3), level, np.uint8)


def test_where_nothing_shows_the_network_sees_the_frame_alone() -> None:
    user = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    nothing = FaceMask(np.zeros((SIDE, SIDE), np.float32), np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.float32))
    given = network_input(parts(user, flat(SIDE, 9), nothing))
    assert given.shape == (SIDE, SIDE, CHANNELS)
    for picture in (given[:, :, :3], given[:, :, 3:6]):
        assert np.abs(picture * 255 - user).max() < 1
    assert not given[:, :, 6].any()


def test_of_the_users_own_face_only_the_low_frequencies_are_seen() -> None:
    side, rng = SIDE, np.random.default_rng(0)
    user = np.clip(120 + rng.normal(0, 60, (side, side, 3)), 0, 255).astype(np.uint8)
    mask = round_mask(side)
    low = network_input(parts(user, flat(side, 9), mask))[:, :, 3:6][mask.skin > 0]
    assert low.std() * 255 < 6
    assert abs(low.mean() * 255 - user[mask.skin > 0].mean()) < 6


def changed(cells: Floats, strength: float = 1.0, side: int = SIDE) -> Floats:
    change = Harmoniser(Answering(cells))(flat(side, 100), flat(side, 200), round_mask(side), strength)
    assert change is not None
    return change


@pytest.mark.parametrize("side", [96, SIDE, 208])
def test_the_change_is_on_the_masks_grid_and_gain_and_offset_together(side: int) -> None:
    change = changed(answer(-0.5, 0.1), side=side)
    assert change.shape == (side, side, 3)
    assert np.allclose(change, 200 * (np.exp(-0.5) - 1) + 25.5, atol=0.01)


def test_no_gain_is_beyond_its_limits() -> None:
    for sign in (-1, 1):
        assert np.allclose(changed(answer(sign * 50.0, 0)), 200 * (np.exp(sign * LOG_GAIN) - 1), atol=0.01)


def test_half_the_strength_is_half_of_the_light() -> None:
    assert np.allclose(changed(answer(0, 0.1), 0.5), 12.75, atol=0.01)


def test_half_the_strength_is_all_of_the_colour() -> None:
    cells = answer(0, 0)
    tint = np.array([0.587, -0.114, 0], np.float32)  # as bright as before
    cells[:, :, 3:] = np.tile(tint, CELL * CELL)
    assert np.allclose(changed(cells, 0.5), 255 * tint, atol=0.01)


@pytest.mark.parametrize("level", [60, 20, 5])
def test_a_dark_room_is_shown_as_a_light_one_and_changed_by_as_much_less(level: int) -> None:
    network = Answering(answer(0, 0.1))
    change = Harmoniser(network)(flat(SIDE, level), flat(SIDE, 2 * level), round_mask(SIDE), 1.0)
    lit, low = network.given[0, SIDE // 2, SIDE // 2, [0, 3]] * 255
    around = network.given[0, 0, 0, 0] * 255
    assert [lit / 2, low, around] == pytest.approx([DARK] * 3, rel=0.02)
    assert change is not None
    assert np.allclose(change, 25.5 * level / DARK, rtol=0.02)


def test_no_strength_is_no_change() -> None:
    assert not changed(answer(0.5, 0.1), 0.0).any()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_answer_that_is_no_number_is_none(bad: float) -> None:
    cells = answer(0, 0)
    cells[3, 4, 5] = bad
    assert Harmoniser(Answering(cells))(flat(SIDE, 100), flat(SIDE, 200), round_mask(SIDE), 1.0) is None
