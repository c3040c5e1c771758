"""The visibility network: a small U-Net of depthwise-separable convolutions (MobileNets, arXiv:1704.04861; U-Net,
arXiv:1505.04597), in Keras 3 layers that run on any of its backends."""

import keras

#: Height and width of the input, pixels.
SIDE = 128
#: Channels at 1/2, 1/4, 1/8 and 1/16 of the input, and how many blocks work at each.
WIDTHS = (24, 40, 64, 96)
DEPTHS = (1, 2, 3, 3)
#: The last layer gives each cell of half the input's resolution a square of this many logits a side.
FINE = 2


def build(widths: tuple[int, ...] = WIDTHS, depths: tuple[int, ...] = DEPTHS) -> keras.Model:
    """From BGR pixels, 0 to 1, (n, SIDE, SIDE, 3), to logits (n, SIDE / 2, SIDE / 2, FINE * FINE): above nought where the
    bare face is seen. `unfolded` puts the four of a cell into their places."""
    pixels = keras.Input((SIDE, SIDE, 3), name="pixels")
    x = _convolution(pixels, widths[0], 2)
    seen = []
    for level, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        if level:
            x = _separable(x, width, 2)
        for _ in range(depth):
            x = keras.layers.add([x, _separable(x, width)])
        seen.append(x)
    for width, skip in zip(widths[-2::-1], seen[-2::-1], strict=True):
        x = _pointwise(x, width)
        x = keras.layers.UpSampling2D(2, interpolation="bilinear")(x)
        x = keras.layers.add([x, skip])
        x = keras.layers.add([x, _separable(x, width)])
    x = _separable(x, 2 * widths[0])
    logits = keras.layers.Conv2D(FINE * FINE, 1, name="logits")(x)
    return keras.Model(pixels, logits, name="visibility")


def unfolded(logits: keras.KerasTensor) -> keras.KerasTensor:
    """(n, h, w, 4) to (n, 2 h, 2 w): each cell's four logits side by side, row by row."""
    _, height, width, _ = logits.shape
    grid = keras.ops.reshape(logits, (-1, height, width, FINE, FINE))
    return keras.ops.reshape(keras.ops.transpose(grid, (0, 1, 3, 2, 4)), (-1, height * FINE, width * FINE))


def _separable(x: keras.KerasTensor, width: int, stride: int = 1) -> keras.KerasTensor:
    x = keras.layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=0.95)(x)
    return _pointwise(x, width)


def _pointwise(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    return _convolution(x, width, 1, size=1)


def _convolution(x: keras.KerasTensor, width: int, stride: int, size: int = 3) -> keras.KerasTensor:
    x = keras.layers.Conv2D(width, size, stride, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=0.95)(x)
    return keras.layers.ReLU()(x)
