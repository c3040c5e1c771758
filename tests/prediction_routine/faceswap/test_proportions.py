import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faceswap.mesh import Mesh
from faceswap.proportions import LONGEST_MEMORY, MODES, Pose, Proportions, ProportionSpace
from tests.rotations import rotation

STRAIGHT = Pose(10.0, np.eye(3, dtype=np.float32))


def of(*numbers: float) -> Proportions:
    coefficients = np.zeros((2, MODES), np.float32)
    coefficients.flat[: len(numbers)] = numbers
    return Proportions(coefficients, 1)


def shown(
    mesh: Mesh, size: float, angles: tuple[float, float, float], shift: float, proportions: np.ndarray | float = 0.0
) -> np.ndarray:
    """Landmarks of the canonical face, y down as in a picture, turned by yaw, pitch and roll."""
    face = mesh.vertices * (1, -1, -1) + proportions
    return np.asarray(face @ rotation(*angles) * size + shift, np.float32)


@given(
    size=st.floats(2, 60),
    yaw=st.floats(-0.7, 0.7),
    pitch=st.floats(-0.4, 0.4),
    roll=st.floats(-3, 3),
    shift=st.floats(-500, 500),
)
@settings(deadline=None, max_examples=40)
def test_a_pose_is_no_proportion(
    space: ProportionSpace, mesh: Mesh, size: float, yaw: float, pitch: float, roll: float, shift: float
) -> None:
    found, pose = space.measure(shown(mesh, size, (yaw, pitch, roll), shift))
    assert np.abs(found.coefficients).max() < 0.05
    assert pose.scale == pytest.approx(size, rel=1e-3)
    assert np.allclose(pose.rotation, rotation(yaw, pitch, roll), atol=1e-3)


def test_landmarks_in_one_point_are_measured_without_breaking(space: ProportionSpace) -> None:
    found, pose = space.measure(np.full((468, 3), 7, np.float32))
    assert np.isfinite(found.coefficients).all()
    assert np.isfinite(space.movement(found, of(5), pose, 1.0)).all()


def test_a_movement_leads_from_one_face_to_the_other(space: ProportionSpace, mesh: Mesh) -> None:
    wide = mesh.vertices * (0.1, 0, 0)
    user, pose = space.measure(shown(mesh, 20, (0, 0, 0), 300))
    source, _ = space.measure(shown(mesh, 35, (0.2, 0, 0.3), 100, wide))
    before = shown(mesh, 20, (0, 0, 0), 300)
    moved = space.movement(user, source, pose, 1.0)
    jaw = [172, 397]  # the two corners of the jaw
    assert moved[jaw[0], 0] < -2
    assert moved[jaw[1], 0] > 2
    after = before.copy()
    after[:, :2] += moved
    nearer, _ = space.measure(after)
    distance = [np.linalg.norm(source.coefficients - p.coefficients) for p in (nearer, user)]
    assert distance[0] < 0.5 * distance[1]


@pytest.mark.parametrize(("upper", "lower"), [(105, 145), (334, 374), (0, 17)])
def test_what_expression_moves_keeps_its_own_height(space: ProportionSpace, mesh: Mesh, upper: int, lower: int) -> None:
    """Brow and lower lid of each eye, and the lips, of a face that is to become a sixth longer."""
    user, pose = space.measure(shown(mesh, 20, (0, 0, 0), 300))
    source, _ = space.measure(shown(mesh, 20, (0, 0, 0), 300, mesh.vertices * (0, -0.17, 0)))
    moved = space.movement(user, source, pose, 1.0)[:, 1]
    canonical = -mesh.vertices[:, 1] * 20

    def longer(above: int, below: int) -> float:
        return float((moved[below] - moved[above]) / (canonical[below] - canonical[above]))

    assert longer(10, 152) > 0.1, "forehead to chin"
    assert abs(longer(upper, lower)) < 0.05


def test_a_movement_turns_with_the_head(space: ProportionSpace) -> None:
    straight = space.movement(of(), of(20, 10, 10), STRAIGHT, 1.0)
    rolled = space.movement(of(), of(20, 10, 10), Pose(10.0, rotation(0, 0, np.pi / 2)), 1.0)
    assert np.abs(straight).max() > 5
    assert np.allclose(np.abs(rolled), np.abs(straight[:, ::-1]), atol=1e-3)


def test_strength_is_a_share_of_the_way(space: ProportionSpace) -> None:
    whole = space.movement(of(), of(20, 10, 10), STRAIGHT, 1.0)
    assert np.allclose(space.movement(of(), of(20, 10, 10), STRAIGHT, 0.5), whole / 2, atol=1e-4)
    assert not space.movement(of(), of(20, 10, 10), STRAIGHT, 0.0).any()


def test_two_pictures_of_one_person_move_nothing(space: ProportionSpace) -> None:
    assert not space.movement(of(), of(1, 1, 0.5), STRAIGHT, 1.0).any()


def test_measurements_are_averaged_by_their_frames() -> None:
    joined = Proportions(of(4).coefficients, 3).joined(Proportions(of(8).coefficients, 1))
    assert joined.coefficients[0, 0] == 5
    assert joined.frames == 4


def test_the_oldest_is_forgotten_at_last() -> None:
    known = of(0)
    for _ in range(3 * int(LONGEST_MEMORY)):
        known = known.joined(of(6))
    assert known.frames == LONGEST_MEMORY
    assert known.coefficients[0, 0] == pytest.approx(6, abs=0.1)


def test_a_head_turned_away_hardly_counts(space: ProportionSpace, mesh: Mesh) -> None:
    straight, _ = space.measure(shown(mesh, 20, (0, 0, 0), 0))
    away, _ = space.measure(shown(mesh, 20, (1.1, 0, 0), 0))
    assert away.frames < 0.02 < 1 == straight.frames


def test_an_open_mouth_counts_less(space: ProportionSpace, mesh: Mesh) -> None:
    talking = np.zeros_like(mesh.vertices)
    talking[14, 1] = 0.5
    closed, _ = space.measure(shown(mesh, 20, (0, 0, 0), 0))
    opened, _ = space.measure(shown(mesh, 20, (0, 0, 0), 0, talking))
    wide, _ = space.measure(shown(mesh, 20, (0, 0, 0), 0, talking * 4))
    assert wide.frames < 0.02 < opened.frames < closed.frames == 1


def test_where_too_little_is_known_hardly_anything_moves(space: ProportionSpace) -> None:
    source = of(20, 10, 10)
    sure = space.movement(of(), source, STRAIGHT, 1.0)
    unsure = space.movement(Proportions(of().coefficients, 0.1), source, STRAIGHT, 1.0)
    assert np.allclose(unsure, 0.1 * sure, atol=1e-4)
