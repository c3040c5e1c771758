"""The harmoniser: a small U-Net of depthwise-separable convolutions (MobileNets, arXiv:1704.04861; U-Net, arXiv:1505.04597)
that answers with a gain and an offset instead of a picture, so that the source's detail passes by it untouched. Keras 3 layers
that run on any of its backends."""

import keras
import numpy as np

from faceswap.harmonise import CELL, CHANNELS, LOG_GAIN, SIDE

#: Channels at 1/2, 1/4, 1/8 and 1/16 of the input, and how many blocks work at each.
WIDTHS = (32, 48, 96, 128)
DEPTHS = (1, 2, 3, 3)
_SLOPE = 0.1


def build(widths: tuple[int, ...] = WIDTHS, depths: tuple[int, ...] = DEPTHS) -> keras.Model:
    """From `faceswap.harmonise.network_input`, (n, SIDE, SIDE, CHANNELS), to (n, SIDE / 2, SIDE / 2, 3 + CELL * CELL * 3): the
    logarithm of a gain, then an offset (of 1) for each of the cell's pixels, row by row. Untrained it changes nothing."""
    given = keras.Input((SIDE, SIDE, CHANNELS), name="composite_surroundings_mask")
    x = _activated(keras.layers.Conv2D(widths[0], 3, CELL, padding="same")(given))
    seen = []
    for level, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        if level:
            x = _separable(x, width, 2)
        for _ in range(depth):
            x = keras.layers.add([x, _separable(x, width)])
        seen.append(x)
    for width, skip in zip(widths[-2::-1], seen[-2::-1], strict=True):
        x = _activated(keras.layers.Conv2D(width, 1)(x))
        x = keras.layers.UpSampling2D(2, interpolation="bilinear")(x)
        x = keras.layers.add([x, skip])
        x = keras.layers.add([x, _separable(x, width)])
    x = keras.layers.add([x, _separable(x, widths[0])])
    answer = keras.layers.Conv2D(3 + CELL * CELL * 3, 1, kernel_initializer="zeros", name="gain_offset")(x)
    return keras.Model(given, answer, name="harmoniser")


def applied(answer: keras.KerasTensor, lit: keras.KerasTensor) -> keras.KerasTensor:
    """The lit face, (n, SIDE, SIDE, 3), 0 to 1, as the answer changes it: what `faceswap.harmonise` does to a frame."""
    ops = keras.ops
    _, height, width, _ = answer.shape
    log_gain = ops.clip(answer[..., :3], -LOG_GAIN, LOG_GAIN)
    gain = ops.image.resize(ops.exp(log_gain), (height * CELL, width * CELL), interpolation="bilinear")
    cells = ops.reshape(answer[..., 3:], (-1, height, width, CELL, CELL, 3))
    offset = ops.reshape(ops.transpose(cells, (0, 1, 3, 2, 4, 5)), (-1, height * CELL, width * CELL, 3))
    return ops.clip(lit * gain + offset, np.float32(-0.1), np.float32(1.1))


def _separable(x: keras.KerasTensor, width: int, stride: int = 1) -> keras.KerasTensor:
    return _activated(keras.layers.Conv2D(width, 1)(keras.layers.DepthwiseConv2D(3, stride, padding="same")(x)))


def _activated(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.LeakyReLU(negative_slope=_SLOPE)(x)
