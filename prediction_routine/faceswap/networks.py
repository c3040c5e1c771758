"""Neural networks as functions from arrays to arrays."""

import math

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from faceswap.arrays import Floats, Image

_SHARE = np.float32(1 / 255)


class Network:
    """A `.tflite` network on one thread. Not to be shared between threads: the interpreter keeps its tensors inside."""

    def __init__(self, model: bytes) -> None:
        """Raises ValueError or RuntimeError for bytes that are no such network, or one that cannot run."""
        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._interpreter.allocate_tensors()
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self._input, self._outputs = inputs[0]["index"], [output["index"] for output in outputs]
        #: The shapes of all inputs and outputs, and whether all of them are float32.
        self.inputs, self.outputs = ([tuple(map(int, one["shape"])) for one in some] for some in (inputs, outputs))
        self.is_float32 = all(one["dtype"] is np.float32 for one in (*inputs, *outputs))
        #: Height and width of the square input, pixels.
        self.side = self.inputs[0][1] if len(self.inputs[0]) > 1 else 0

    def __call__(self, pixels: Floats | Image) -> list[Floats]:
        """All outputs, copied, for one input of the network's own shape: float32, or uint8, of which it sees shares of 255."""
        if pixels.dtype == np.uint8:
            np.multiply(pixels, _SHARE, out=self._interpreter.tensor(self._input)(), dtype=np.float32)
        else:
            self._interpreter.set_tensor(self._input, pixels)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def unfolded(cells: Floats, channels: int = 1) -> Floats:
    """Answers for the n x n pixels of each cell, row by row, (h, w, n * n * channels), put in their places: (h * n, w * n,
    channels)."""
    height, width, answers = cells.shape
    n = math.isqrt(answers // channels)
    # The rows of a cell are moved whole, which takes a fifth of the time.
    rows = cells.view(f"V{n * channels * cells.itemsize}").reshape(height, width, n).transpose(0, 2, 1)
    return np.ascontiguousarray(rows).view(cells.dtype).reshape(height * n, width * n, channels)
