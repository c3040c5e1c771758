"""What the harmoniser is trained for: a person's own frame back, and the source still known for who it is."""

import keras
import numpy as np

from faceswap.arrays import Floats
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
    """What is trained: what the network makes of the lit face where the answer is known and, with `identity` - from RGB, 0 to
    255, (n, CHIP_SIDE, CHIP_SIDE, 3), to embeddings - the embedding of as many other faces in their places."""
    shapes = (network.input_shape[1:], (SIDE, SIDE, 3))
    composite, lit = (keras.Input(shape) for shape in shapes)
    face = keras.layers.Identity(name="face")(applied(network(composite), lit))
    if identity is None:
        return keras.Model([composite, lit], [face])
    identity.trainable = False
    foreign, foreign_lit = (keras.Input(shape) for shape in shapes)
    maps = keras.Input((2, 3))
    changed = (applied(network(foreign), foreign_lit) - foreign_lit) * foreign[..., 6:]
    embedding = identity(chips(foreign[..., :3] + changed, maps))
    return keras.Model([composite, lit, foreign, foreign_lit, maps], [face, embedding])


def given(own: Batch, foreign: Batch | None = None) -> list[Floats]:
    """What `learner` takes; `foreign` where it has an identity network."""
    return [own.given, own.lit] + ([foreign.given, foreign.lit, foreign.chips] if foreign else [])


def truth(batch: Batch) -> Floats:
    """What `likeness` takes: the answer and how much each pixel counts, (n, SIDE, SIDE, 4)."""
    return np.concatenate([batch.user, batch.alpha], 3)


def likeness(truth: keras.KerasTensor, face: keras.KerasTensor) -> keras.KerasTensor:
    """Mean distance of pixels, of edges and of broad light; `face` (n, side, side, 3), `truth` the same and the weight."""
    ops = keras.ops
    weight = truth[..., 3:]
    off = (face - truth[..., :3]) * weight
    edges = sum(ops.sum(ops.abs(part)) for part in (off[:, 1:] - off[:, :-1], off[:, :, 1:] - off[:, :, :-1]))
    broad = ops.average_pool(off, _POOL, _POOL) * (_POOL * _POOL)
    total = ops.sum(weight) * 3 + _EPSILON
    return (ops.sum(ops.abs(off)) + EDGES * edges + BROAD * ops.sum(ops.abs(broad))) / total


def strangeness(sources: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """How far embeddings (n, d) are from the sources' beyond SAME."""
    ops = keras.ops
    far = ops.sqrt(ops.sum((found - sources) ** 2, 1) + _EPSILON)
    return ops.mean(ops.relu(far - np.float32(SAME)))


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
