from dataclasses import replace

import numpy as np

from faceswap.fuse import View, fuse
from tests.prediction_routine.faceswap.unfolded import MIDDLE, SIDE, SKIN, oval, plain

LEFT, RIGHT = (MIDDLE, 40), (MIDDLE, SIDE - 41)


def striped(seed: int) -> np.ndarray:
    """Fine detail, of each picture another."""
    return np.random.default_rng(seed).normal(0, 12, (SIDE, SIDE, 1)).astype(np.float32)


def test_one_view_is_left_alone() -> None:
    face = plain()
    assert fuse([View(face, 128)]) is face


def test_views_that_show_nothing_fuse_to_something_finite() -> None:
    face = plain()
    nothing = replace(face, shown=np.zeros_like(face.shown))
    assert np.isfinite(fuse([View(nothing, 128), View(nothing, 128)]).texture).all()


def test_what_the_first_hides_comes_from_the_other_in_the_colours_of_the_first() -> None:
    first, other = plain(), plain((60, 75, 100))
    texture, shown = first.texture.copy(), first.shown.copy()
    texture[:, :50], shown[:, :50] = (255, 0, 0), 0
    fused = fuse([View(replace(first, texture=texture, shown=shown), 128), View(other, 128)])
    assert np.abs(fused.texture[LEFT] - SKIN).max() < 8
    assert fused.known[LEFT] > 0.9


def test_nothing_is_an_average_of_two() -> None:
    first, other = plain(), plain()
    shown = first.shown.copy()
    shown[:, :MIDDLE] = 0
    views = [
        View(replace(first, texture=first.texture + striped(1), shown=shown), 128),
        View(replace(other, texture=other.texture + striped(2)), 128),
    ]
    fused = fuse(views).texture
    for columns, view in ((slice(30, 50), views[1]), (slice(80, 100), views[0])):
        assert np.abs(fused[50:80, columns] - view.face.texture[50:80, columns]).mean() < 2


def test_a_much_sharper_photo_gives_the_detail() -> None:
    coarse, fine = plain(), plain()
    views = [View(coarse, 48), View(replace(fine, texture=fine.texture + striped(3)), 128)]
    inside = oval() > 0
    assert fuse(views).texture[inside].std() > 0.8 * views[1].face.texture[inside].std()
