import numpy as np
import pytest

from faceswap.grid import GRID_LIMITS, grid_side, on_grid


@pytest.mark.parametrize(("size", "side"), [(0, GRID_LIMITS[0]), (300, 160), (320, 160), (321, 176), (1e9, GRID_LIMITS[1])])
def test_the_grid_is_in_steps_between_its_limits(size: float, side: int) -> None:
    assert grid_side(size, 0.5) == side


def test_beyond_the_frame_the_picture_is_mirrored() -> None:
    frame = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)
    moved = on_grid(frame, np.array([[1.0, 0, 2], [0, 1, 0]]), 4)
    assert (moved[:, 2:] == frame[:, :2]).all()
    assert (moved[:, :2] == frame[:, 1::-1]).all()
