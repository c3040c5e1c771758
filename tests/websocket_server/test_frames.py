import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.close_codes import Refusal
from relay.frames import Frame, dropped, read_frame, swapped


def test_no_bytes_are_no_frame() -> None:
    with pytest.raises(Refusal, match=r"4400 .*16 bytes; this one has 0"):
        read_frame(bytearray(), 0)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_frame_or_a_refusal(message: bytes) -> None:
    try:
        frame = read_frame(bytearray(message), 0)
    except Refusal:
        return
    assert bytes(frame.jpeg) == message[16:]


@given(st.integers(0, 2**32 - 1), st.floats(allow_nan=False, allow_infinity=False), st.binary(max_size=20))
def test_answers_carry_number_and_clock_as_they_came(seq: int, clock_ms: float, jpeg: bytes) -> None:
    frame = read_frame(bytearray(struct.pack(">BBHId", 1, 1, 0, seq, clock_ms) + jpeg), 10.0)
    assert struct.unpack(">BBHIdII", dropped(frame, 10.5)) == (1, 3, 0, seq, clock_ms, 500_000, 0)
    answer = swapped(frame, b"picture", 3, 10.5, 1234)
    assert struct.unpack_from(">BBHIdII", answer) == (1, 2, 3, seq, clock_ms, 500_000, 1234)
    assert answer[24:] == b"picture"


def test_what_does_not_fit_its_field_is_capped() -> None:
    frame = Frame(1, 0.0, memoryview(b""), 0.0)
    assert struct.unpack_from(">BBHIdII", swapped(frame, b"", 10**6, 1e6, 2**40))[2:] == (0xFFFF, 1, 0.0, 2**32 - 1, 2**32 - 1)
