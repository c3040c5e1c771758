import numpy as np
import pytest

from faceswap.geometry import Box
from faceswap.paste import inset, paste

RANDOM = np.random.default_rng(7)
FRAME = RANDOM.integers(0, 256, (120, 160, 3), dtype=np.uint8)
BOX = Box(40, 30, 64, 64)
SHIFTED = np.array([[1.0, 0, -40], [0, 1, -30]])


def test_where_nothing_shows_nothing_changes() -> None:
    frame = FRAME.copy()
    paste(frame, BOX, np.zeros((64, 64, 3), np.uint8), SHIFTED, np.zeros((64, 64), np.float32), SHIFTED)
    assert (frame == FRAME).all()


def test_a_crop_whose_pixels_are_the_frames_comes_back_to_the_pixel() -> None:
    crop = RANDOM.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    frame = FRAME.copy()
    paste(frame, BOX, crop, SHIFTED, np.ones((64, 64), np.float32), SHIFTED)
    assert (frame[BOX.rows, BOX.columns] == crop).all()
    frame[BOX.rows, BOX.columns] = FRAME[BOX.rows, BOX.columns]
    assert (frame == FRAME).all()


def test_only_the_box_changes() -> None:
    frame = FRAME.copy()
    paste(frame, Box(50, 40, 8, 4), np.full((64, 64, 3), 255, np.uint8), SHIFTED, np.ones((64, 64), np.float32), SHIFTED)
    changed = (frame != FRAME).any(2)
    assert changed[40:44, 50:58].all()
    assert changed.sum() == 32


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_share_is_mixed(share: float) -> None:
    frame = np.full((120, 160, 3), 200, np.uint8)
    paste(frame, BOX, np.full((64, 64, 3), 100, np.uint8), SHIFTED, np.full((64, 64), share, np.float32), SHIFTED)
    assert (frame[62, 72] == 200 - 100 * share).all()


def test_a_larger_crop_is_read_at_half_its_size() -> None:
    halves = np.zeros((128, 128, 3), np.uint8)
    halves[:, 64:] = 255
    frame = FRAME.copy()
    paste(frame, BOX, halves, np.array([[2.0, 0, -80], [0, 2, -60]]), np.ones((64, 64), np.float32), SHIFTED)
    assert (frame[30:94, 40:71] == 0).all()
    assert (frame[30:94, 73:104] == 255).all()


def test_a_crop_fades_at_its_edge_only() -> None:
    shown = inset(100, 0.1)
    assert shown[0].max() == shown[:, 99].max() == 0
    assert (shown[10:90, 10:90] == 1).all()
    assert (np.diff(shown[50, :11]) > 0).all()
    assert (shown == shown.T).all()
