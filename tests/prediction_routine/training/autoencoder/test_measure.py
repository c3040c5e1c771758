from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faceswap.model_folder import read_model_folder
from faceswap.trained import TFLITE, open_network
from tests.prediction_routine.tiny_networks import painter
from training.autoencoder.errors import TrainingError
from training.autoencoder.faceset import PersonFaces
from training.autoencoder.measure import contact, identity_named, self_reconstruction, swaps
from training.autoencoder.package import add_identity, start_folder
from training.autoencoder.split import BLOCK, BLOCKS

HELD = BLOCK * (BLOCKS - 1)


@pytest.fixture
def folder(tmp_path: Path, model_dir: Path) -> Path:
    start_folder(tmp_path / "model", model_dir)
    told = {"embedding": [1.0] + [0.0] * 127}
    add_identity(tmp_path / "model", "same", TFLITE, painter((0.1, 0.1, 0.1), keep=1.0), told)
    return tmp_path / "model"


def at(faces: PersonFaces, frames: Sequence[int]) -> PersonFaces:
    return replace(faces, frames=np.array(frames, np.int32))


def test_an_identity_that_is_not_there_is_named(model_dir: Path, folder: Path) -> None:
    with pytest.raises(TrainingError, match="identities are none"):
        identity_named(read_model_folder(model_dir), "anna")
    with pytest.raises(TrainingError, match="--name anna: the model folder's identities are same"):
        identity_named(read_model_folder(folder), "anna")


def test_only_held_out_faces_are_measured(folder: Path, one_face: PersonFaces) -> None:
    network = open_network(identity_named(read_model_folder(folder), "same"))
    assert self_reconstruction(network, at(one_face, [0, 1, 2])) == []
    levels = self_reconstruction(network, at(one_face, [0, HELD, HELD + 1]))
    assert len(levels) == 2
    assert 19.5 < levels[0] < 22  # all that the painter adds is a tenth of white


def test_frames_are_swapped_as_the_server_does(folder: Path, one_face: PersonFaces) -> None:
    model = read_model_folder(folder)
    user = at(one_face, [0, HELD, 1])
    made = list(swaps(model, folder, "same", np.array(user.record.embedding, np.float32), user))
    assert len(made) == 1
    assert made[0].after.shape == made[0].before.shape
    assert made[0].to_person == made[0].to_user
    assert contact(made).shape == (2 * 192, 10 * 192, 3)
