"""What a one-shot network is told of a source: an embedding by the networks that a user brought, or the face itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from faceswap.arrays import Floats
from faceswap.model_folder import ModelFolderError
from faceswap.one_shot import (
    EMBEDDING,
    PICTURE,
    PROJECTED,
    RAW,
    SOURCE_SIDE,
    Interface,
    InterfaceError,
    check_embedder,
    planes,
    read_projection,
    source_picture,
)
from faceswap.onnx_file import OnnxFileError, read_signature
from faceswap.portrait import Portrait
from faceswap.providers import open_session

Read = TypeVar("Read")

#: Values of ArcFace's input: -1 to 1 (InsightFace, arcface_onnx.py), red first.
_MIDDLE = np.float32(127.5)


@dataclass(frozen=True)
class _Network:
    """A network of one input and one output, float32; threads may share it."""

    session: Any
    input: str
    output: str

    def __call__(self, values: Floats) -> Floats:
        return np.asarray(self.session.run([self.output], {self.input: values})[0], np.float32)


class SourceEncoder:
    """Threads may share it."""

    def __init__(self, interface: Interface, network: Path, embedding: Path | None, converter: Path | None) -> None:
        """`embedding`: an ArcFace network; `converter`: one from its embeddings to those that `network` was trained on.

        Raises ModelFolderError naming the file that is missing or does not fit.
        """
        self._interface = interface
        self._embed = self._convert = None
        self._projection: Floats | None = None
        if interface.source == PICTURE:
            return
        if embedding is None:
            raise ModelFolderError(f"{network} needs an embedding network, and its engine in the manifest names none")
        picture, vector = (1, 3, SOURCE_SIDE, SOURCE_SIDE), (1, EMBEDDING)
        self._embed = _opened(embedding, picture, vector)
        self._convert = _opened(converter, vector, vector) if converter else None
        if interface.source == PROJECTED:
            self._projection = _checked(network, read_projection)

    def __call__(self, portraits: Sequence[Portrait]) -> Floats:
        """What the network's source input takes, of photos of one person, best first: float32, `Interface.source_shape`."""
        pictures = [
            source_picture(portrait.photo, portrait.face.landmarks)[:, :, ::-1].astype(np.float32) for portrait in portraits
        ]
        if self._embed is None:
            return planes(pictures[0] * np.float32(1 / 255))
        embeddings = [self._embed(planes((picture - _MIDDLE) / _MIDDLE)) for picture in pictures]
        embedding = np.asarray(np.mean(embeddings, axis=0), np.float32)
        if self._convert is not None:
            embedding = self._convert(embedding)
        if self._interface.source == RAW:
            return embedding
        if self._projection is not None:
            embedding = _unit(embedding) @ self._projection
        return _unit(embedding)


def _opened(path: Path, takes: tuple[int, ...], gives: tuple[int, ...]) -> _Network:
    slots = _checked(path, lambda file: check_embedder(read_signature(file), takes_picture=len(takes) == 4))
    session, _ = open_session(path)
    network = _Network(session, *slots)
    found = network(np.zeros(takes, np.float32)).shape
    if found != gives:
        raise ModelFolderError(f"{path} gave {found} where {gives} was expected")
    return network


def _checked(path: Path, read: Callable[[Path], Read]) -> Read:
    try:
        return read(path)
    except (OnnxFileError, InterfaceError) as error:
        raise ModelFolderError(f"{path}: {error}") from error


def _unit(embedding: Floats) -> Floats:
    return np.asarray(embedding / max(float(np.linalg.norm(embedding)), 1e-9), np.float32)
