"""Shortens the landmark network: its blocks at the largest resolution are left out, and what comes next is given weights that
were trained to make up for them. Done once, when the model folder is built.

The network halves its 256 x 256 input at once, and then four residual blocks work on 128 x 128 pixels in 8 channels each: few
weights, but half of the network's time. docs/landmarks.md says how the weights of the stage that follows were trained.
"""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from faceswap.arrays import Floats
from faceswap.graph import Graph, Kind

#: How many constants an operator of a kind has behind its input.
_CONSTANTS = {Kind.CONV_2D: 2, Kind.DEPTHWISE_CONV_2D: 2, Kind.PRELU: 1}


class WeightsError(Exception):
    """The weights cannot be read or belong to another network; says of which file and why."""


@dataclass(frozen=True)
class FirstStage:
    """What comes before a quarter of the input's resolution is halved again. `operators` in order; tensors: `entry` and
    `large`, the first and the last at half the input's resolution, with the blocks between them; `first` and `last`, what
    the first and the last residual block at a quarter of it give."""

    operators: list[Any]
    entry: int
    large: int
    first: int
    last: int


def first_stage(graph: Graph) -> FirstStage:
    operators = graph.operators
    sums = {operator.outputs[0] for operator in operators if graph.kind(operator) == Kind.ADD}
    prelus = [operator for operator in operators if graph.kind(operator) == Kind.PRELU]
    half = graph.shape(prelus[0].outputs[0])[1]
    large = [prelu.outputs[0] for prelu in prelus if graph.shape(prelu.outputs[0])[1] == half]
    quarter = [prelu for prelu in prelus if graph.shape(prelu.outputs[0])[1] == half // 2 and prelu.inputs[0] in sums]
    end = operators.index(quarter[-1]) + 1
    return FirstStage(operators[:end], large[0], large[-1], quarter[0].outputs[0], quarter[-1].outputs[0])


def without_blocks(model: bytes) -> bytes:
    """The network without the blocks at half its input's resolution; its weights are as they were, and do not fit."""
    graph = Graph(model)
    stage = first_stage(graph)
    graph.replace(stage.large, stage.entry)
    return graph.as_bytes()


def weights_of(model: bytes) -> list[Floats]:
    """The first stage's constants, in the order of its operators."""
    graph = Graph(model)
    return [graph.values(tensor) for operator in first_stage(graph).operators for tensor in _constants(graph, operator)]


def shorten(model: bytes, weights: Sequence[Floats]) -> bytes:
    """The `.tflite` network without those blocks and with `weights`, as `weights_of` gives them, in its first stage.

    Raises WeightsError where they do not fit.
    """
    graph = Graph(without_blocks(model))
    operators = first_stage(graph).operators
    expected = [graph.shape(tensor) for operator in operators for tensor in _constants(graph, operator)]
    found = [array.shape for array in weights]
    if found != expected:
        wrong = next((pair for pair in zip(expected, found, strict=False) if pair[0] != pair[1]), (len(expected), len(found)))
        raise WeightsError(f"these weights are for another network: expected {wrong[0]}, found {wrong[1]}")
    left = iter(weights)
    for operator in operators:
        # All, since XNNPACK leaves alone a convolution whose weights and bias are kept in different types.
        operator.inputs[1:] = [graph.constant(next(left)) for _ in _constants(graph, operator)] or operator.inputs[1:]
    return graph.as_bytes()


def read_weights(path: Path) -> list[Floats]:
    """What `write_weights` wrote. Raises WeightsError naming the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            # Before numpy parses what changed bytes have become.
            if damaged := archive.testzip():
                raise ValueError(f"{damaged} is damaged")
        with np.load(path, allow_pickle=False) as stored:
            weights = [np.asarray(stored[name], np.float32) for name in stored.files]
    # What numpy and zipfile raise for files that end early, or in which bytes were changed.
    except (OSError, ValueError, EOFError, KeyError, AttributeError, NotImplementedError, RuntimeError,
            zipfile.BadZipFile, zlib.error) as error:  # fmt: skip
        raise WeightsError(f"{path} cannot be read as weights ({error}); restore it from the repository") from error
    if not weights or not all(np.isfinite(array).all() for array in weights):
        raise WeightsError(f"{path} holds no usable weights; restore it from the repository")
    return weights


def write_weights(path: Path, weights: Sequence[Floats]) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, *weights)


def _constants(graph: Graph, operator: Any) -> list[int]:
    count = _CONSTANTS.get(graph.kind(operator), 0)
    return list(operator.inputs[1 : 1 + count])
