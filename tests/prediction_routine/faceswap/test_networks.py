import numpy as np
import pytest

from faceswap.networks import unfolded


@pytest.mark.parametrize(("channels", "first"), [(1, [[0, 1, 4, 5], [2, 3, 6, 7]]), (3, [[0, 3, 12, 15], [6, 9, 18, 21]])])
def test_cells_unfold_row_by_row(channels: int, first: list[list[int]]) -> None:
    cells = np.arange(8 * channels, dtype=np.float32).reshape(1, 2, 4 * channels)
    pixels = unfolded(cells, channels)
    assert pixels.shape == (2, 4, channels)
    assert pixels[:, :, 0].tolist() == first
    behind_others = np.concatenate([cells, cells], axis=2)[:, :, 4 * channels :]
    assert np.array_equal(unfolded(behind_others, channels), pixels)
