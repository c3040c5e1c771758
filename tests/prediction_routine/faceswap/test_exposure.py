import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.exposure import DARK, exposure

LEVEL = st.floats(0, 255)


def test_blackness_has_an_exposure() -> None:
    assert exposure((0.0, 0.0, 0.0)) == DARK


@given(st.tuples(LEVEL, LEVEL, LEVEL))
def test_it_is_never_shorter_and_brings_no_colour_beyond_what_is_dark(levels: tuple[float, float, float]) -> None:
    assert exposure(levels) >= 1
    assert exposure(levels) == 1 or max(levels) * exposure(levels) <= DARK + 1e-6


@pytest.mark.parametrize("levels", [(0.0, 0.0, 200.0), (120.0, 0.0, 0.0)])
def test_coloured_light_is_light(levels: tuple[float, float, float]) -> None:
    assert exposure(levels) == 1


def test_half_as_light_takes_twice_as_long() -> None:
    assert exposure((10.0, 20.0, 30.0)) == pytest.approx(exposure((5.0, 10.0, 15.0)) / 2)
