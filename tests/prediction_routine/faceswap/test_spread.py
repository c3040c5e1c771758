import numpy as np

from faceswap.spread import blurred, spread

PICTURE = np.random.default_rng(0).uniform(0, 255, (64, 64, 3)).astype(np.float32)


def test_nothing_known_is_finite() -> None:
    assert np.isfinite(spread(PICTURE, np.zeros((64, 64), np.float32))).all()


def test_one_colour_goes_everywhere() -> None:
    known = np.zeros((64, 64), np.float32)
    known[20:40, 20:40] = 1
    grey = np.full((64, 64, 3), 90, np.float32)
    assert np.allclose(spread(grey, known), 90, atol=1)


def test_what_is_not_known_does_not_count() -> None:
    known = np.zeros((64, 64), np.float32)
    known[:, :32] = 1
    picture = np.full((64, 64, 3), 250, np.float32)
    picture[:, :32] = 40
    assert spread(picture, known).max() < 45


def test_each_side_goes_on_where_it_is_nearest() -> None:
    known = np.zeros((64, 64), np.float32)
    known[:, :16] = known[:, -16:] = 1
    picture = np.zeros((64, 64, 3), np.float32)
    picture[:, 32:] = 200
    filled = spread(picture, known)
    assert filled[32, 20, 0] < 60 < 140 < filled[32, 44, 0]


def test_a_blur_counts_only_what_has_weight() -> None:
    weight = np.zeros((64, 64), np.float32)
    weight[:, :32] = 1
    picture = np.where(weight > 0, 40, 250).astype(np.float32)
    assert np.allclose(blurred(picture, weight, 4)[:, :40], 40, atol=0.5)
    assert np.isfinite(blurred(picture, np.zeros_like(weight), 4)).all()
