"""Binary messages: a fixed header, then a JPEG that the relay never looks into."""

import math
import struct
from dataclasses import dataclass

from relay.close_codes import CloseCode, Refusal

VERSION = 1
FROM_CLIENT, SWAPPED, DROPPED = 1, 2, 3

#: version, kind, flags, sequence number, client clock in ms
CLIENT_HEADER = struct.Struct(">BBHId")
#: version, kind, faces, sequence number, client clock in ms, microseconds in the relay, microseconds in the routine
SERVER_HEADER = struct.Struct(">BBHIdII")


@dataclass(frozen=True, eq=False)
class Frame:
    """A camera frame. `received` is on the relay's monotonic clock, in seconds."""

    seq: int
    clock_ms: float
    jpeg: memoryview
    received: float


def read_frame(message: bytearray, received: float) -> Frame:
    """Raises Refusal (4400) saying what is wrong with the header."""
    if len(message) < CLIENT_HEADER.size:
        raise _malformed(f"a frame starts with a header of {CLIENT_HEADER.size} bytes; this one has {len(message)} in all")
    version, kind, flags, seq, clock_ms = CLIENT_HEADER.unpack_from(message)
    if version != VERSION:
        raise _malformed(f"frame version {version}: this server speaks version {VERSION}")
    if kind != FROM_CLIENT:
        raise _malformed(f"frame kind {kind}: a client sends kind {FROM_CLIENT}")
    if flags != 0:
        raise _malformed(f"frame flags {flags}: version {VERSION} has none, expected 0")
    if not math.isfinite(clock_ms):
        raise _malformed(f"frame clock {clock_ms}: expected milliseconds as a finite number")
    return Frame(seq, clock_ms, memoryview(message)[CLIENT_HEADER.size :], received)


def swapped(frame: Frame, jpeg: bytes, faces: int, now: float, routine_us: int) -> bytes:
    return _answer(SWAPPED, frame, now, min(faces, 0xFFFF), routine_us) + jpeg


def dropped(frame: Frame, now: float) -> bytes:
    return _answer(DROPPED, frame, now, 0, 0)


def _answer(kind: int, frame: Frame, now: float, faces: int, routine_us: int) -> bytes:
    relay_us = min(int((now - frame.received) * 1e6), 0xFFFFFFFF)
    return SERVER_HEADER.pack(VERSION, kind, faces, frame.seq, frame.clock_ms, relay_us, min(routine_us, 0xFFFFFFFF))


def _malformed(reason: str) -> Refusal:
    return Refusal(CloseCode.MALFORMED, reason)
