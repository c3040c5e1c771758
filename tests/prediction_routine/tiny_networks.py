"""Small `.tflite` networks with known answers, written without TensorFlow."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from faceswap.arrays import Floats


def pointwise(side: int, kernel: Floats, bias: Floats) -> bytes:
    """One 1 x 1 convolution: from float32 (1, side, side, i) to (1, side, side, o); `kernel` (o, i), `bias` (o,)."""
    outputs, inputs = kernel.shape
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version = 3
    model.buffers = [schema.BufferT()]
    graph.tensors = []
    for shape, values in (
        ((1, side, side, inputs), None),
        ((outputs, 1, 1, inputs), kernel),
        ((outputs,), bias),
        ((1, side, side, outputs), None),
    ):
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = list(shape), schema.TensorType.FLOAT32, 0
        tensor.name = f"tensor_{len(graph.tensors)}"
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values.astype(np.float32).tobytes(), np.uint8)
            tensor.buffer = len(model.buffers)
            model.buffers.append(buffer)
        graph.tensors.append(tensor)
    code, operator = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CONV_2D
    code.version = 1
    options = schema.Conv2DOptionsT()
    options.strideW = options.strideH = options.dilationWFactor = options.dilationHFactor = 1
    operator.opcodeIndex, operator.inputs, operator.outputs = 0, [0, 1, 2], [3]
    operator.builtinOptionsType, operator.builtinOptions = schema.BuiltinOptions.Conv2DOptions, options
    graph.operators, graph.inputs, graph.outputs = [operator], [0], [3]
    model.operatorCodes, model.subgraphs = [code], [graph]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def painter(bgr: tuple[float, float, float], mask: float = 1.0, keep: float = 0.0, side: int = 64) -> bytes:
    """An autoencoder that gives every face one colour, 0 to 1, plus `keep` of what it was."""
    kernel = np.zeros((4, 3), np.float32)
    kernel[:3] = keep * np.eye(3)
    return pointwise(side, kernel, np.array([*bgr, mask], np.float32))
