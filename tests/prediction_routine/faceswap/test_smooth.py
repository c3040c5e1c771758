import numpy as np
import pytest

from faceswap.smooth import LONGEST_STEP_MS, smooth

STILL = np.random.default_rng(0).uniform(100, 300, (468, 3)).astype(np.float32)


@pytest.mark.parametrize("step_ms", [0.0, -33.0, LONGEST_STEP_MS + 1, 1e9])
def test_without_a_fitting_step_the_landmarks_are_taken_as_they_are(step_ms: float) -> None:
    assert (smooth(STILL, STILL[:, :2] + 3, step_ms, 200) == STILL).all()


def test_what_stays_stays() -> None:
    assert np.allclose(smooth(STILL, STILL[:, :2], 33, 200), STILL, atol=1e-4)


def test_trembling_is_taken_out() -> None:
    random, before, left, came = np.random.default_rng(1), STILL[:, :2], [], []
    for _ in range(60):
        noisy = STILL.copy()
        noisy[:, :2] += random.normal(0, 0.3, (468, 2))
        after = smooth(noisy, before, 33, 200)[:, :2]
        left.append(np.abs(after - before).mean())
        came.append(np.abs(noisy[:, :2] - STILL[:, :2]).mean())
        before = after
    assert np.mean(left[10:]) < 0.5 * np.mean(came)


def test_a_moving_face_is_followed() -> None:
    before = STILL[:, :2]
    for n in range(1, 30):
        moved = STILL.copy()
        moved[:, 0] += 8 * n
        before = smooth(moved, before, 33, 200)[:, :2]
    assert np.abs(before[:, 0] - STILL[:, 0] - 8 * 29).max() < 8 * 0.35


def test_a_face_that_moves_as_a_whole_is_followed_more_closely_than_one_landmark() -> None:
    moved = STILL.copy()
    moved[:, 0] += 3
    whole = smooth(moved, STILL[:, :2], 33, 200)
    single = STILL.copy()
    single[7, 0] += 3
    alone = smooth(single, STILL[:, :2], 33, 200)
    assert 1.3 * (3 - (whole - STILL)[:, 0].max()) < 3 - (alone - STILL)[7, 0]


def test_a_face_that_turns_and_comes_nearer_is_followed() -> None:
    before = STILL[:, :2]
    for n in range(1, 30):
        c, s = (1 + 0.01 * n) * np.array([np.cos(0.03 * n), np.sin(0.03 * n)])
        moved = STILL.copy()
        moved[:, :2] = (STILL[:, :2] - 200) @ np.array([[c, s], [-s, c]], np.float32) + 200
        before = smooth(moved, before, 33, 200)[:, :2]
    assert np.abs(before - moved[:, :2]).max() < 1.0


def test_a_collapsed_shape_of_before_draws_nothing_to_nowhere() -> None:
    assert np.isfinite(smooth(STILL, np.full((468, 2), 5, np.float32), 33, 200)).all()


def test_depth_is_left_alone() -> None:
    moved = STILL + np.float32(1)
    assert (smooth(moved, STILL[:, :2], 33, 200)[:, 2] == moved[:, 2]).all()
