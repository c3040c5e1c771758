from dataclasses import replace

import numpy as np
import pytest

from faceswap.delight import evenly_lit, low_frequencies
from tests.prediction_routine.faceswap.unfolded import MIDDLE, SIDE, SKIN, plain

RAMP = np.linspace(0.5, 1.2, SIDE, dtype=np.float32)[None, :, None]
LEFT, RIGHT = (MIDDLE, 40), (MIDDLE, SIDE - 41)


def test_where_nothing_is_known_it_stays_finite() -> None:
    face = plain()
    assert np.isfinite(evenly_lit(replace(face, shown=np.zeros_like(face.shown))).texture).all()


def test_a_face_lit_evenly_stays_as_it_is() -> None:
    assert np.abs(evenly_lit(plain()).texture - SKIN).max() < 1


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.3, 1.0, 0.7)])
def test_light_from_the_side_is_evened_out_whatever_its_colour(tint: tuple[float, float, float]) -> None:
    face = plain()
    lit = replace(face, texture=face.texture * RAMP ** np.array(tint, np.float32))
    before, after = (np.abs(each[LEFT] - each[RIGHT]) for each in (lit.texture, evenly_lit(lit).texture))
    assert (after < 0.35 * before).all()


def test_features_keep_their_contrast() -> None:
    face = plain()
    texture = face.texture * RAMP
    for column in (40, SIDE - 41):
        texture[60:64, column - 2 : column + 3] *= 0.4
    lit = evenly_lit(replace(face, texture=texture)).texture
    for column in (40, SIDE - 41):
        assert lit[62, column, 1] < 0.6 * lit[70, column, 1]


@pytest.mark.parametrize("level", [2, 254])
def test_what_is_black_or_burnt_out_counts_as_hardly_shown(level: int) -> None:
    face = plain()
    texture = face.texture.copy()
    texture[:, :MIDDLE] = level
    lit = evenly_lit(replace(face, texture=texture))
    assert lit.shown[LEFT] < 0.6 < 0.95 < lit.shown[RIGHT]


def test_low_frequencies_come_from_where_there_is_weight() -> None:
    texture, weight = np.zeros((SIDE, SIDE, 3), np.float32), np.zeros((SIDE, SIDE), np.float32)
    texture[:, :20], weight[:, :20] = 100, 1
    assert np.abs(low_frequencies(texture, weight, 4)[:, :60] - 100).max() < 5
