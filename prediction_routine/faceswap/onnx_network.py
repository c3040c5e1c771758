"""ONNX networks computed by NumPy: for one that is asked once a photo, little memory is worth more than speed.

OpenCV unpacks all weights to float32, several copies of them: 100 MB for SFace. Here the file's int8 weights stay where they
are, and only those of the layer being computed are unpacked. Known are the operators of a plain convolutional network
(onnx.ai/onnx/operators), its weights stored as OpenCV Zoo quantises them: int8 in blocks, each with a scale and a zero point.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from faceswap.arrays import AnyArray, Floats
from faceswap.protobuf import fields, packed

#: NumPy's names for the element types of TensorProto.DataType.
_TYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 10: "<f2"}
#: Outputs of a fully connected layer whose weights are unpacked at a time.
_ROWS = 16
_ALL = slice(None)

Attributes = Mapping[str, float | list[int]]


@dataclass(frozen=True)
class _Node:
    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Attributes


class OnnxNetwork:
    """The network of an ONNX file, a chain of layers. Threads may share it: nothing is kept but the file's bytes."""

    def __init__(self, model: bytes) -> None:
        """Raises ValueError where the network uses an operator that is not known here."""
        graph = next(value for field, value in fields(memoryview(model)) if field == 7 and isinstance(value, memoryview))
        parts = [(field, value) for field, value in fields(graph) if isinstance(value, memoryview)]
        self._tensors = dict(tensor(value) for field, value in parts if field == 5)
        self._constants: dict[str, _Node] = {}
        self._layers: list[_Node] = []
        for node in (_node(value) for field, value in parts if field == 1):
            if all(name in self._tensors or name in self._constants for name in node.inputs):
                self._constants[node.output] = node
            elif node.operator != "Dropout":  # of use in training only
                self._layers.append(node)
        unknown = {node.operator for node in self._layers} - _LAYERS.keys() - {"Gemm"}
        if unknown:
            raise ValueError(f"the network uses {', '.join(sorted(unknown))}; known are Gemm, {', '.join(sorted(_LAYERS))}")

    def __call__(self, pixels: Floats) -> Floats:
        """The output for one input: float32 (channels, rows, columns) -> (n,)."""
        values = pixels
        for node in self._layers:
            if node.operator == "Gemm":
                values = self._fully_connected(values, *node.inputs[1:])
            else:
                constants = [self._constant(name) for name in node.inputs[1:]]
                values = np.asarray(_LAYERS[node.operator](values, constants, node.attributes), np.float32)
        return values

    def _fully_connected(self, values: Floats, weights: str, bias: str) -> Floats:
        """Weights (outputs, inputs), as transB says of every exported one."""
        added = self._constant(bias)
        starts = range(0, added.shape[0], _ROWS)
        return np.concatenate([self._constant(weights, slice(i, i + _ROWS)) @ values for i in starts]) + added

    def _constant(self, name: str, rows: slice = _ALL) -> AnyArray:
        """A tensor of the file, or what its nodes make of one; of the first axis only `rows`."""
        if name in self._tensors:
            return self._tensors[name][rows]
        node = self._constants[name]
        if node.operator == "Reshape":
            return self._constant(node.inputs[0]).reshape(self._tensors[node.inputs[1]])[rows]
        if node.operator != "DequantizeLinear":
            raise ValueError(f"the network's weights are made by {node.operator}; known are DequantizeLinear and Reshape")
        axis, block = int(_number(node.attributes["axis"])), int(_number(node.attributes["block_size"]))
        small, scales, zeros = (self._constant(name, rows if axis else _ALL) for name in node.inputs)
        length = small.shape[axis]
        scale, zero = (np.repeat(each.astype(np.float32), block, axis).take(range(length), axis) for each in (scales, zeros))
        return (small - zero) * scale if axis else ((small - zero) * scale)[rows]


def _convolution(values: Floats, constants: Sequence[AnyArray], attributes: Attributes) -> AnyArray:
    """One product for each tap of the kernel: (outputs, inputs) @ (inputs, pixels), or channel by channel (depthwise)."""
    kernels = constants[0]
    top, left, bottom, right = _numbers(attributes["pads"])
    down, across = _numbers(attributes["strides"])
    padded = np.pad(values, ((0, 0), (top, bottom), (left, right)))
    height, width = kernels.shape[2:]
    rows, columns = (padded.shape[1] - height) // down + 1, (padded.shape[2] - width) // across + 1
    depthwise = kernels.shape[1] == 1 and _number(attributes["group"]) > 1
    total = np.zeros((kernels.shape[0], rows, columns), np.float32)
    for y in range(height):
        for x in range(width):
            seen = padded[:, y : y + rows * down : down, x : x + columns * across : across]
            if depthwise:
                total += kernels[:, 0, y, x, None, None] * seen
            else:
                product = np.ascontiguousarray(kernels[:, :, y, x]) @ seen.reshape(len(seen), -1)
                total += product.reshape(total.shape)
    return total


def _batch_normalisation(values: Floats, constants: Sequence[AnyArray], attributes: Attributes) -> AnyArray:
    gamma, beta, mean, variance = constants
    scale = gamma / np.sqrt(variance + _number(attributes["epsilon"]))
    shape = (-1,) + (1,) * (values.ndim - 1)
    return np.asarray(values * scale.reshape(shape) + (beta - mean * scale).reshape(shape))


_LAYERS: Mapping[str, Callable[[Floats, Sequence[AnyArray], Attributes], AnyArray]] = {
    "Conv": _convolution,
    "BatchNormalization": _batch_normalisation,
    "PRelu": lambda values, constants, _: np.where(values < 0, values * constants[0], values),
    "Flatten": lambda values, _, __: values.ravel(),
    "Sub": lambda values, constants, _: values - constants[0],
    "Mul": lambda values, constants, _: values * constants[0],
}


def tensor(message: memoryview) -> tuple[str, AnyArray]:
    """Name and values of a TensorProto, uncopied: dims 1, data_type 2, float_data 4, name 8, raw_data 9."""
    found = list(fields(message))
    kind = next(value for field, value in found if field == 2 and isinstance(value, int))
    shape: list[int] = []
    for field, value in found:
        if field == 1:
            shape += [value] if isinstance(value, int) else packed(value)
    data = next(value for field, value in found if field in (4, 9) and isinstance(value, memoryview))
    return _text(found, 8), np.frombuffer(data, _TYPES[kind]).reshape(shape)


def _node(message: memoryview) -> _Node:
    """A NodeProto: input 1, output 2, op_type 4, attribute 5."""
    found = list(fields(message))
    inputs = tuple(str(value, "utf-8") for field, value in found if field == 1 and isinstance(value, memoryview))
    attributes = dict(_attribute(value) for field, value in found if field == 5 and isinstance(value, memoryview))
    return _Node(_text(found, 4), inputs, _text(found, 2), attributes)


def _attribute(message: memoryview) -> tuple[str, float | list[int]]:
    """An AttributeProto that is a number or a list of whole ones: name 1, f 2, i 3, ints 8."""
    found = list(fields(message))
    numbers: list[int] = []
    for field, value in found:
        if field == 2 and isinstance(value, memoryview):
            return _text(found, 1), float(np.frombuffer(value, "<f4")[0])
        if field == 3 and isinstance(value, int):
            return _text(found, 1), value
        if field == 8:
            numbers += [value] if isinstance(value, int) else packed(value)
    return _text(found, 1), numbers


def _text(found: Sequence[tuple[int, int | memoryview]], number: int) -> str:
    return next(str(value, "utf-8") for field, value in found if field == number and isinstance(value, memoryview))


def _number(value: float | list[int]) -> float:
    return value[0] if isinstance(value, list) else value


def _numbers(value: float | list[int]) -> list[int]:
    return value if isinstance(value, list) else [int(value)]
