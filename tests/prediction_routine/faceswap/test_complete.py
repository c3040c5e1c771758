from dataclasses import replace

import numpy as np

from faceswap.complete import complete
from tests.prediction_routine.faceswap.unfolded import MIDDLE, SIDE, SKIN, plain

LEFT, RIGHT = (MIDDLE, 40), (MIDDLE, SIDE - 41)


def test_a_face_of_which_nothing_is_known_is_finite() -> None:
    face = plain()
    nothing = replace(face, shown=np.zeros_like(face.shown), covered=face.face.copy())
    assert complete(nothing).shape == (SIDE, SIDE, 3)


def test_a_whole_face_stays_as_it_is() -> None:
    face = plain()
    texture = face.texture.copy()
    texture[LEFT] = (0, 0, 255)
    found = complete(replace(face, texture=texture))
    assert tuple(found[LEFT]) == (0, 0, 255)
    assert tuple(found[RIGHT]) == SKIN


def test_the_hidden_half_is_the_mirror_image_of_the_other() -> None:
    face = plain()
    texture, shown = face.texture.copy(), face.shown.copy()
    texture[:, :MIDDLE], shown[:, :MIDDLE] = (10, 10, 10), 0
    texture[60:66, SIDE - 45 : SIDE - 38] = (40, 40, 220)
    found = complete(replace(face, texture=texture, shown=shown))
    assert np.abs(found[62, 41].astype(int) - (40, 40, 220)).max() < 4
    assert np.abs(found[90, 41].astype(int) - SKIN).max() < 4


def test_what_is_covered_on_both_sides_goes_on_as_skin_with_its_grain() -> None:
    face = plain()
    rough = np.random.default_rng(1).normal(0, 6, (SIDE, SIDE, 1)).astype(np.float32)
    texture, covered = face.texture + rough, face.covered.copy()
    texture[:45], covered[:45] = (20, 20, 20), 1
    found = complete(replace(face, texture=texture, covered=covered)).astype(float)
    filled = found[28:40, 54:74]
    assert np.abs(filled.mean((0, 1)) - SKIN).max() < 8
    assert 0.25 < filled.mean(2).std() / found[80:100, 54:74].mean(2).std() < 1.5


def test_outside_the_outline_the_edge_goes_on() -> None:
    face = plain()
    texture = np.where(face.face[..., None] > 0, face.texture, 255)
    assert np.abs(complete(replace(face, texture=texture)).astype(int) - SKIN).max() < 12
