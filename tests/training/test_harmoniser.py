"""The parts of the harmoniser's training that need TensorFlow."""

import csv
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from faceswap.harmonise import CHANNELS, LOG_GAIN, SIDE, Harmoniser, network_input, parts
from faceswap.mask import FaceMask
from faceswap.networks import Network, unfolded
from training.export import to_tflite
from training.harmoniser import net
from training.harmoniser.batches import plain
from training.harmoniser.chip import CHIP_SIDE
from training.harmoniser.losses import SAME, chips, given, learner, likeness, strangeness, truth
from training.harmoniser.pairs import Pairs
from training.harmoniser.train import train


def made_up(people: int, each: int) -> Pairs:
    """Discs for faces, each lit too brightly: enough to learn that they are to be darker."""
    rng, count = np.random.default_rng(0), people * people * each
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(alpha, (SIDE // 2, SIDE // 2), SIDE // 3, 255, -1)
    user = rng.integers(80, 120, (count, SIDE, SIDE, 3), dtype=np.uint8)
    person, source = np.repeat(np.arange(people), people * each), np.tile(np.arange(people), people * each)
    chip = np.array([[CHIP_SIDE / SIDE, 0, 0], [0, CHIP_SIDE / SIDE, 0]], np.float32)
    names = np.array([f"person {n}" for n in range(people)])
    return Pairs(
        user, user + np.uint8(40), user, np.stack([alpha] * count), np.stack([chip] * count), names[person], names[source],
        source.astype(np.int32), rng.integers(0, 255, (people, CHIP_SIDE, CHIP_SIDE, 3), dtype=np.uint8),
    )  # fmt: skip


def embedding() -> keras.Model:
    """Stands for the identity network: the mean colour, in steps that count."""
    pixels = keras.Input((CHIP_SIDE, CHIP_SIDE, 3))
    return keras.Model(pixels, keras.layers.GlobalAveragePooling2D()(pixels / 10))


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    return net.build()


def test_untrained_it_changes_nothing(network: keras.Model) -> None:
    lit = np.random.default_rng(0).random((2, SIDE, SIDE, 3)).astype(np.float32)
    answer = network(np.random.default_rng(1).random((2, SIDE, SIDE, CHANNELS)).astype(np.float32))
    assert np.allclose(net.applied(answer, lit), lit, atol=1e-6)


def test_training_and_serving_do_the_same_to_a_face() -> None:
    rng = np.random.default_rng(0)
    answer = rng.normal(0, 0.3, (1, SIDE // 2, SIDE // 2, 15)).astype(np.float32)
    lit = rng.random((1, SIDE, SIDE, 3)).astype(np.float32)
    gain = cv2.resize(np.exp(np.clip(answer[0, :, :, :3], -LOG_GAIN, LOG_GAIN)), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    served = np.clip(lit[0] * gain + unfolded(answer[0, :, :, 3:], 3), -0.1, 1.1)
    assert np.abs(np.asarray(net.applied(answer, lit))[0] - served).max() < 1e-4


def test_the_exported_network_answers_as_the_trained_one(network: keras.Model) -> None:
    trained = keras.models.clone_model(network)
    weights = [np.random.default_rng(i).normal(0, 0.05, w.shape) for i, w in enumerate(trained.get_weights())]
    trained.set_weights(weights)
    user = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    mask = FaceMask(
        np.full((SIDE, SIDE), 0.7, np.float32), np.full((SIDE, SIDE), 255, np.uint8), np.ones((SIDE, SIDE), np.float32)
    )
    served = Network(to_tflite(trained))
    pixels = network_input(parts(user, user, mask))[None]
    assert np.abs(served(pixels)[0] - np.asarray(trained(pixels))).max() < 1e-4
    assert Harmoniser(served)(user, user, mask, 1.0) is not None


def test_the_loss_does_not_ask_about_what_has_no_weight() -> None:
    face = np.random.default_rng(0).random((1, 16, 16, 3)).astype(np.float32)
    nothing = np.concatenate([np.zeros_like(face), np.zeros((1, 16, 16, 1), np.float32)], 3)
    assert float(likeness(nothing, face)) == pytest.approx(0, abs=1e-6)
    own = np.concatenate([face, np.ones((1, 16, 16, 1), np.float32)], 3)
    assert float(likeness(own, face)) == pytest.approx(0, abs=1e-6)


def test_nearer_than_two_frames_of_one_person_is_near_enough() -> None:
    sources = np.zeros((1, 4), np.float32)
    near, far = np.zeros((1, 4), np.float32), np.zeros((1, 4), np.float32)
    near[0, 0], far[0, 0] = SAME / 2, SAME + 0.5
    assert float(strangeness(sources, near)) == pytest.approx(0, abs=1e-3)
    assert float(strangeness(sources, far)) == pytest.approx(0.5, abs=1e-3)


def test_chips_are_what_opencv_cuts_out_in_red_green_blue() -> None:
    picture = cv2.GaussianBlur(np.random.default_rng(0).random((SIDE, SIDE, 3)).astype(np.float32), (0, 0), 3)
    affine = np.array([[1.1, 0.2, -6], [-0.2, 1.1, 14]], np.float32)
    wanted = cv2.warpAffine(picture, affine.astype(float), (CHIP_SIDE, CHIP_SIDE))[..., ::-1] * 255
    found = np.asarray(chips(picture[None], affine[None]))[0]
    assert np.abs(found - wanted)[40:110, 40:110].max() < 2


def test_it_learns_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    pairs, run = made_up(4, 2), tmp_path / "run"
    first = train(pairs, run, ["person 2", "person 3"], 0.15, 2e-3, None, 0.0)
    assert first.psnr > first.plain_psnr
    train(pairs, run, ["person 2", "person 3"], 0.02, 1e-3, embedding(), 0.1)
    rows = list(csv.DictReader((run / "log.csv").open()))
    assert int(rows[-1]["step"]) > int(rows[0]["step"])
    assert float(rows[0]["strange"]) == 0 < float(rows[-1]["strange"])
    assert cv2.imread(str(run / "preview.png")) is not None
    assert keras.saving.load_model(run / "best.keras", compile=False).output_shape == (None, SIDE // 2, SIDE // 2, 15)


def test_someone_who_is_not_there_cannot_validate(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="person 0, person 1"):
        train(made_up(2, 1), tmp_path, ["nobody"], 0.01, 1e-3, None, 0.0)


def test_a_learner_takes_what_batches_give() -> None:
    pairs = made_up(2, 1)
    own, foreign = plain(pairs, np.array([0, 3])), plain(pairs, np.array([1, 2]))
    network = net.build()
    face, found = learner(network, embedding())(given(own, foreign))
    assert face.shape == (2, SIDE, SIDE, 3)
    assert found.shape == (2, 3)
    assert truth(own).shape == (2, SIDE, SIDE, 4)
