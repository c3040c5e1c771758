"""The networks of identities that were trained on footage (docs/train.md): functions from anybody's face to one person's."""

import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from faceswap.arrays import Floats
from faceswap.model_folder import EngineEntry, ModelFolderError
from faceswap.networks import Network

#: The engine's kind in a manifest (docs/models.md).
KIND = "autoencoder"
#: How a trained identity's weights may be kept: as a `.tflite` file, or as a SavedModel in a `.zip`, which needs TensorFlow.
TFLITE, SAVED_MODEL = "tflite", "saved_model"
#: An identity's name goes into addresses and file names.
IDENTITY_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
EXPORT_AGAIN = "export it again with `python -m training.autoencoder.export`"
#: Of the answer's channels: blue, green, red, and how much is face.
CHANNELS = 4
_SIDES = (64, 512)
_EMBEDDING = 128


@dataclass(frozen=True)
class Identity:
    """Somebody whose face was trained: `path` of the weights, their `form`, TFLITE or SAVED_MODEL; `embedding`: the unit mean
    of the person's SFace embeddings, float32 (128,)."""

    name: str
    path: Path
    form: str
    embedding: Floats


class FaceNetwork(Protocol):
    """From BGR pixels, 0 to 1, float32 (1, side, side, 3), to the person's face and mask, 0 to 1, (1, side, side, CHANNELS).

    Raises RuntimeError where it fails.
    """

    @property
    def side(self) -> int: ...

    def __call__(self, pixels: Floats, /) -> Floats: ...


def identities_of(entry: EngineEntry) -> dict[str, Identity]:
    """By name; `entry` has a file for each, its role being the name, and in its settings `identities`, by name, form and
    embedding. Raises ModelFolderError naming what does not fit."""
    told = entry.settings.get("identities")
    if not isinstance(told, Mapping) or set(told) != set(entry.files):
        raise ModelFolderError(
            f"the engine {entry.name}: its files are for {', '.join(entry.files) or 'nobody'}, its settings tell of "
            f"{', '.join(told) if isinstance(told, Mapping) and told else 'nobody'}; {EXPORT_AGAIN}"
        )
    return {name: _identity(name, path, told[name]) for name, path in entry.files.items()}


def _identity(name: str, path: Path, told: object) -> Identity:
    form, numbers = (told.get("form"), told.get("embedding")) if isinstance(told, Mapping) else (None, None)
    if not IDENTITY_NAME.fullmatch(name):
        raise ModelFolderError(f"the identity {name!r} of {path}: a name is 1 to 40 of a-z, 0-9, _ and -; {EXPORT_AGAIN}")
    if form not in (TFLITE, SAVED_MODEL):
        raise ModelFolderError(f"{path}: its form is {form!r}, {TFLITE} or {SAVED_MODEL} was expected; {EXPORT_AGAIN}")
    try:
        embedding = np.asarray(numbers, np.float32)
    except (TypeError, ValueError):
        embedding = np.zeros(0, np.float32)
    if embedding.shape != (_EMBEDDING,) or not 0.99 < float(np.linalg.norm(embedding)) < 1.01:
        raise ModelFolderError(f"{path} lacks the person's embedding, {_EMBEDDING} numbers of length 1; {EXPORT_AGAIN}")
    return Identity(name, path, form, embedding)


def open_network(identity: Identity) -> FaceNetwork:
    """Raises ModelFolderError naming the file, what was expected and what was found."""
    return _Lite(identity) if identity.form == TFLITE else _Saved(identity)


class _Lite:
    def __init__(self, identity: Identity) -> None:
        try:
            self._network = Network(identity.path.read_bytes())
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelFolderError(
                f"{identity.path} is not a .tflite network, or is cut short ({error}); {EXPORT_AGAIN}"
            ) from error
        if not self._network.is_float32:
            raise ModelFolderError(f"{identity.path} was quantised; a network of float32 was expected; {EXPORT_AGAIN}")
        self.side = _side(identity.path, self._network.inputs, self._network.outputs)

    def __call__(self, pixels: Floats) -> Floats:
        return self._network(pixels)[0]


class _Saved:
    """TensorFlow is imported only here, and only where a manifest says that an identity is a SavedModel."""

    def __init__(self, identity: Identity) -> None:
        try:
            import tensorflow as tf
        except ImportError as error:
            raise ModelFolderError(
                f"{identity.path} is a SavedModel and needs TensorFlow, which is not installed; install "
                "training/requirements-train.txt, or export the identity as .tflite"
            ) from error
        # One thread, as the other networks; TensorFlow lets it be said only before its first computation.
        with suppress(RuntimeError):
            tf.config.threading.set_intra_op_parallelism_threads(1)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        self._tensor, self._failure = tf.constant, tf.errors.OpError
        # TensorFlow reads the weights while it loads, so that the folder may go then.
        with tempfile.TemporaryDirectory() as folder:
            _unpack(identity, Path(folder))
            try:
                self._model = tf.saved_model.load(folder)
                signature = self._model.signatures["serving_default"]
            except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
                raise ModelFolderError(
                    f"{identity.path} is not a SavedModel that can be served ({error}); {EXPORT_AGAIN}"
                ) from error
        inputs, outputs = signature.structured_input_signature[1], signature.structured_outputs
        self.side = _side(identity.path, *([tuple(t.shape) for t in tensors.values()] for tensors in (inputs, outputs)))
        self._signature, self._input, self._output = signature, next(iter(inputs)), next(iter(outputs))

    def __call__(self, pixels: Floats) -> Floats:
        try:
            answer = self._signature(**{self._input: self._tensor(pixels)})[self._output]
        except self._failure as error:
            raise RuntimeError(str(error)) from error
        return np.asarray(answer.numpy(), np.float32)


def _unpack(identity: Identity, folder: Path) -> None:
    try:
        with zipfile.ZipFile(identity.path) as archive:
            archive.extractall(folder)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise ModelFolderError(
            f"{identity.path} is not a .zip of a SavedModel, or is cut short ({error}); {EXPORT_AGAIN}"
        ) from error


def _side(file: Path, inputs: Sequence[Sequence[int | None]], outputs: Sequence[Sequence[int | None]]) -> int:
    """The picture's side by the shapes of all inputs and outputs; raises ModelFolderError where they are no autoencoder's."""
    side = inputs[0][1] if len(inputs) == 1 and len(inputs[0]) == 4 else None
    pictures = [tuple(shape[1:]) for shape in (*inputs, *outputs)]
    if not side or not _SIDES[0] <= side <= _SIDES[1] or pictures != [(side, side, 3), (side, side, CHANNELS)]:
        raise ModelFolderError(
            f"{file} is not an autoencoder for faces: one input (1, side, side, 3), side {_SIDES[0]} to {_SIDES[1]}, and one "
            f"output (1, side, side, {CHANNELS}) were expected, inputs {inputs} and outputs {outputs} found; {EXPORT_AGAIN}"
        )
    return side
