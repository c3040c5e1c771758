"""The autoencoder: one encoder for both people, for each a decoder that gives a face and its mask.

After the first deepfakes (a shared encoder, two decoders), with residual blocks (arXiv:1512.03385) and sub-pixel upsampling
(arXiv:1609.05158), in Keras 3 layers that run on any of its backends.
"""

import keras

#: Height and width of the picture, pixels, unless another multiple of STEP is asked for.
SIDE = 128
#: The decoders' names.
PEOPLE = ("first", "second")
#: Of the answer: blue, green, red, and how much is face.
CHANNELS = 4
#: Channels of the encoder at 1/2, 1/4, 1/8 and 1/16 of the picture, and of the decoder from 1/16 to 1/2.
ENCODER = (24, 48, 96, 128)
DECODER = (128, 96, 64, 32)
#: What is kept of a face: numbers between the two halves. They hold pose, expression and light, and no room for a person.
CODE = 256
#: The code's cells are this many pixels wide.
STEP = 1 << len(ENCODER)


def encoder(side: int) -> keras.Model:
    """From BGR pixels, 0 to 1, float32 (n, side, side, 3), to a code (n, side / STEP, side / STEP, DECODER[0])."""
    pixels = keras.Input((side, side, 3), name="pixels")
    cells = side // STEP
    x = pixels - 0.5
    for level, width in enumerate(ENCODER):
        x = _active(keras.layers.Conv2D(width, 3 if level else 5, 2, padding="same")(x))
        x = _residual(x) if level >= 2 else x
    x = keras.layers.Dense(CODE)(keras.layers.Flatten()(x))
    x = _active(keras.layers.Dense(cells * cells * DECODER[0])(x))
    code = keras.layers.Reshape((cells, cells, DECODER[0]))(x)
    return keras.Model(pixels, code, name="encoder")


def decoder(name: str, side: int) -> keras.Model:
    """From a code to float32 (n, side, side, CHANNELS): BGR pixels, 0 to 1, and how much is face, 0 to 1."""
    code = keras.Input((side // STEP, side // STEP, DECODER[0]), name="code")
    x = code
    for finer in DECODER[1:]:
        x = _residual(x)
        x = _active(unfolded(keras.layers.Conv2D(4 * finer, 1)(x)))
    x = _residual(x)
    # In float32 also where the layers before it compute with less: a step of bfloat16 is a whole level.
    answer = unfolded(keras.layers.Conv2D(4 * CHANNELS, 3, padding="same")(x))
    answer = keras.layers.Activation("sigmoid", dtype="float32")(answer)
    return keras.Model(code, answer, name=name)


def build(side: int = SIDE) -> keras.Model:
    """Inputs: pictures of the first and of the second person; outputs: their faces by their own decoders.

    Raises ValueError where `side` is not a multiple of STEP.
    """
    if side < STEP or side % STEP:
        raise ValueError(f"the side is {side}; it is a multiple of {STEP}")
    shared, decoders = encoder(side), [decoder(person, side) for person in PEOPLE]
    inputs = [keras.Input((side, side, 3), name=f"{part.name}_pixels") for part in decoders]
    outputs = [part(shared(pixels)) for part, pixels in zip(decoders, inputs, strict=True)]
    return keras.Model(inputs, outputs, name="autoencoder")


def swapper(model: keras.Model, person: str) -> keras.Model:
    """The part that is served: anybody's face in, this person's out; `person` is one of PEOPLE."""
    side = model.inputs[0].shape[1]
    pixels = keras.Input((side, side, 3), name="pixels")
    return keras.Model(pixels, model.get_layer(person)(model.get_layer("encoder")(pixels)), name=f"autoencoder_{person}")


def unfolded(cells: keras.KerasTensor) -> keras.KerasTensor:
    """(n, h, w, 4 c) to (n, 2 h, 2 w, c): each cell's four answers side by side, row by row."""
    height, width, channels = cells.shape[1], cells.shape[2], cells.shape[3] // 4
    grid = keras.layers.Reshape((height, width, 2, 2, channels))(cells)
    grid = keras.layers.Permute((1, 3, 2, 4, 5))(grid)
    return keras.layers.Reshape((2 * height, 2 * width, channels))(grid)


def _residual(x: keras.KerasTensor) -> keras.KerasTensor:
    return _active(keras.layers.add([x, keras.layers.Conv2D(x.shape[-1], 3, padding="same")(x)]))


def _active(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.LeakyReLU(0.1)(x)
