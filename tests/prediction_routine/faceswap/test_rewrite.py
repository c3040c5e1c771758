import struct
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from faceswap.arrays import Floats
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.rewrite import NARROW, pair_prelus

SIDE, PICTURE_CHANNELS = 6, 3
RANDOM = np.random.default_rng(0)


def operator(model: Any, kind: int, options: Any, inputs: list[int], output: int) -> Any:
    code, made = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode = code.deprecatedBuiltinCode = kind
    model.operatorCodes.append(code)
    made.opcodeIndex, made.inputs, made.outputs = len(model.operatorCodes) - 1, inputs, [output]
    if options is not None:
        made.builtinOptions = options
        made.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
    return made


def tensor(model: Any, shape: tuple[int, ...], values: Floats | None = None, kind: int = schema.TensorType.FLOAT32) -> int:
    """A new tensor's number; a constant's `values` are kept as they are."""
    buffer, made = schema.BufferT(), schema.TensorT()
    if values is not None:
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
    model.buffers.append(buffer)
    tensors = model.subgraphs[0].tensors
    made.shape, made.type, made.buffer, made.name = list(shape), kind, len(model.buffers) - 1, f"tensor_{len(tensors)}"
    tensors.append(made)
    return len(tensors) - 1


def weights(model: Any, *shape: int) -> int:
    return tensor(model, shape, RANDOM.normal(size=shape).astype(np.float32))


def halved_weights(model: Any, *shape: int) -> int:
    """Weights that the file keeps as float16."""
    output = tensor(model, shape)
    kept = tensor(model, shape, RANDOM.normal(size=shape).astype(np.float16), schema.TensorType.FLOAT16)
    dequantize = operator(model, schema.BuiltinOperator.DEQUANTIZE, schema.DequantizeOptionsT(), [kept], output)
    model.subgraphs[0].operators.append(dequantize)
    return output


def bottleneck(channels: int, constant: Any = weights, shown: bool = False) -> bytes:
    """A network: convolution, PReLU, depthwise and plain convolution. `shown`: what the PReLU gives is an output as well."""
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.subgraphs, model.buffers, model.operatorCodes = 3, [graph], [schema.BufferT()], []
    graph.tensors, graph.operators = [], []
    picture = tensor(model, (1, SIDE, SIDE, PICTURE_CHANNELS))
    squeezed, bent, spread = (tensor(model, (1, SIDE, SIDE, channels)) for _ in range(3))
    output = tensor(model, (1, SIDE, SIDE, 4))
    first, second, depthwise = schema.Conv2DOptionsT(), schema.Conv2DOptionsT(), schema.DepthwiseConv2DOptionsT()
    depthwise.depthMultiplier = 1
    for options in (first, second, depthwise):
        options.strideW = options.strideH = options.dilationWFactor = options.dilationHFactor = 1
    kinds = schema.BuiltinOperator
    steps = [
        (
            kinds.CONV_2D,
            first,
            squeezed,
            [picture, constant(model, channels, 1, 1, PICTURE_CHANNELS), constant(model, channels)],
        ),
        (kinds.PRELU, None, bent, [squeezed, constant(model, 1, 1, channels)]),
        (kinds.DEPTHWISE_CONV_2D, depthwise, spread, [bent, constant(model, 1, 3, 3, channels), constant(model, channels)]),
        (kinds.CONV_2D, second, output, [spread, constant(model, 4, 1, 1, channels), constant(model, 4)]),
    ]
    graph.operators += [operator(model, kind, options, inputs, made) for kind, options, made, inputs in steps]
    graph.inputs, graph.outputs = [picture], [output, bent] if shown else [output]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def prelus(model: bytes) -> int:
    content = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    return sum(
        content.operatorCodes[made.opcodeIndex].builtinCode == schema.BuiltinOperator.PRELU
        for made in content.subgraphs[0].operators
    )


def test_what_is_no_network_is_an_error() -> None:
    with pytest.raises(struct.error):
        pair_prelus(b"")


@pytest.mark.parametrize("constant", [weights, halved_weights])
@pytest.mark.parametrize("channels", [1, 5, NARROW])
def test_a_narrow_prelu_goes_and_the_output_stays(channels: int, constant: Any) -> None:
    before = bottleneck(channels, constant)
    after = pair_prelus(before)
    assert (prelus(before), prelus(after)) == (1, 0)
    picture = RANDOM.normal(size=(1, SIDE, SIDE, PICTURE_CHANNELS)).astype(np.float32)
    (expected,), (found,) = Network(before)(picture), Network(after)(picture)
    assert np.abs(found - expected).max() < 1e-4


@pytest.mark.parametrize("model", [bottleneck(NARROW + 1), bottleneck(NARROW, shown=True)], ids=["wide", "shown"])
def test_a_prelu_that_is_wide_or_needed_elsewhere_stays(model: bytes) -> None:
    assert prelus(pair_prelus(model)) == 1


def test_a_network_without_any_computes_the_same(model_folder: ModelFolder) -> None:
    detector = model_folder.files["face_detector"]
    picture = RANDOM.uniform(-1, 1, (1, 128, 128, 3)).astype(np.float32)
    for expected, found in zip(Network(detector)(picture), Network(pair_prelus(detector))(picture), strict=True):
        assert (found == expected).all()


def test_the_landmark_network_was_rewritten(model_folder: ModelFolder) -> None:
    landmarks = model_folder.files["face_landmarks"]
    assert prelus(landmarks) == 65  # of 69
    assert pair_prelus(landmarks) == landmarks
