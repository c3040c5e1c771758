"""What the student's four outputs are asked for."""

from collections.abc import Callable
from typing import Any

import keras

from faceswap.arrays import Floats

#: A pixel that a landmark is off counts as much as this much of a channel's spread squared.
MESH = 0.3
#: The same for the logit. Beyond this a logit says no more: the network is sure.
LOGIT, SURE = 0.02, 6.0

Loss = Callable[[Any, Any], Any]


def by_spread(spread: Floats) -> Loss:
    """Mean squared difference, each channel by its own spread."""

    def loss(truth: Any, given: Any) -> Any:
        return keras.ops.mean(keras.ops.square((truth - given) / keras.ops.convert_to_tensor(spread)))

    return loss


def of_mesh(truth: Any, given: Any) -> Any:
    """Mean distance of the points, pixels, where the teacher sees a face: the last channel of `truth`."""
    face, off = truth[..., -1:], truth[..., :-1] - given
    distance = keras.ops.sqrt(keras.ops.sum(keras.ops.square(keras.ops.reshape(off, (-1, 478, 3))), 2) + 0.01)
    return MESH * keras.ops.mean(distance * keras.ops.reshape(face, (-1, 1)))


def of_logit(truth: Any, given: Any) -> Any:
    off = keras.ops.clip(truth, -SURE, SURE) - keras.ops.clip(given, -SURE, SURE)
    return LOGIT * keras.ops.mean(keras.ops.square(off))
