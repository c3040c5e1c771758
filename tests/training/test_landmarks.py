"""The training of the landmark network's first stage: `python -m pytest tests/training` in the environment for training."""

import csv
from pathlib import Path

import build_model
import keras
import numpy as np
import pytest

from faceswap.shorten import read_weights, shorten, weights_of, without_blocks
from training.landmarks.crops import SIDE, Crops
from training.landmarks.losses import MESH, by_spread, of_logit, of_mesh
from training.landmarks.student import learnt, student, teacher
from training.landmarks.train import faces, train


@pytest.fixture(scope="module")
def original() -> bytes:
    return build_model.published("face_landmarks")


@pytest.fixture(scope="module")
def crops() -> Crops:
    """Coloured squares with landmarks on circles: enough for every step to run on."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(60, 90, (2, SIDE, SIDE, 3), dtype=np.uint8)
    angles, radii = rng.uniform(0, 2 * np.pi, 468), rng.uniform(0, 85, 468)
    points = np.stack([160 + radii * np.cos(angles), 160 + radii * np.sin(angles)], 1).astype(np.float32)
    points[[33, 263]] = (125, 140), (195, 140)
    return Crops(pictures, np.stack([points] * 2), pictures, np.array(["one", "two"]))


def test_a_folder_without_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="holds no clips"):
        faces(tmp_path, tmp_path)


@pytest.mark.parametrize("validation", [[], ["somebody"], ["one", "two"]])
def test_people_to_validate_with_are_needed_and_others_too(
    validation: list[str], crops: Crops, original: bytes, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit, match="choose some of one, two"):
        train(crops, original, tmp_path, validation, 1, 1e-3, None)


def test_nothing_is_lost_where_nothing_differs_and_nothing_is_asked_of_points_without_a_face() -> None:
    rng = np.random.default_rng(0)
    mesh = rng.uniform(0, 256, (2, 1, 1, 1434)).astype(np.float32)
    face, none = (np.full((2, 1, 1, 1), seen, np.float32) for seen in (1, 0))
    assert float(of_mesh(np.concatenate([mesh, face], 3), mesh)) == pytest.approx(MESH * 0.1, abs=1e-4)
    assert float(of_mesh(np.concatenate([mesh, none], 3), mesh + np.float32(9))) == 0
    assert float(of_mesh(np.concatenate([mesh, face], 3), mesh + np.float32(4))) == pytest.approx(MESH * 48**0.5, rel=0.01)
    assert float(by_spread(np.ones(1434, np.float32))(mesh, mesh)) == 0
    assert float(of_logit(np.float32([9, -20]), np.float32([30, -7]))) == 0
    assert float(of_logit(np.float32([2]), np.float32([-2]))) > 0


def test_the_student_gives_what_the_shortened_network_gives(original: bytes) -> None:
    short = shorten(original, read_weights(build_model.WEIGHTS / "first_stage.npz"))
    model, layers = student(short)
    pixels = np.random.default_rng(0).random((1, 256, 256, 3), np.float32)
    for ours, expected in zip(model(pixels), teacher(short)(pixels), strict=True):
        assert keras.ops.convert_to_numpy(ours) == pytest.approx(expected, abs=5e-3)
    assert sum(array.size for array in learnt(layers)) == sum(np.prod(w.shape) for w in model.trainable_weights) == 7376
    assert all((a == b).all() for a, b in zip(learnt(layers), weights_of(short), strict=True))


def test_it_trains_within_its_time_and_goes_on_from_there(crops: Crops, original: bytes, tmp_path: Path) -> None:
    for calls in (1, 2):
        train(crops, original, tmp_path, ["two"], 0.15, 1e-3, None)
        with (tmp_path / "log.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 2 * calls
    steps = [int(row["step"]) for row in rows]
    assert steps[0] == 0 < steps[1] == steps[2] < steps[3]
    begun = weights_of(without_blocks(original))
    assert any((a != b).any() for a, b in zip(read_weights(tmp_path / "last.npz"), begun, strict=True))
