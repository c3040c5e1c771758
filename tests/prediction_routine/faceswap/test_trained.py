import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from faceswap.model_folder import EngineEntry, ModelFolderError
from faceswap.trained import SAVED_MODEL, TFLITE, Identity, identities_of, open_network
from tests.prediction_routine.tiny_networks import painter, pointwise

EMBEDDING = [1.0] + [0.0] * 127
TOLD = {"form": TFLITE, "embedding": EMBEDDING}
Make = Callable[..., Identity]


@pytest.fixture
def identity(tmp_path: Path) -> Make:
    def make(blob: bytes, form: str = TFLITE) -> Identity:
        path = tmp_path / f"autoencoder_anna.{form}"
        path.write_bytes(blob)
        return Identity(
            "anna",
            path,
            form,
            np.array(EMBEDDING, np.float32),
        )

    return make


def entry(settings: dict[str, object], *roles: str) -> EngineEntry:
    return EngineEntry("autoencoder", "autoencoder", {role: Path(f"{role}.tflite") for role in roles}, settings)


@pytest.mark.parametrize("settings", [{}, {"identities": None}, {"identities": {"ben": TOLD}}])
def test_files_and_settings_must_tell_of_the_same_people(settings: dict[str, object]) -> None:
    with pytest.raises(
        ModelFolderError, match=r"the engine autoencoder: its files are for anna, its settings tell of \w+; export"
    ):
        identities_of(entry(settings, "anna"))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, "form is None, tflite or saved_model was expected"),
        ({**TOLD, "form": "onnx"}, "form is 'onnx', tflite or saved_model was expected"),
        ({"form": TFLITE}, "lacks the person's embedding, 128 numbers of length 1"),
        ({**TOLD, "embedding": "me"}, "lacks the person's embedding"),
        ({**TOLD, "embedding": [1.0] * 128}, "lacks the person's embedding"),
        ({**TOLD, "embedding": [float("nan")] * 128}, "lacks the person's embedding"),
    ],
)
def test_an_identity_that_is_not_described_is_refused(told: object, said: str) -> None:
    with pytest.raises(ModelFolderError, match=said):
        identities_of(entry({"identities": {"anna": told}}, "anna"))


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ModelFolderError, match="a name is 1 to 40 of a-z"):
        identities_of(entry({"identities": {"../Anna": TOLD}}, "../Anna"))


def test_identities_come_with_their_embedding() -> None:
    assert identities_of(entry({"identities": {}})) == {}
    (anna,) = identities_of(entry({"identities": {"anna": TOLD}}, "anna")).values()
    assert (anna.name, anna.path, anna.form, anna.embedding.tolist()) == ("anna", Path("anna.tflite"), TFLITE, EMBEDDING)


@pytest.mark.parametrize("blob", [b"", b"not a network", painter((0, 0, 0))[:200]])
def test_what_is_no_network_is_named(identity: Make, blob: bytes) -> None:
    with pytest.raises(ModelFolderError, match=r"autoencoder_anna\.tflite is not a \.tflite network, or is cut short"):
        open_network(identity(blob))


@pytest.mark.parametrize(
    ("side", "inputs", "outputs"), [(64, 3, 3), (64, 4, 4), (64, 3, 5), (16, 3, 4), (1024, 3, 4)]
)  # fmt: skip
def test_a_network_for_something_else_is_named_with_what_was_expected(
    identity: Make, side: int, inputs: int, outputs: int
) -> None:
    blob = pointwise(side, np.zeros((outputs, inputs), np.float32), np.zeros(outputs, np.float32))
    expected = r"not an autoencoder for faces: one input \(1, side, side, 3\), side 64 to 512, and one output .* found; export"
    with pytest.raises(ModelFolderError, match=expected):
        open_network(identity(blob))


def test_a_network_gives_a_face_and_a_mask(identity: Make) -> None:
    network = open_network(identity(painter((0.1, 0.2, 0.3), 0.9, keep=0.5)))
    assert network.side == 64
    answer = network(np.full((1, 64, 64, 3), 0.4, np.float32))
    assert answer.shape == (1, 64, 64, 4)
    assert answer[0, 5, 5] == pytest.approx([0.3, 0.4, 0.5, 0.9], abs=1e-5)


def test_a_saved_model_without_tensorflow_says_what_to_do(identity: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("saved_model.pb", b"")
    with pytest.raises(
        ModelFolderError, match=r"needs TensorFlow, which is not installed; install .* or export .* as \.tflite"
    ):
        open_network(identity(archive.getvalue(), SAVED_MODEL))


def test_tensorflow_is_imported_for_nothing_else(identity: Make) -> None:
    open_network(identity(painter((0, 0, 0))))
    assert "tensorflow" not in sys.modules
