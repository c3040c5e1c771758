import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.mesh import Mesh, read_mesh
from faceswap.pose import turn
from tests.prediction_routine.conftest import MODEL_DIR

MESH = read_mesh((MODEL_DIR / "geometry_pipeline_metadata_landmarks.binarypb").read_bytes())


def landmarks(mesh: Mesh, yaw: float, pitch: float, roll: float = 0.0, size: float = 10.0) -> np.ndarray:
    """The canonical face, turned by angles in degrees."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    points = mesh.vertices * np.array([1, -1, -1], np.float32) @ (about_z @ about_x @ about_y).T
    return (points * size + [320, 240, 0]).astype(np.float32)


def test_landmarks_in_one_place_have_a_finite_turn() -> None:
    assert np.isfinite(turn(np.zeros((468, 3), np.float32), MESH))


@pytest.mark.parametrize("degrees", [0, 20, -45, 60, 80])
def test_a_turned_head_is_measured(degrees: float) -> None:
    assert turn(landmarks(MESH, degrees, 0), MESH) == pytest.approx(abs(degrees), abs=0.5)
    assert turn(landmarks(MESH, 0, degrees), MESH) == pytest.approx(abs(degrees), abs=0.5)


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0.5, 80))
def test_neither_tilt_nor_size_changes_it(yaw: float, roll: float, size: float) -> None:
    assert turn(landmarks(MESH, yaw, 0, roll, size), MESH) == pytest.approx(abs(yaw), abs=1)
