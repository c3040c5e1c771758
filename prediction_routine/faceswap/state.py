"""What lives from one frame to the next, as the caller carries it.

Layout, base64 of big-endian fields, under 300 bytes for a dozen faces:

    header  >2sBBHHddH   b"FS", version, number of faces, frame width, frame height,
                         time of the frame, time of the last detection (ms), next face id
    a face  >Hffff       id; its region in the frame: centre x, centre y, side (pixels), angle (radians)
    check   >I           CRC-32 of all before it

Anything that is not exactly this - another version, another length, random bytes - reads as no state at all.
"""

import base64
import binascii
import math
import struct
import zlib
from dataclasses import dataclass

from faceswap.geometry import Region

VERSION = 1
MAX_FACES = 16
_HEADER = struct.Struct(">2sBBHHddH")
_FACE = struct.Struct(">Hffff")
_CHECK = struct.Struct(">I")
_MAGIC = b"FS"
_LAST_ID = 0xFFFF


@dataclass(frozen=True)
class Track:
    """A face that was there: its id, and the region in which to look for it."""

    number: int
    region: Region


@dataclass(frozen=True)
class State:
    """`width` and `height` of the frame it was made from, `time_ms` and `detected_ms` on the caller's clock."""

    width: int
    height: int
    time_ms: float
    detected_ms: float
    next_number: int
    tracks: tuple[Track, ...]


def encode(state: State) -> str:
    tracks = state.tracks[:MAX_FACES]
    header = _HEADER.pack(
        _MAGIC, VERSION, len(tracks), state.width, state.height, state.time_ms, state.detected_ms, state.next_number
    )
    faces = (_FACE.pack(t.number, t.region.x, t.region.y, t.region.size, t.region.angle) for t in tracks)
    body = header + b"".join(faces)
    return base64.b64encode(body + _CHECK.pack(zlib.crc32(body))).decode()


def decode(text: object) -> State | None:
    """The state in a string, or None where it cannot be read."""
    if not isinstance(text, str) or len(text) > 4096:
        return None
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    body, check = blob[: -_CHECK.size], blob[-_CHECK.size :]
    if len(body) < _HEADER.size or zlib.crc32(body) != _CHECK.unpack(check)[0]:
        return None
    magic, version, count, width, height, time_ms, detected_ms, next_number = _HEADER.unpack_from(body)
    if (magic, version) != (_MAGIC, VERSION) or len(body) != _HEADER.size + count * _FACE.size or count > MAX_FACES:
        return None
    faces = [_FACE.unpack_from(body, _HEADER.size + i * _FACE.size) for i in range(count)]
    numbers = [time_ms, detected_ms, *(value for face in faces for value in face)]
    if not all(map(math.isfinite, numbers)) or any(face[3] < 1 for face in faces):
        return None
    tracks = tuple(Track(face[0], Region(*face[1:])) for face in faces)
    return State(width, height, time_ms, detected_ms, next_number, tracks)


def following(number: int) -> int:
    """The id after this one; ids begin again at 1 long after anyone remembers the first."""
    return number % _LAST_ID + 1
