"""The interfaces of published one-shot networks: a source's face and the user's in, the user's face as the source's out.

An interface is what the manifest's `settings` say of a network, and what `models.toml` knows of the published ones.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.geometry import crop
from faceswap.onnx_file import Signature, last_weights, shape_text
from faceswap.templates import TEMPLATES, to_template

#: Numbers of an ArcFace embedding.
EMBEDDING = 512
#: Side and template of the picture that ArcFace networks take, and that stands for the source where no embedding does
#: (InsightFace, w600k_r50; BlendSwap's source): pixels.
SOURCE_SIDE, SOURCE_TEMPLATE = 112, "arcface_112_v2"
SIDES = (64, 1024)

#: What the source is given as: an embedding of length 1; one projected by the network's own last weights, and of length 1; one
#: as the embedding network, or the converter after it, gives it; or the face itself.
SOURCES = UNIT, PROJECTED, RAW, PICTURE = "unit", "projected", "raw", "picture"


class InterfaceError(ValueError):
    """Settings that are none, or a file that is not what they say; the message names what was expected and what was found."""


@dataclass(frozen=True)
class Slots:
    """The names of a network's inputs and of its outputs."""

    target: str
    source: str
    output: str
    mask: str | None


@dataclass(frozen=True)
class Interface:
    """`source`: UNIT, PROJECTED, RAW or PICTURE. The target's face is given on `template` (one of templates.TEMPLATES), `side`
    pixels wide, in `colours` (rgb or bgr), as (value / 255 - mean) / std of each colour. What comes out is 0 to 1, or, where it
    is `restored`, has mean and std to be undone; a `masked` network also says how much of each pixel is face, 0 to 1."""

    source: str
    template: str
    side: int
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    restored: bool = False
    masked: bool = False
    colours: str = "rgb"

    @property
    def target_shape(self) -> tuple[int, ...]:
        return (1, 3, self.side, self.side)

    @property
    def mask_shape(self) -> tuple[int, ...]:
        return (1, 1, self.side, self.side)

    @property
    def source_shape(self) -> tuple[int, ...]:
        return (1, 3, SOURCE_SIDE, SOURCE_SIDE) if self.source == PICTURE else (1, EMBEDDING)

    def to_input(self, landmarks: Floats) -> Affine:
        """From the picture of these landmarks (468, 3) to the network's crop."""
        return to_template(landmarks, self.template, self.side)

    def as_input(self, picture: Image) -> Floats:
        """A crop, BGR uint8 (side, side, 3), as the network takes it."""
        given = np.empty(self.target_shape, np.float32)
        levels = np.arange(256, dtype=np.float32) * np.float32(1 / 255)
        for plane, channel, mean, std in zip(given[0], self._ordered(cv2.split(picture)), self.mean, self.std, strict=True):
            cv2.LUT(channel, (levels - np.float32(mean)) / np.float32(std), dst=plane)
        return given

    def as_picture(self, output: Floats) -> Image:
        """What the network gave, (1, 3, side, side), as a crop, BGR uint8 (side, side, 3)."""
        mean, std = (self.mean, self.std) if self.restored else ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        levels = [
            cv2.addWeighted(plane, 255 * gain, plane, 0, 255 * offset, dtype=cv2.CV_8U)
            for plane, gain, offset in zip(output[0], std, mean, strict=True)
        ]
        return np.asarray(cv2.merge(self._ordered(levels)), np.uint8)

    def _ordered(self, channels: Sequence[Any]) -> Sequence[Any]:
        """Of a picture in BGR the network's channels, and the other way round."""
        return channels[::-1] if self.colours == "rgb" else channels

    def slots(self, signature: Signature) -> Slots:
        """Raises InterfaceError unless a network of this signature takes and gives what the interface says."""
        what = "the source's face" if self.source == PICTURE else "the source's embedding"
        target = find_slot(signature, "input", self.target_shape, "the user's face")
        source = find_slot(signature, "input", self.source_shape, what)
        if len(signature.inputs) != 2 or target == source:
            raise InterfaceError(f"two inputs were expected, the user's face and {what}; found: {signature}")
        output = find_slot(signature, "output", self.target_shape, "the swapped face")
        mask = find_slot(signature, "output", self.mask_shape, "its mask") if self.masked else None
        return Slots(target, source, output, mask)


def read_interface(settings: Mapping[str, Any]) -> Interface:
    """The interface that a manifest's settings describe; raises InterfaceError."""
    known = {field.name for field in fields(Interface)}
    unknown = sorted(settings.keys() - known)
    if unknown:
        raise InterfaceError(f"there is no setting {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    _among("source", settings.get("source"), SOURCES)
    _among("template", settings.get("template"), TEMPLATES)
    _among("colours", settings.get("colours", "rgb"), ("rgb", "bgr"))
    for name in ("restored", "masked"):
        _among(name, settings.get(name, False), (True, False))
    side = settings.get("side")
    if type(side) is not int or not SIDES[0] <= side <= SIDES[1]:
        raise InterfaceError(f"side: a whole number from {SIDES[0]} to {SIDES[1]} was expected, found {side!r}")
    for name in ("mean", "std"):
        numbers = settings.get(name, (1.0, 1.0, 1.0))
        if not isinstance(numbers, (list, tuple)) or len(numbers) != 3 or not all(type(n) in (int, float) for n in numbers):
            raise InterfaceError(f"{name}: three numbers such as 0.5 were expected, found {numbers!r}")
    if min(settings.get("std", (1.0,))) <= 0:
        raise InterfaceError(f"std: numbers over 0 were expected, found {settings['std']!r}")
    triples = {name: tuple(settings[name]) for name in ("mean", "std") if name in settings}
    return Interface(**{**settings, **triples})


def _among(name: str, value: object, values: Collection[object]) -> None:
    if value not in values:
        raise InterfaceError(f"{name}: one of {', '.join(map(str, values))} was expected, found {value!r}")


def find_slot(signature: Signature, way: str, shape: tuple[int, ...], what: str) -> str:
    """The name of the `input` or `output` that is float32 of this shape; raises InterfaceError where there is none."""
    fitting = [slot for slot in (signature.inputs if way == "input" else signature.outputs) if slot.takes(shape)]
    if not fitting:
        raise InterfaceError(f"an {way} of float32 {shape_text(shape)} was expected, {what}; found: {signature}")
    # Sizes that are left open fit several shapes; the one that says the size means it.
    return next((slot for slot in fitting if slot.shape == shape), fitting[0]).name


def check_embedder(signature: Signature, takes_picture: bool) -> tuple[str, str]:
    """Input and output of an embedding network, or of a converter of embeddings; raises InterfaceError."""
    given, what = ((1, 3, SOURCE_SIDE, SOURCE_SIDE), "a face") if takes_picture else ((1, EMBEDDING), "an embedding")
    if len(signature.inputs) != 1:
        raise InterfaceError(f"one input was expected; found: {signature}")
    return find_slot(signature, "input", given, what), find_slot(signature, "output", (1, EMBEDDING), "an embedding")


def read_projection(network: Path) -> Floats:
    """The matrix (512, 512) by which a network projects embeddings: its last initializer (InsightFace, inswapper.py).

    Raises InterfaceError where the last weights are none, and OnnxFileError.
    """
    matrix = last_weights(network)
    if matrix.shape != (EMBEDDING, EMBEDDING) or matrix.dtype.kind != "f":
        raise InterfaceError(
            f"its last weights were expected to be the {EMBEDDING}x{EMBEDDING} matrix by which it projects embeddings; found: "
            f"{shape_text(matrix.shape)} of {matrix.dtype}"
        )
    return matrix.astype(np.float32)


def source_picture(photo: Image, landmarks: Floats) -> Image:
    """The face of a photo as ArcFace networks take it, BGR uint8 (112, 112, 3)."""
    return crop(photo, to_template(landmarks, SOURCE_TEMPLATE, SOURCE_SIDE), SOURCE_SIDE)


def planes(picture: Floats) -> Floats:
    """(h, w, 3) as the network's (1, 3, h, w), float32."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
