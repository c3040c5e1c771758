"""What the harmoniser is trained for: a person's own frame back, and the source still known for who it is."""

from typing import Any

import keras
import numpy as np

from faceswap.harmonise import SIDE
from training.harmoniser.batches import Batch
from training.harmoniser.chip import CHIP_SIDE
from training.harmoniser.net import applied

#: How much edges and broad light count besides every pixel, and who the face is taken for.
EDGES, BROAD, IDENTITY = 0.5, 1.0, 0.05
#: Two frames of one person are about so far apart for the identity network; nearer is no more alike.
SAME = 0.3
#: Broad light is the mean of squares of so many pixels.
_POOL = 4
_EPSILON = 1e-6


def learner(network: keras.Model, identity: keras.Model | None) -> keras.Model:
    """What is trained: the network, what it makes of the lit face, and the embedding of that face in its place.

    `identity`: from RGB, 0 to 255, (n, CHIP_SIDE, CHIP_SIDE, 3), to embeddings. Takes what `given` gives, for `answers`.
    """
    composite, lit = keras.Input(network.input_shape[1:]), keras.Input((SIDE, SIDE, 3))
    face = keras.layers.Identity(name="face")(applied(network(composite), lit))
    if identity is None:
        return keras.Model([composite, lit], [face])
    maps, alpha = keras.Input((2, 3)), composite[..., 6:]
    swapped = composite[..., :3] + (face - lit) * alpha
    identity.trainable = False
    return keras.Model([composite, lit, maps], [face, identity(chips(swapped, maps))])


def given(batch: Batch, identities: Any) -> list[Any]:
    """What `learner` takes; `identities` is None where it has no identity network."""
    return [batch.given, batch.lit] + ([] if identities is None else [batch.chips])


def answers(batch: Batch, identities: Any) -> list[Any]:
    """What `likeness` and `strangeness` take for the truth; `identities` float32 (m, d): the embedding of each source."""
    truth = [np.concatenate([batch.user, batch.alpha * batch.own[:, None, None, None]], 3)]
    if identities is not None:
        truth.append(np.concatenate([identities[batch.source], 1 - batch.own[:, None]], 1))
    return truth


def likeness(truth: keras.KerasTensor, face: keras.KerasTensor) -> keras.KerasTensor:
    """Mean distance of pixels, of edges and of broad light; `face` (n, side, side, 3), `truth` the same and the weight."""
    ops = keras.ops
    weight = truth[..., 3:]
    off = (face - truth[..., :3]) * weight
    edges = sum(ops.sum(ops.abs(part)) for part in (off[:, 1:] - off[:, :-1], off[:, :, 1:] - off[:, :, :-1]))
    broad = ops.average_pool(off, _POOL, _POOL) * (_POOL * _POOL)
    total = ops.sum(weight) * 3 + _EPSILON
    return (ops.sum(ops.abs(off)) + EDGES * edges + BROAD * ops.sum(ops.abs(broad))) / total


def strangeness(truth: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """How far embeddings (n, d) are from the sources' beyond SAME, where it counts: the last column of `truth`."""
    ops = keras.ops
    far = ops.sqrt(ops.sum((found - truth[:, :-1]) ** 2, 1) + _EPSILON)
    return ops.sum(ops.relu(far - np.float32(SAME)) * truth[:, -1]) / (ops.sum(truth[:, -1]) + _EPSILON)


def chips(pictures: keras.KerasTensor, maps: keras.KerasTensor) -> keras.KerasTensor:
    """The identity network's view of pictures, BGR 0 to 1, (n, SIDE, SIDE, 3), through `maps` (n, 2, 3): RGB, 0 to 255."""
    ops = keras.ops
    a, b, x = maps[:, 0, 0], maps[:, 0, 1], maps[:, 0, 2]
    c, d, y = maps[:, 1, 0], maps[:, 1, 1], maps[:, 1, 2]
    scale = a * d - b * c
    # Keras wants the way back, from the chip's pixels to the picture's.
    rows = [d / scale, -b / scale, (b * y - d * x) / scale, -c / scale, a / scale, (c * x - a * y) / scale]
    nought = ops.zeros_like(a)
    back = ops.stack([*rows, nought, nought], axis=1)
    missing = CHIP_SIDE - SIDE
    padded = ops.pad(pictures, ((0, 0), (0, missing), (0, missing), (0, 0)), mode="reflect")
    seen = ops.image.affine_transform(padded, back, interpolation="bilinear", fill_mode="reflect")
    return seen[..., ::-1] * np.float32(255)
