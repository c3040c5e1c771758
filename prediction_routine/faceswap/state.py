"""What lives from one frame to the next, as the caller carries it.

Layout, base64 of big-endian fields, at most 4064 characters:

    header  >2sBBHHddH   b"FS", version, number of faces, frame width, frame height,
                         time of the frame, time of the last detection (ms), next face id
    a face  >HH?ffff15s  id; for how long it has not been seen (ms); whether its shape follows; its region: centre x,
                         centre y, side (pixels), angle (radians); its colours
    shape   1287 bytes   x and y of its 468 landmarks, 11 bits each, in 2047ths of the middle 0.7 of the region; the first
                         faces only,
            40 bytes     its proportions: 10 pairs of coefficients, 16 bits each, in 65535ths of -30 to 30,
            1 byte       and over how many frames they are averaged, in halves
    check   >I           CRC-32 of all before it

Anything that is not exactly this - another version, another length, random bytes - reads as no state at all.
"""

import base64
import binascii
import math
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from faceswap.arrays import Floats
from faceswap.colours import COLOURS_BYTES
from faceswap.geometry import Region, inverse, transform
from faceswap.mesh import POINTS
from faceswap.proportions import MODES, Proportions

VERSION = 2
MAX_FACES = 10
#: As many faces as 4 KB hold the shapes of; they are the largest.
MAX_SHAPES = 2
_SHAPE_BITS = 11
SHAPE_BYTES = POINTS * 2 * _SHAPE_BITS // 8
PROPORTIONS_BYTES = MODES * 2 * 2 + 1
#: Coefficients beyond this, either way, are no face's.
_LARGEST_COEFFICIENT = 30.0
_HEADER = struct.Struct(">2sBBHHddH")
_FACE = struct.Struct(f">HH?ffff{COLOURS_BYTES}s")
_CHECK = struct.Struct(">I")
_MAGIC = b"FS"
_LAST_ID = 0xFFFF
_SHAPE_STEPS = 2**_SHAPE_BITS - 1
_PROPORTION_STEPS = 0xFFFF
#: Bits of the number that a coordinate is while it is packed.
_WHOLE_BITS = 16
#: The landmarks of a face lie in this middle share of its region.
_MIDDLE = 0.7
#: A region reaches beyond the frame where the face is cut by its edge, but not by more than this many frames.
_FARTHEST = 4


@dataclass(frozen=True)
class Track:
    """A face that was there: its id, the region in which it was, its colours, for how long it has not been seen (0: it is
    there; 1 to 65535 ms), and, empty where unknown, its packed shape and proportions."""

    number: int
    region: Region
    colours: bytes
    missed_ms: int = 0
    shape: bytes = b""
    proportions: bytes = b""


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
    faces = (
        _FACE.pack(t.number, t.missed_ms, bool(t.shape), *_numbers(t.region), t.colours) + t.shape + t.proportions
        for t in tracks
    )
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
    if (magic, version) != (_MAGIC, VERSION) or count > MAX_FACES:
        return None
    tracks = _tracks(body[_HEADER.size :], count, max(width, height))
    if tracks is None or not (math.isfinite(time_ms) and math.isfinite(detected_ms)):
        return None
    return State(width, height, time_ms, detected_ms, next_number, tracks)


def _tracks(body: bytes, count: int, frame_side: int) -> tuple[Track, ...] | None:
    """Exactly `count` faces in or near a frame of this size, or None."""
    tracks, at = [], 0
    for _ in range(count):
        if len(body) < at + _FACE.size:
            return None
        number, missed_ms, has_shape, *numbers, colours = _FACE.unpack_from(body, at)
        at += _FACE.size
        shape = body[at : at + SHAPE_BYTES] if has_shape else b""
        at += len(shape)
        proportions = body[at : at + PROPORTIONS_BYTES] if has_shape else b""
        at += len(proportions)
        if not all(map(math.isfinite, numbers)):
            return None
        region = Region(*numbers)
        near = max(abs(region.x), abs(region.y), region.size) <= _FARTHEST * frame_side and abs(region.angle) <= 2 * math.pi
        if not near or region.size < 1 or len(shape + proportions) != has_shape * (SHAPE_BYTES + PROPORTIONS_BYTES):
            return None
        tracks.append(Track(number, region, colours, missed_ms, shape, proportions))
    return tuple(tracks) if at == len(body) else None


def pack_shape(points: Floats, region: Region) -> bytes:
    """Landmarks (468, 2 or 3) in frame pixels as 11-bit places in their region."""
    places = transform(points[:, :2], _middle(region).to_square(_SHAPE_STEPS))
    steps = np.minimum(np.maximum(np.rint(places), 0), _SHAPE_STEPS).astype(">u2")
    bits = np.unpackbits(steps.ravel().view(np.uint8)).reshape(-1, _WHOLE_BITS)
    return np.packbits(bits[:, -_SHAPE_BITS:]).tobytes()


def unpack_shape(shape: bytes, region: Region) -> Floats:
    """The landmarks, float32 (468, 2), in frame pixels."""
    bits = np.zeros((2 * POINTS, _WHOLE_BITS), np.uint8)
    bits[:, -_SHAPE_BITS:] = np.unpackbits(np.frombuffer(shape, np.uint8)).reshape(-1, _SHAPE_BITS)
    places = np.packbits(bits).view(">u2").reshape(POINTS, 2).astype(np.float32)
    return transform(places, inverse(_middle(region).to_square(_SHAPE_STEPS)))


def pack_proportions(proportions: Proportions) -> bytes:
    steps = (proportions.coefficients.T / (2 * _LARGEST_COEFFICIENT) + 0.5) * _PROPORTION_STEPS
    coefficients = steps.round().clip(0, _PROPORTION_STEPS).astype(">u2").tobytes()
    return coefficients + bytes([min(255, max(1, round(2 * proportions.frames)))])


def unpack_proportions(packed: bytes) -> Proportions:
    steps = np.frombuffer(packed[:-1], ">u2").astype(np.float32).reshape(MODES, 2)
    coefficients = (steps.T / _PROPORTION_STEPS - 0.5) * (2 * _LARGEST_COEFFICIENT)
    return Proportions(np.asarray(coefficients, np.float32), packed[-1] / 2)


def _middle(region: Region) -> Region:
    return Region(region.x, region.y, _MIDDLE * region.size, region.angle)


def _numbers(region: Region) -> tuple[float, float, float, float]:
    return region.x, region.y, region.size, region.angle


def following(number: int) -> int:
    """The id after this one; ids begin again at 1 long after anyone remembers the first."""
    return number % _LAST_ID + 1
