import json
from pathlib import Path

import pytest

from faceswap.model_folder import read_model_folder
from faceswap.trained import SAVED_MODEL, TFLITE, identities_of
from tests.prediction_routine.tiny_networks import painter
from training.autoencoder.errors import TrainingError
from training.autoencoder.package import add_identity, checked_name, start_folder

TOLD = {"embedding": [1.0] + [0.0] * 127, "consent": "Ana Ruiz, in writing, 2025-03-01", "trained_by": "me"}
GREY = painter((0.5, 0.5, 0.5))


@pytest.mark.parametrize("name", ["", "Anna", "a b", "../x", "-a", "a" * 41])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(TrainingError, match="a name is 1 to 40 of"):
        checked_name(name)


def test_a_base_that_is_no_model_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="make models"):
        start_folder(tmp_path / "new", tmp_path / "nowhere")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_none_is_not_written_to(tmp_path: Path, model_dir: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(TrainingError, match="make models"):
        start_folder(tmp_path / "other", model_dir)


def test_identities_are_added_and_replaced_and_carry_their_record(tmp_path: Path, model_dir: Path) -> None:
    folder = tmp_path / "model"
    start_folder(folder, model_dir)
    version = read_model_folder(folder).version
    add_identity(folder, "anna", TFLITE, GREY, TOLD)
    add_identity(folder, "ben", TFLITE, GREY, TOLD)
    add_identity(folder, "anna", SAVED_MODEL, b"another", TOLD)
    model = read_model_folder(folder)
    assert model.version != version
    (entry,) = model.engines
    found = identities_of(entry)
    assert {name: (identity.form, identity.path.name) for name, identity in found.items()} == {
        "anna": (SAVED_MODEL, "autoencoder_anna.saved_model.zip"),
        "ben": (TFLITE, "autoencoder_ben.tflite"),
    }
    assert not (folder / "autoencoder_anna.tflite").exists()
    settings = json.loads((folder / "manifest.json").read_text())["engines"][0]["settings"]
    assert settings["identities"]["ben"] == {"form": TFLITE, **TOLD}
