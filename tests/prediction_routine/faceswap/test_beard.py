import numpy as np
import pytest

from faceswap.beard import bare_skin

SIDE = 64
SKIN, BEARD = (110, 140, 190), (50, 55, 65)
WHOLE = np.full((SIDE, SIDE), 255, np.uint8)


def face(above: tuple[int, ...], below: tuple[int, ...]) -> np.ndarray:
    picture = np.empty((SIDE, SIDE, 3), np.uint8)
    picture[: SIDE - 20], picture[SIDE - 20 :] = above, below
    return picture


@pytest.mark.parametrize("level", [0, 255])
def test_no_skin_and_no_colour_stay_as_they_are(level: int) -> None:
    nothing = np.zeros_like(WHOLE)
    assert (bare_skin(face(SKIN, BEARD), nothing) == 0).all()
    assert (bare_skin(np.full((SIDE, SIDE, 3), level, np.uint8), WHOLE) == 255).all()


def test_a_beard_is_left_out() -> None:
    bare = bare_skin(face(SKIN, BEARD), WHOLE)
    assert (bare[: SIDE - 24] == 255).all()
    assert (bare[SIDE - 16 :] == 0).all()


def test_shade_is_not_a_beard() -> None:
    shaded = tuple(round(0.45 * channel) for channel in SKIN)
    assert (bare_skin(face(SKIN, shaded), WHOLE) == 255).all()
