"""The parts of the training that need TensorFlow: `python -m pytest tests/training` in the environment for training."""

import csv
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from faceswap.networks import Network
from faceswap.occlusion import Occlusion
from training import net
from training.export import to_tflite
from training.faces import SIDE, FaceSet
from training.train import REPLAY_AFTER, REPLAYS, loss, replayed, train


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    return net.build()


def painted_faces(people: int) -> FaceSet:
    """Ovals with the landmarks on circles: enough for every step to run on."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(60, 90, (people, SIDE, SIDE, 3), dtype=np.uint8)
    angles, radii = rng.uniform(0, 2 * np.pi, 468), rng.uniform(0, 50, 468)
    points = np.stack([80 + radii * np.cos(angles), 80 + radii * np.sin(angles)], 1).astype(np.float32)
    points[[33, 263]] = (60, 70), (100, 70)
    certain = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(certain, (80, 80), 50, 255, -1)
    names = np.array([f"person {n}" for n in range(people)])
    return FaceSet(pictures, np.stack([points] * people), np.stack([certain] * people), names, pictures, names)


def test_the_answer_is_as_fine_as_the_picture(model: keras.Model) -> None:
    logits = model(np.zeros((2, net.SIDE, net.SIDE, 3), np.float32))
    assert net.unfolded(logits).shape == (2, net.SIDE, net.SIDE)


def test_a_cell_unfolds_row_by_row() -> None:
    cells = np.arange(8, dtype=np.float32).reshape(1, 1, 2, 4)
    assert keras.ops.convert_to_numpy(net.unfolded(keras.ops.convert_to_tensor(cells)))[0].tolist() == [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
    ]


def test_the_loss_does_not_ask_about_what_has_no_weight() -> None:
    logits = np.random.default_rng(0).normal(size=(1, 4, 4, 4)).astype(np.float32)
    truth = np.stack([np.ones((1, 8, 8), np.float32), np.zeros((1, 8, 8), np.float32)], -1)
    assert float(loss(truth, logits)) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("logit", [6, -6])
def test_the_loss_is_the_cross_entropy_and_a_share_of_what_is_wrongly_hidden(logit: int) -> None:
    truth = np.ones((1, 8, 8, 2), np.float32)
    hidden = 1 / (1 + np.exp(logit))
    expected = -np.log(1 - hidden) + 0.2 * (1 - 1 / (64 * hidden + 1))
    assert float(loss(truth, np.full((1, 4, 4, 4), logit, np.float32))) == pytest.approx(expected, rel=1e-3)


def test_the_exported_network_answers_as_the_model_does(model: keras.Model) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (net.SIDE, net.SIDE, 3), dtype=np.uint8)
    exported = Network(to_tflite(model))
    pixels = np.float32(picture[None] / 255)
    assert exported(pixels)[0] == pytest.approx(keras.ops.convert_to_numpy(model(pixels)), abs=1e-3)
    logits = keras.ops.convert_to_numpy(net.unfolded(model(pixels)))[0]
    assert ((Occlusion(exported)(picture) > 0.5) == (logits > 0)).mean() > 0.99


def test_batches_come_again_mirrored() -> None:
    fresh = ((np.full((1, 2, 2, 3), n / 1000, np.float32), np.zeros((1, 2, 2, 2), np.float32)) for n in range(200))
    count = sum(1 for _ in replayed(fresh, np.random.default_rng(0)))
    assert count >= 200 + REPLAYS * (200 - REPLAY_AFTER - 1)


def test_it_trains_within_its_time_and_goes_on_from_there(tmp_path: Path) -> None:
    painted_faces(2).save(tmp_path / "faces.npz")
    for expected in (1, 2):
        train(tmp_path / "faces.npz", tmp_path / "run", ["person 1"], minutes=0.05)
        with (tmp_path / "run" / "log.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == expected
    assert int(rows[1]["step"]) > int(rows[0]["step"])
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"best.keras", "last.keras", "log.csv", "preview.png"}


def test_people_that_are_not_there_cannot_validate(tmp_path: Path) -> None:
    painted_faces(2).save(tmp_path / "faces.npz")
    with pytest.raises(SystemExit, match="choose some of person 0, person 1"):
        train(tmp_path / "faces.npz", tmp_path / "run", ["nobody"], minutes=0.01)
