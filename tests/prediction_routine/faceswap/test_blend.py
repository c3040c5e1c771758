import numpy as np

from faceswap.blend import blend
from faceswap.geometry import Box

IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])


def grids(alpha: float, gain: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A 32-cell grid that reads the texture in place."""
    y, x = np.mgrid[:32, :32].astype(np.float32)
    a = np.full((32, 32), alpha, np.float32)
    return np.dstack([x, y, a]), np.full((32, 32, 3), gain, np.float32)


def test_nothing_shown_changes_nothing() -> None:
    frame = np.full((40, 40, 3), 50, np.uint8)
    blend(frame, Box(4, 4, 20, 20), IDENTITY, np.full((32, 32, 3), 200, np.uint8), *grids(0))
    assert (frame == 50).all()


def test_only_the_box_changes() -> None:
    frame = np.full((40, 40, 3), 50, np.uint8)
    blend(frame, Box(4, 6, 20, 10), IDENTITY, np.full((32, 32, 3), 200, np.uint8), *grids(1))
    assert (frame[6:16, 4:24] == 200).all()
    assert (frame == 200).all(axis=2).sum() == 200


def test_half_shown_is_half_of_each_and_gain_brightens() -> None:
    frame = np.full((32, 32, 3), 50, np.uint8)
    blend(frame, Box(0, 0, 30, 30), IDENTITY, np.full((32, 32, 3), 100, np.uint8), *grids(0.5, 1.5))
    assert (frame[:30, :30] == 100).all()


def test_too_bright_is_white_not_wrapped() -> None:
    frame = np.zeros((32, 32, 3), np.uint8)
    blend(frame, Box(0, 0, 30, 30), IDENTITY, np.full((32, 32, 3), 200, np.uint8), *grids(1, 3))
    assert (frame[:30, :30] == 255).all()


def test_an_offset_is_added_after_the_gain_and_ends_at_black_and_white() -> None:
    offset = np.zeros((32, 32, 3), np.float32) + np.array([20.5, -300, 300], np.float32)
    frame = np.full((32, 32, 3), 50, np.uint8)
    blend(frame, Box(0, 0, 30, 30), IDENTITY, np.full((32, 32, 3), 100, np.uint8), *grids(1, 1.1), offset)
    assert np.abs(frame[:30, :30].astype(int) - (130, 0, 255)).max() <= 1
