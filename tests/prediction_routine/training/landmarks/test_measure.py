import numpy as np
import pytest
from numpy.typing import NDArray

from training.landmarks.measure import Answers, compare

MESH = np.random.default_rng(0).uniform(0, 256, (4, 478, 3)).astype(np.float32)


def faces(*seen: bool) -> NDArray[np.bool_]:
    return np.array(seen)


def test_without_a_face_in_common_the_distance_is_infinite() -> None:
    figures = compare(Answers(MESH, faces(True, True, False, False)), Answers(MESH, faces(False, False, True, True)))
    assert figures.points == figures.depth == figures.irises == float("inf")


def test_the_same_answers_differ_by_nothing() -> None:
    answers = Answers(MESH, faces(True, True, True, True))
    assert vars(compare(answers, answers)) == {"points": 0, "depth": 0, "irises": 0, "missed": 0, "invented": 0}


def test_points_irises_and_depth_are_told_apart() -> None:
    other = MESH.copy()
    other[:, :468] += (3, 4, 7)
    other[:, 468:, 0] += 2
    seen = faces(True, True, True, True)
    figures = compare(Answers(MESH, seen), Answers(other, seen))
    assert (figures.points, figures.irises, figures.depth) == pytest.approx((5, 2, 7), abs=1e-4)


def test_what_is_missed_and_what_is_invented_are_shares_of_their_own() -> None:
    figures = compare(Answers(MESH, faces(True, True, False, True)), Answers(MESH, faces(True, False, True, True)))
    assert figures.missed == pytest.approx(1 / 3)
    assert figures.invented == 1
