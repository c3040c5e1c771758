import numpy as np
import pytest

from faceswap.geometry import Region
from faceswap.landmarks import FARTHEST, FaceLandmarker
from tests.footage import Frame

SIDE = 192
REGION = Region(100, 100, 96, 0.2)
FRAME: Frame = np.full((200, 200, 3), 127, np.uint8)


class Answer:
    """A network that says the same of every picture: 478 points, and how sure it is."""

    side = SIDE

    def __init__(self, points: np.ndarray, logit: float) -> None:
        self._outputs = [points.reshape(1, 1, 1, -1), np.array([[logit]], np.float32)]

    def __call__(self, pixels: np.ndarray) -> list[np.ndarray]:
        assert pixels.shape == (1, SIDE, SIDE, 3)
        return self._outputs


def points(spread: float = 30.0) -> np.ndarray:
    middle = np.array([SIDE / 2, SIDE / 2, 0])
    return (middle + np.random.default_rng(0).normal(0, spread, (478, 3)).clip(-60, 60)).astype(np.float32)


def landmarker(answer: np.ndarray, logit: float = 9.0) -> FaceLandmarker:
    return FaceLandmarker(Answer(answer, logit))


def test_points_come_back_in_the_frames_pixels() -> None:
    found = landmarker(points())(FRAME, REGION)
    assert found is not None
    assert found.points.shape == (468, 3)
    assert np.abs(found.points[:, :2] - 100).max() < 96 / 2
    assert found.score == pytest.approx(0.9999, abs=1e-4)


@pytest.mark.parametrize("logit", [-9.0, -0.1, float("nan"), -float("inf")])
def test_what_is_no_face_has_no_landmarks(logit: float) -> None:
    assert landmarker(points(), logit)(FRAME, REGION) is None


@pytest.mark.parametrize("wild", [float("nan"), float("inf"), -float("inf"), 3e38, (FARTHEST + 1) * SIDE])
@pytest.mark.parametrize("place", [(0, 0), (467, 1), (100, 2), (477, 0)])
def test_a_point_that_is_nowhere_makes_it_no_face(wild: float, place: tuple[int, int]) -> None:
    answer = points()
    answer[place] = wild
    assert landmarker(answer)(FRAME, REGION) is None


def test_a_face_without_size_is_none() -> None:
    assert landmarker(points(0.0))(FRAME, REGION) is None
