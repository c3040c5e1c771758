from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.protobuf import fields, packed


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def test_an_empty_message_has_no_fields() -> None:
    assert list(fields(memoryview(b""))) == []
    assert packed(memoryview(b"")) == []


def test_a_number_that_is_cut_short_is_an_error() -> None:
    with pytest.raises(ValueError, match="cut short"):
        list(fields(memoryview(b"\x08\x80")))


def test_a_field_that_is_cut_short_is_an_error() -> None:
    with pytest.raises(ValueError, match="cut short"):
        list(fields(memoryview(b"\x0a\x05abc")))


@pytest.mark.parametrize("kind", [3, 4, 6, 7])
def test_a_kind_that_there_is_not_is_an_error(kind: int) -> None:
    with pytest.raises(ValueError, match=f"kind {kind}"):
        list(fields(memoryview(bytes([1 << 3 | kind, 0]))))


@given(st.binary(max_size=64))
def test_whatever_the_bytes_they_are_fields_or_a_value_error(data: bytes) -> None:
    with suppress(ValueError):
        assert all(field >= 0 for field, _ in fields(memoryview(data)))


@given(st.lists(st.integers(0, 2**63)))
def test_packed_numbers_come_back(numbers: list[int]) -> None:
    assert packed(memoryview(b"".join(map(varint, numbers)))) == numbers


@given(st.integers(1, 2**20), st.integers(0, 2**63), st.binary(max_size=300))
def test_numbers_and_bytes_come_back_in_order(field: int, number: int, text: bytes) -> None:
    message = varint(field << 3) + varint(number) + varint(field << 3 | 2) + varint(len(text)) + text
    found = [(f, v if isinstance(v, int) else bytes(v)) for f, v in fields(memoryview(message))]
    assert found == [(field, number), (field, text)]


def test_fixed_widths_come_as_bytes() -> None:
    message = bytes([1 << 3 | 5, 1, 2, 3, 4, 2 << 3 | 1]) + bytes(range(8))
    assert [(f, bytes(v)) for f, v in fields(memoryview(message)) if not isinstance(v, int)] == [
        (1, bytes([1, 2, 3, 4])),
        (2, bytes(range(8))),
    ]
