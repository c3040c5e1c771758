"""Reading what dlib stored of a neural network (`dlib/serialize.h`, `dlib/dnn/tensor.h`)."""

from dataclasses import dataclass

import numpy as np

from faceswap.arrays import Floats


@dataclass
class DlibFile:
    """What is read next starts at byte `at`. Everything raises ValueError where the data end early or are something else."""

    data: bytes
    at: int = 0

    def skip_to(self, layer: str) -> None:
        """Moves behind the next name of this kind of layer; names are stored with their length before them."""
        name = bytes([1, len(layer)]) + layer.encode()
        found = self.data.find(name, self.at)
        if found < 0:
            raise ValueError(f"expected a layer {layer} after byte {self.at}, found none")
        self.at = found + len(name)

    def integer(self) -> int:
        """A byte with how many bytes follow (the top bit is the sign), and those, the least first."""
        control = self._take(1)[0]
        size = control & 15
        if control & 0x70 or not 1 <= size <= 8:
            raise ValueError(f"expected the size of an integer at byte {self.at - 1}, found {control}")
        value = int.from_bytes(self._take(size), "little")
        return -value if control & 128 else value

    def tensor(self) -> Floats:
        """float32, (samples, channels, rows, columns): version 2, the four sizes, and the values as they are in memory."""
        version, *shape = (self.integer() for _ in range(5))
        if version != 2 or min(shape) < 0:
            raise ValueError(f"expected a tensor of version 2 before byte {self.at}, found version {version}, sizes {shape}")
        count = shape[0] * shape[1] * shape[2] * shape[3]
        return np.frombuffer(self._take(4 * count), "<f4").reshape(shape)

    def _take(self, size: int) -> bytes:
        taken = self.data[self.at : self.at + size]
        if len(taken) < size:
            raise ValueError(f"expected {size} bytes after byte {self.at}, found {len(taken)}")
        self.at += size
        return taken
