"""Writes a network down another way, so that it computes the same in less time: once, when the model folder is built.

Where a network squeezes its first, largest layers into 8 channels, a PReLU and a depthwise convolution fill half of a 16-float
register, and the PReLU goes pixel by pixel. Since PReLU(x) = relu(x) - slope * relu(-x), a convolution that gives x and -x
through the ReLU that is free inside it, and a depthwise convolution that weighs the one half by 1 and the other by -slope,
need no PReLU at all: of the landmark network a sixth of the time is saved, and its points stay where they are but for rounding.
"""

from collections import Counter
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from faceswap.arrays import Floats

#: Twice as many channels as this fill an AVX-512 register; wider layers would only be given more to do.
NARROW = 8
_FILE_IDENTIFIER = b"TFL3"
_OPERATOR = schema.BuiltinOperator
_TYPES = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16}


def pair_prelus(model: bytes) -> bytes:
    """The `.tflite` network with each PReLU between a narrow convolution and a depthwise one taken into these."""
    graph = _Graph(model)
    for prelu in graph.of_kind(_OPERATOR.PRELU):
        before = graph.maker_of(prelu.inputs[0])
        depthwise = graph.only_user_of(prelu.outputs[0])
        after = depthwise and graph.only_user_of(depthwise.outputs[0])
        kinds = [operator and graph.kind(operator) for operator in (before, depthwise, after)]
        shared = before and graph.only_user_of(before.outputs[0]) is not prelu
        narrow = graph.channels(prelu.outputs[0]) <= NARROW
        if kinds == [_OPERATOR.CONV_2D, _OPERATOR.DEPTHWISE_CONV_2D, _OPERATOR.CONV_2D] and narrow and not shared:
            _pair(graph, before, prelu, depthwise, after)
    return graph.as_bytes()


def _pair(graph: "_Graph", before: Any, prelu: Any, depthwise: Any, after: Any) -> None:
    slope = graph.values(prelu.inputs[1]).ravel()
    for operator, axis, second in ((before, 0, -1), (depthwise, 3, -slope), (after, 3, 1)):
        weights, bias = (graph.values(tensor) for tensor in operator.inputs[1:3])
        doubled = np.concatenate([weights, second * weights], axis)
        if operator is before:
            bias = np.concatenate([bias, -bias])
        elif operator is depthwise:
            bias = np.concatenate([bias, np.zeros_like(bias)])
        # Both, since XNNPACK leaves alone a convolution whose weights and bias are kept in different types.
        operator.inputs = [operator.inputs[0], graph.constant(doubled), graph.constant(bias)]
    before.builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU
    depthwise.inputs[0] = before.outputs[0]
    for tensor in (before.outputs[0], depthwise.outputs[0]):
        graph.set_channels(tensor, 2 * graph.channels(tensor))
    graph.remove(prelu)


class _Graph:
    """The one subgraph of a `.tflite` model. Operators and tensors are those of the format's schema; a tensor is its number."""

    def __init__(self, model: bytes) -> None:
        self._model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
        self._graph = self._model.subgraphs[0]
        for operator in self._graph.operators:
            operator.inputs = [int(tensor) for tensor in operator.inputs]
            operator.outputs = [int(tensor) for tensor in operator.outputs]

    def kind(self, operator: Any) -> int:
        """Its BuiltinOperator; old files keep small ones in a field of their own."""
        code = self._model.operatorCodes[operator.opcodeIndex]
        return max(int(code.builtinCode), int(code.deprecatedBuiltinCode))

    def of_kind(self, kind: int) -> list[Any]:
        return [operator for operator in self._graph.operators if self.kind(operator) == kind]

    def maker_of(self, tensor: int) -> Any | None:
        return next((operator for operator in self._graph.operators if tensor in operator.outputs), None)

    def only_user_of(self, tensor: int) -> Any | None:
        users = [operator for operator in self._graph.operators if tensor in operator.inputs]
        return users[0] if len(users) == 1 and tensor not in self._graph.outputs else None

    def channels(self, tensor: int) -> int:
        return int(self._graph.tensors[tensor].shape[-1])

    def set_channels(self, tensor: int, channels: int) -> None:
        shape = np.array(self._graph.tensors[tensor].shape)
        shape[-1] = channels
        self._graph.tensors[tensor].shape = shape

    def values(self, tensor: int) -> Floats:
        """A constant as float32, whether the file has it as that or as float16 behind a DEQUANTIZE."""
        maker = self.maker_of(tensor)
        kept = self._graph.tensors[tensor if maker is None else maker.inputs[0]]
        stored = np.frombuffer(bytes(self._model.buffers[kept.buffer].data), _TYPES[kept.type])
        return stored.reshape(kept.shape).astype(np.float32)

    def constant(self, values: Floats) -> int:
        """A new float32 constant."""
        buffer, tensor = schema.BufferT(), schema.TensorT()
        buffer.data = np.frombuffer(values.astype(np.float32).tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        tensor.shape, tensor.type, tensor.buffer = list(values.shape), schema.TensorType.FLOAT32, len(self._model.buffers) - 1
        tensor.name = f"constant_{tensor.buffer}"
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def remove(self, operator: Any) -> None:
        self._graph.operators = [other for other in self._graph.operators if other is not operator]

    def as_bytes(self) -> bytes:
        self._drop_unused()
        builder = flatbuffers.Builder()
        builder.Finish(self._model.Pack(builder), _FILE_IDENTIFIER)
        return bytes(builder.Output())

    def _drop_unused(self) -> None:
        """Takes out what made constants that nothing uses any more, and their data."""
        uses = Counter(tensor for operator in self._graph.operators for tensor in operator.inputs)
        for operator in self.of_kind(_OPERATOR.DEQUANTIZE):
            if not uses[operator.outputs[0]] and operator.outputs[0] not in self._graph.outputs:
                self.remove(operator)
                self._model.buffers[self._graph.tensors[operator.inputs[0]].buffer].data = None
