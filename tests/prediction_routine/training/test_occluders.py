from itertools import pairwise

import numpy as np
import pytest

from training.bare import changed
from training.camera import motion, seen
from training.canvas import Canvas
from training.fills import anything
from training.occluders import KINDS, draw, some_kind

SIZES = 12


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_within_bounds_and_hides_something(kind: str, canvas: Canvas) -> None:
    hidden = []
    for seed in range(SIZES):
        layer = draw(kind, np.random.default_rng(seed), canvas)
        assert layer.alpha.shape == (canvas.side, canvas.side)
        assert layer.colour.shape == (canvas.side, canvas.side, 3)
        assert layer.alpha.dtype == layer.colour.dtype == np.float32
        assert np.isfinite(layer.colour).all()
        assert layer.alpha.min() >= 0
        assert layer.alpha.max() <= 1
        hidden.append(float(layer.alpha.mean()))
    assert max(hidden) > 0.01
    assert len(set(hidden)) > SIZES / 2  # never the same thing


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same(kind: str, canvas: Canvas) -> None:
    one, two = (draw(kind, np.random.default_rng(3), canvas) for _ in range(2))
    assert (one.alpha == two.alpha).all()
    assert (one.colour == two.colour).all()


def test_a_hand_has_the_colour_of_its_owner(canvas: Canvas) -> None:
    away = []
    for seed in range(20):
        layer = draw("hand", np.random.default_rng(seed), canvas)
        colour = np.median(layer.colour[layer.alpha > 0.9], axis=0)
        away.append(np.linalg.norm(colour / colour.sum() - canvas.skin() / canvas.skin().sum()))
    assert np.median(away) < 0.05


def test_all_kinds_come_in_the_end(canvas: Canvas) -> None:
    assert sum(share for share, _ in KINDS.values()) == pytest.approx(1)
    rng = np.random.default_rng(0)
    areas = [float(draw(some_kind(rng), rng, canvas).alpha.mean()) for _ in range(30)]
    assert np.ptp(areas) > 0.1


def test_fills_differ(canvas: Canvas) -> None:
    rng = np.random.default_rng(0)
    fills = [anything(rng, canvas) for _ in range(10)]
    assert all(fill.shape == canvas.picture.shape and np.isfinite(fill).all() for fill in fills)
    assert all(np.abs(one - two).mean() > 1 for one, two in pairwise(fills))


def test_what_changes_a_bare_face_leaves_it_a_face(canvas: Canvas) -> None:
    rng = np.random.default_rng(1)
    pictures = [changed(rng, canvas) for _ in range(40)]
    assert all(np.isfinite(picture).all() and picture.shape == canvas.picture.shape for picture in pictures)
    assert 5 < sum((picture == canvas.picture).all() for picture in pictures) < 35


def test_a_camera_gives_levels_of_255(canvas: Canvas) -> None:
    rng = np.random.default_rng(2)
    for _ in range(30):
        picture = seen(rng, canvas.picture)
        assert picture.shape == canvas.picture.shape
        assert picture.min() >= 0
        assert picture.max() <= 255


def test_a_movement_keeps_the_brightness() -> None:
    rng = np.random.default_rng(0)
    for longest in (3, 7, 13):
        assert motion(rng, longest).sum() == pytest.approx(1)
