"""Neural networks as functions from arrays to arrays."""

from ai_edge_litert.interpreter import Interpreter

from faceswap.arrays import Floats


class Network:
    """A `.tflite` network on one thread. Not to be shared between threads: the interpreter keeps its tensors inside."""

    def __init__(self, model: bytes) -> None:
        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._interpreter.allocate_tensors()
        details = self._interpreter.get_input_details()[0]
        self._input = details["index"]
        #: Height and width of the square input, pixels.
        self.side = int(details["shape"][1])
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]

    def __call__(self, pixels: Floats) -> list[Floats]:
        """All outputs, copied, for one input of the network's own shape (float32)."""
        self._interpreter.set_tensor(self._input, pixels)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]
