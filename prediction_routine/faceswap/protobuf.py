"""Reads protobuf messages without their schema, field by field (protobuf.dev/programming-guides/encoding)."""

from collections.abc import Iterator

#: Bytes of the fixed-width kinds of a field.
_FIXED = {1: 8, 5: 4}


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message as they come: number and value (varints as int, everything else as its bytes, uncopied).

    Raises ValueError where the bytes are no message, or are cut short.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            number, at = _varint(message, at)
            yield key >> 3, number
            continue
        if kind != 2 and kind not in _FIXED:
            raise ValueError(f"no field is of the kind {kind}: these bytes are no protobuf message")
        length, at = _varint(message, at) if kind == 2 else (_FIXED[kind], at)
        if at + length > len(message):
            raise ValueError(f"a field of {length} bytes has {len(message) - at}: the message is cut short")
        yield key >> 3, message[at : at + length]
        at += length


def packed(values: memoryview) -> list[int]:
    """The varints of a packed repeated field."""
    numbers, at = [], 0
    while at < len(values):
        number, at = _varint(values, at)
        numbers.append(number)
    return numbers


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if at == len(message):
            raise ValueError("a number ends after the message: it is cut short")
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
