"""Tiny ONNX graphs with the inputs and outputs of published networks, and answers that are known in numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

EMBEDDING = 512
#: Of a colour's mean in the face, -1 to 1, the embedder makes as many numbers of an embedding; the rest of it is zero.
COLOURS = 3


def swapper(
    path: Path,
    side: int = 128,
    source: Sequence[int] = (1, EMBEDDING),
    gain: float = 0.0,
    *,
    emap: np.ndarray | None = None,
    mask: float | None = None,
    broken: str = "",
    names: tuple[str, str] = ("target", "source"),
    open_sizes: bool = False,
) -> Path:
    """The target, plus `gain` times the source's first three numbers (of a picture: its mean), one for each colour.

    `emap` becomes the last initializer, `mask` a second output of this value everywhere. `broken`: "nan" gives NaN, "error"
    fails when it is run.
    """
    target, given = names
    shape: list[int | str] = ["batch", 3, "height", "width"] if open_sizes else [1, 3, side, side]
    constants = [numpy_helper.from_array(np.array(gain, np.float32), "gain"), _ints("colours", [1, 3, 1, 1])]
    if len(source) == 4:
        nodes = [helper.make_node("GlobalAveragePool", [given], ["three"])]
    else:
        constants += [_ints("zero", [0]), _ints("three_", [3]), _ints("axis", [1])]
        nodes = [helper.make_node("Slice", [given, "zero", "three_", "axis"], ["three"])]
    nodes += [
        helper.make_node("Mul", ["three", "gain"], ["scaled"]),
        helper.make_node("Reshape", ["scaled", "colours"], ["added"]),
        helper.make_node("Add", [target, "added"], ["sum"]),
    ]
    last = "sum"
    if broken == "nan":
        nodes += [helper.make_node("Sub", ["sum", "sum"], ["none"]), helper.make_node("Div", ["none", "none"], ["nan"])]
        last = "nan"
    if broken == "error":
        # Runs with zeros, as it is tried at the start, and not with anything else.
        constants += [_ints("one", [1])]
        nodes += [
            helper.make_node("ReduceMax", [given], ["most"], keepdims=0),
            helper.make_node("Ceil", ["most"], ["whole"]),
            helper.make_node("Cast", ["whole"], ["index"], to=TensorProto.INT64),
            helper.make_node("Gather", ["one", "index"], ["picked"]),
            helper.make_node("Cast", ["picked"], ["picked_"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["sum", "picked_"], ["maybe"]),
        ]
        last = "maybe"
    nodes.append(helper.make_node("Identity", [last], ["output"]))
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)]
    if mask is not None:
        constants.append(numpy_helper.from_array(np.full((1, 1, side, side), mask, np.float32), "mask_"))
        nodes.append(helper.make_node("Identity", ["mask_"], ["mask"]))
        outputs.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, side, side]))
    if emap is not None:
        constants.append(numpy_helper.from_array(emap.astype(np.float32), "emap"))
    inputs = [
        helper.make_tensor_value_info(target, TensorProto.FLOAT, shape),
        helper.make_tensor_value_info(given, TensorProto.FLOAT, list(source)),
    ]
    return _saved(path, nodes, inputs, outputs, constants)


def embedder(path: Path, seed: int = 0) -> tuple[Path, np.ndarray]:
    """A face (1, 3, 112, 112) to its three colours' means times the matrix (3, 512) that comes with it."""
    matrix = np.random.default_rng(seed).normal(size=(COLOURS, EMBEDDING)).astype(np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["input.1"], ["means"]),
        helper.make_node("Flatten", ["means"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["683"]),
    ]
    inputs = [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, ["None", 3, 112, 112])]
    outputs = [helper.make_tensor_value_info("683", TensorProto.FLOAT, ["None", EMBEDDING])]
    return _saved(path, nodes, inputs, outputs, [numpy_helper.from_array(matrix, "matrix")]), matrix


def converter(path: Path, gain: float = 2.0) -> Path:
    """An embedding times `gain`."""
    nodes = [helper.make_node("Mul", ["input", "gain"], ["output"])]
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, EMBEDDING])]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, EMBEDDING])]
    return _saved(path, nodes, inputs, outputs, [numpy_helper.from_array(np.array(gain, np.float32), "gain")])


def _ints(name: str, values: Sequence[int]) -> TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def _saved(path: Path, nodes, inputs, outputs, constants) -> Path:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    checker.check_model(model)
    save(model, path)
    return path
