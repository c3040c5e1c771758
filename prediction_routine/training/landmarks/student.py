"""The landmark network twice: the published one in LiteRT as the teacher, the shortened one as a Keras 3 model, the student."""

from typing import Any

import keras
import numpy as np

from faceswap.arrays import Floats
from faceswap.graph import Graph, Kind
from faceswap.networks import Network
from faceswap.shorten import first_stage
from training.landmarks.views import INPUT


def teacher(model: bytes) -> Network:
    """The network with four outputs: what the first and the last residual block at a quarter of the input's resolution give,
    the mesh (1, 1, 1, 1434) in pixels of the input, and the logit (1, 1, 1, 1) of there being a face."""
    graph = Graph(model)
    graph.cut(_outputs(graph))
    return Network(graph.as_bytes())


def student(shortened: bytes) -> tuple[keras.Model, list[Any]]:
    """A shortened network as a Keras model with the outputs of `teacher`, and the layers of its first stage that have weights,
    in the order of `faceswap.shorten.weights_of`. All others are frozen."""
    graph = Graph(shortened)
    trained = {operator.outputs[0] for operator in first_stage(graph).operators}
    pixels = keras.Input((INPUT, INPUT, 3))
    made: dict[int, Any] = {graph.input: pixels}
    layers = []
    for operator in graph.operators:
        kind = graph.kind(operator)
        if kind not in (Kind.ADD, Kind.MAX_POOL_2D, Kind.PAD, Kind.PRELU, Kind.CONV_2D, Kind.DEPTHWISE_CONV_2D):
            continue  # what makes probabilities of logits
        given, output = made[operator.inputs[0]], operator.outputs[0]
        if kind == Kind.ADD:
            made[output] = keras.layers.add([given, made[operator.inputs[1]]])
        elif kind == Kind.MAX_POOL_2D:
            made[output] = keras.layers.MaxPooling2D(2)(given)
        elif kind == Kind.PAD:  # as many channels again, of noughts
            made[output] = keras.layers.Concatenate()([given, keras.layers.Rescaling(0.0)(given)])
        else:
            layer = _layer(graph, operator)
            made[output] = layer(given)
            layer.set_weights(_weights(graph, operator))
            layer.trainable = output in trained
            layers += [layer] if layer.trainable else []
    return keras.Model(pixels, [made[output] for output in _outputs(graph)]), layers


def _outputs(graph: Graph) -> list[int]:
    stage = first_stage(graph)
    mesh, logit = graph.outputs[:2]
    return [stage.first, stage.last, mesh, logit]


def learnt(layers: list[Any]) -> list[Floats]:
    """The layers' weights as the `.tflite` network keeps them."""
    weights: list[Floats] = []
    for layer in layers:
        kernel, *rest = layer.get_weights()
        if isinstance(layer, keras.layers.PReLU):
            weights.append(kernel.reshape(1, 1, -1))
        else:
            weights += [np.ascontiguousarray(kernel.transpose(3, 0, 1, 2)), *rest]
    return weights


def _layer(graph: Graph, operator: Any) -> Any:
    kind = graph.kind(operator)
    if kind == Kind.PRELU:
        return keras.layers.PReLU(shared_axes=[1, 2])
    count, height, width, _ = graph.shape(operator.inputs[1])
    padding = "same" if operator.builtinOptions.padding == 0 else "valid"
    if kind == Kind.CONV_2D:
        return keras.layers.Conv2D(count, (height, width), operator.builtinOptions.strideH, padding)
    return keras.layers.DepthwiseConv2D((height, width), operator.builtinOptions.strideH, padding)


def _weights(graph: Graph, operator: Any) -> list[Floats]:
    kernel, *rest = (graph.values(tensor) for tensor in operator.inputs[1:])
    if graph.kind(operator) == Kind.PRELU:
        return [kernel.reshape(1, 1, -1)]
    return [kernel.transpose(1, 2, 3, 0), *rest]
