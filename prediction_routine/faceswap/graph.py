"""A `.tflite` network as a graph that can be changed: used when the model folder is built and in training, never in serving."""

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from faceswap.arrays import Floats

Kind = schema.BuiltinOperator
_FILE_IDENTIFIER = b"TFL3"
_TYPES = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16}


class Graph:
    """The one subgraph of a `.tflite` model. Operators are those of the format's schema; a tensor is its number."""

    def __init__(self, model: bytes) -> None:
        self._model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
        self._graph = self._model.subgraphs[0]
        for operator in self._graph.operators:
            operator.inputs = [int(tensor) for tensor in operator.inputs]
            operator.outputs = [int(tensor) for tensor in operator.outputs]

    @property
    def input(self) -> int:
        return int(self._graph.inputs[0])

    @property
    def outputs(self) -> list[int]:
        return [int(tensor) for tensor in self._graph.outputs]

    @property
    def operators(self) -> list[Any]:
        """In the order in which they run, without those that only unpack constants."""
        return [operator for operator in self._graph.operators if self.kind(operator) != Kind.DEQUANTIZE]

    def kind(self, operator: Any) -> int:
        """One of Kind; old files keep small ones in a field of their own."""
        code = self._model.operatorCodes[operator.opcodeIndex]
        return max(int(code.builtinCode), int(code.deprecatedBuiltinCode))

    def maker_of(self, tensor: int) -> Any | None:
        return next((operator for operator in self._graph.operators if tensor in operator.outputs), None)

    def shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(int(length) for length in self._graph.tensors[tensor].shape)

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

    def replace(self, tensor: int, other: int) -> None:
        """Whatever reads `tensor` reads `other` from now on."""
        for operator in self._graph.operators:
            operator.inputs = [other if read == tensor else read for read in operator.inputs]

    def cut(self, outputs: list[int]) -> None:
        """Makes these the outputs."""
        self._graph.outputs = outputs

    def as_bytes(self) -> bytes:
        self._drop_unused()
        builder = flatbuffers.Builder()
        builder.Finish(self._model.Pack(builder), _FILE_IDENTIFIER)
        return bytes(builder.Output())

    def _drop_unused(self) -> None:
        """Takes out, from the end, the operators whose outputs nothing uses, and the data of the constants they unpacked."""
        used, kept = {int(tensor) for tensor in self._graph.outputs}, []
        for operator in reversed(self._graph.operators):
            if used.intersection(operator.outputs):
                used.update(operator.inputs)
                kept.append(operator)
            elif self.kind(operator) == Kind.DEQUANTIZE:
                self._model.buffers[self._graph.tensors[operator.inputs[0]].buffer].data = None
        self._graph.operators = kept[::-1]
