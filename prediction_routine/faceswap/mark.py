"""The mark by which people see that an image is AI-made."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from faceswap.arrays import Floats, Image, Mask

POSITIONS = ("lower-right", "lower-left", "upper-right", "upper-left")
#: What it says where nothing else is asked for, or where that has no room.
SHORT = "AI"
MAX_LETTERS = 24
#: Width of the upright mark as a share of the frame's shorter side, and its limits in pixels.
WIDTH = 0.046
WIDTH_LIMITS = (12, 56)
#: Letters that are their own mirror image. One above the other they are legible also in pages that show the picture mirrored.
_SYMMETRIC = frozenset("AHIMOTUVWXY")
_UPRIGHT_LETTERS = 2
#: A lying mark's height in widths of the upright one; it shrinks to fit a narrow frame, down to what can still be read.
_LYING_HEIGHT, _LEAST_HEIGHT, _LARGEST_SHARE = 0.8, 9, 0.8
_PAPER, _INK, _OPACITY = 28.0, 255.0, 0.72
#: Painted at several times its size and reduced, which is smoother than any painter at so few pixels.
_SCALE = 8


def draw_mark(frame: Image, text: str = SHORT, position: str = "lower-right") -> None:
    """Draws the mark into that corner of the frame, in place. A text without room becomes "AI"; a frame too small gets none."""
    height, width = frame.shape[:2]
    least, most = WIDTH_LIMITS
    unit = int(min(max(least, WIDTH * min(height, width)), most))
    margin = unit // 2
    badge = _badge(text, unit, min(int(width * _LARGEST_SHARE), width - 2 * margin))
    if badge is None:
        return
    paint, rest = badge
    rows, columns = paint.shape[:2]
    vertical, horizontal = position.split("-")
    top = margin if vertical == "upper" else height - rows - margin
    left = margin if horizontal == "left" else width - columns - margin
    if min(top, left) < 0 or top + rows > height or left + columns > width:
        return
    corner = frame[top : top + rows, left : left + columns]
    corner[:] = np.rint(paint + corner * rest)


@lru_cache(maxsize=16)
def _badge(text: str, unit: int, room: int) -> tuple[Floats, Floats] | None:
    """A dark pill with light letters, `room` wide at most, float32 (height, width, 3) and (height, width, 1): its colour times
    its alpha, and how much is left of what is behind it."""
    layers = _upright(text, unit) if _reads_mirrored(text) else _lying(text, unit, room)
    if layers is None:
        layers = _upright(SHORT, unit)
    ink_share, pill_share = layers
    if ink_share.shape[1] > room:
        return None
    paint = np.repeat(_PAPER + (_INK - _PAPER) * ink_share, 3, axis=2)
    alpha = pill_share * (_OPACITY + (1 - _OPACITY) * ink_share)
    return (paint * alpha).astype(np.float32), (1 - alpha).astype(np.float32)


def _reads_mirrored(text: str) -> bool:
    return len(text) <= _UPRIGHT_LETTERS and set(text) <= _SYMMETRIC


def _upright(text: str, width: int) -> tuple[Floats, Floats]:
    """Ink and pill with the letters one above the other; the right half is the left one's mirror image."""
    big = width * _SCALE
    tall = round(big * (0.96 + 0.47 * len(text)))
    ink, pill = Pillow.new("L", (big, tall)), Pillow.new("L", (big, tall))
    for number, character in enumerate(text):
        middle = tall / 2 + 0.6 * big * (number - (len(text) - 1) / 2)
        _write(ink, character, big * 0.62, middle, weight=big * 0.035)
    ImageDraw.Draw(pill).rounded_rectangle((_SCALE, _SCALE, big - _SCALE, tall - _SCALE), radius=big / 2 - _SCALE, fill=255)
    height = round(tall / _SCALE)
    return _reduced(_mirrored(ink), width, height), _reduced(_mirrored(pill), width, height)


def _lying(text: str, unit: int, room: int) -> tuple[Floats, Floats] | None:
    """Ink and pill with the letters in a line, or None where the room is too narrow for letters that can be read."""
    tall = round(unit * _LYING_HEIGHT * _SCALE)
    size = tall * 0.62
    wide = round(ImageFont.load_default(size).getlength(text)) + round(tall * 0.84)
    shrunk = min(1.0, room * _SCALE / wide)
    height, width = int(tall * shrunk / _SCALE), int(wide * shrunk / _SCALE)
    if height < _LEAST_HEIGHT:
        return None
    ink, pill = Pillow.new("L", (wide, tall)), Pillow.new("L", (wide, tall))
    _write(ink, text, size, tall / 2, weight=tall * 0.012)
    ImageDraw.Draw(pill).rounded_rectangle((0, 0, wide - 1, tall - 1), radius=tall / 2, fill=255)
    return _reduced(np.asarray(ink), width, height), _reduced(np.asarray(pill), width, height)


def _write(layer: Pillow.Image, text: str, size: float, middle: float, weight: float) -> None:
    """In the layer's middle from side to side; its capitals at `middle` from top to bottom, whatever hangs below them."""
    font = ImageFont.load_default(size)
    baseline = middle - font.getbbox("H", anchor="ls")[1] / 2
    ImageDraw.Draw(layer).text((layer.width / 2, baseline), text, 255, font, anchor="ms", stroke_width=weight)


def _mirrored(layer: Pillow.Image) -> Mask:
    """The left half and its mirror image: letters are not quite symmetric as fonts have them."""
    half = np.asarray(layer)[:, : layer.width // 2]
    return np.hstack([half, half[:, ::-1]])


def _reduced(layer: Mask, width: int, height: int) -> Floats:
    """(height, width, 1), 0 to 1."""
    reduced = cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced[:, :, None] / 255, np.float32)
