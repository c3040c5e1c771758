"""What an ONNX file takes and gives, read from the file alone (onnx.ai, onnx.proto): no runtime, and no weights unpacked."""

import mmap
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faceswap.arrays import AnyArray
from faceswap.onnx_network import tensor
from faceswap.protobuf import fields

#: TensorProto.DataType of the only numbers that are passed in and out.
FLOAT32 = 1
#: A size of 0, or of -1 in two's complement, is left open.
_OPEN = 1 << 31
_TYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64", 16: "bfloat16"}


class OnnxFileError(ValueError):
    """The file is not ONNX, or not whole; the message says what was found."""


@dataclass(frozen=True)
class Slot:
    """An input or output: `shape` with None where a size is left open; `kind` a TensorProto.DataType."""

    name: str
    kind: int
    shape: tuple[int | None, ...]

    def __str__(self) -> str:
        kind = "" if self.kind == FLOAT32 else f" of {_TYPES.get(self.kind, f'type {self.kind}')}"
        return f"{self.name} {shape_text(self.shape)}{kind}"

    def takes(self, shape: tuple[int, ...]) -> bool:
        """Whether float32 of this shape fits."""
        return (
            self.kind == FLOAT32
            and len(shape) == len(self.shape)
            and all(own in (None, wanted) for own, wanted in zip(self.shape, shape, strict=True))
        )


@dataclass(frozen=True)
class Signature:
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]

    def __str__(self) -> str:
        inputs, outputs = (", ".join(map(str, slots)) or "none" for slots in (self.inputs, self.outputs))
        return f"inputs {inputs}; outputs {outputs}"


def shape_text(shape: tuple[int | None, ...]) -> str:
    return "x".join("?" if size is None else str(size) for size in shape) or "scalar"


def read_signature(path: Path) -> Signature:
    """Raises OnnxFileError, and OSError where the file cannot be read."""
    with _graph(path) as graph:
        weights = {_name(value, 8) for value in _messages(graph, 5)}
        outside = next((_name(value, 8) for value in _messages(graph, 5) if _is_outside(value)), None)
        if outside is not None:
            raise OnnxFileError(f"its weights ({outside}, ...) lie in another file; a file that holds its weights is needed")
        inputs = tuple(slot for slot in map(_slot, _messages(graph, 11)) if slot.name not in weights)
        return Signature(inputs, tuple(map(_slot, _messages(graph, 12))))


def last_weights(path: Path) -> AnyArray:
    """The values of the file's last initializer, copied; raises OnnxFileError where it has none."""
    with _graph(path) as graph:
        lasts = deque(_messages(graph, 5), maxlen=1)
        if not lasts:
            raise OnnxFileError("it holds no weights")
        (last,) = lasts
        try:
            return tensor(last)[1].copy()
        except (KeyError, StopIteration) as error:
            raise OnnxFileError(f"its last weights, {_name(last, 8)}, are not stored as plain numbers") from error


@contextmanager
def _graph(path: Path) -> Iterator[memoryview]:
    """ModelProto: graph 7. Everything is read out of the mapped file, which may be larger than memory has room for."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            raise OnnxFileError("it is empty")
        # Not closed but let go: views into it may outlive this block.
        message = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    try:
        graphs = list(_messages(message, 7))
        if not graphs:
            raise OnnxFileError("it is not an ONNX file: it holds no graph")
        yield graphs[0]
    except OnnxFileError:
        raise
    except ValueError as error:
        raise OnnxFileError(f"it is not an ONNX file, or not all of one: {error}") from error


def _messages(message: memoryview, number: int) -> Iterator[memoryview]:
    return (value for field, value in fields(message) if field == number and isinstance(value, memoryview))


def _name(message: memoryview, number: int) -> str:
    return next((str(value, "utf-8") for value in _messages(message, number)), "")


def _is_outside(message: memoryview) -> bool:
    """TensorProto: data_location 14, EXTERNAL 1."""
    return any(field == 14 and value == 1 for field, value in fields(message))


def _slot(message: memoryview) -> Slot:
    """ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1, of elem_type 1 and shape 2, of dim 1, of dim_value 1."""
    tensors = [part for kind in _messages(message, 2) for part in _messages(kind, 1)]
    types = [value for part in tensors for field, value in fields(part) if field == 1 and isinstance(value, int)]
    sizes = [
        next((value for field, value in fields(size) if field == 1 and isinstance(value, int)), None)
        for part in tensors
        for shape in _messages(part, 2)
        for size in _messages(shape, 1)
    ]
    return Slot(_name(message, 1), types[0] if types else 0, tuple(size if size and size < _OPEN else None for size in sizes))
