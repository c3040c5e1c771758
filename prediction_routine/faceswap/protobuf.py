"""Reads protobuf messages without their schema, field by field (protobuf.dev/programming-guides/encoding)."""

from collections.abc import Iterator


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message as they come: number and value (varints as int, everything else as its bytes, uncopied)."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            number, at = _varint(message, at)
            yield key >> 3, number
            continue
        length, at = _varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
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
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
