"""Panels, and the strips they are put together to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from faceswap.arrays import AnyArray, Floats, Image, Ints
from faceswap.geometry import crop, region_of
from faceswap.images import encode_jpeg
from faceswap.source_type import SWAPPED, tag_jpeg

HEIGHT, GAP, MAX_BYTES = 200, 6, 80_000
#: How far a panel that shows the face alone reaches beyond it.
CLOSE = 1.45
_GREEN, _RED = (90, 220, 60), (40, 40, 235)


def save_strip(path: Path, panels: Sequence[AnyArray]) -> None:
    """Panels BGR uint8 (h, w, 3) side by side, at the highest quality that keeps the file under MAX_BYTES. It says in its
    metadata that it shows composited media, as every swap does."""
    same = [cv2.resize(p, (round(p.shape[1] * HEIGHT / p.shape[0]), HEIGHT), interpolation=cv2.INTER_AREA) for p in panels]
    gap = np.full((HEIGHT, GAP, 3), 255, np.uint8)
    strip = np.hstack([piece for panel in same for piece in (gap, panel)][1:])
    for quality in range(86, 50, -3):
        encoded = tag_jpeg(encode_jpeg(strip, quality), SWAPPED)
        if len(encoded) < MAX_BYTES:
            path.write_bytes(encoded)
            return
    raise ValueError(f"{path.name} cannot be brought under {MAX_BYTES} bytes: show fewer panels")


def close(picture: Image, landmarks: Floats) -> Image:
    """The square around a face that takes in the head."""
    region = region_of(landmarks, CLOSE).upright()
    return crop(picture, region.to_square(2 * HEIGHT), 2 * HEIGHT)


def twice(picture: Image, points: Floats) -> tuple[Image, Floats]:
    """Of twice the size, for fine lines to be drawn on."""
    large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.uint8), (points + np.float32(0.5)) * 2 - np.float32(0.5)


def with_square(picture: Image, corners: Floats) -> Image:
    drawn = picture.copy()
    cv2.polylines(drawn, [corners.round().astype(np.int32)], True, _GREEN, 3, cv2.LINE_AA)
    return drawn


def with_points(picture: Image, points: Floats) -> Image:
    drawn = picture.copy()
    for x, y in points[:, :2]:
        cv2.circle(drawn, (round(float(x) * 16), round(float(y) * 16)), 26, _GREEN, -1, cv2.LINE_AA, 4)
    return drawn


def with_mesh(picture: Image, points: Floats, triangles: Ints) -> Image:
    drawn = picture.copy()
    cv2.polylines(drawn, list((points[triangles][:, :, :2] * 16).round().astype(np.int32)), True, _GREEN, 1, cv2.LINE_AA, 4)
    return drawn


def with_arrows(picture: Image, points: Floats, movement: Floats) -> Image:
    """Every fifth movement, four times as long as it is."""
    drawn = picture.copy()
    for (x, y), way in zip(points[::5, :2], 4 * movement[::5], strict=True):
        start, end = (round(float(x)), round(float(y))), (round(float(x + way[0])), round(float(y + way[1])))
        cv2.arrowedLine(drawn, start, end, _GREEN, 2, cv2.LINE_AA, tipLength=0.3)
    return drawn


def tinted(picture: Image, share: Floats) -> Image:
    """Red where `share`, float32 (h, w), is 1."""
    alpha = 0.6 * share[:, :, None]
    return np.asarray(picture * (1 - alpha) + np.array(_RED) * alpha, np.uint8)


def numbered(numbers: AnyArray) -> Image:
    """A colour for each triangle, black for none (-1)."""
    colours = np.random.default_rng(1).integers(60, 255, (int(numbers.max()) + 2, 3), np.uint8)
    colours[-1] = 0
    return np.asarray(colours[numbers], np.uint8)


def places(x: Floats, y: Floats, side: int) -> Image:
    """Where in a texture of this side each pixel reads: the further right the bluer, the further down the redder."""
    return np.asarray(np.clip(np.dstack([x, np.zeros_like(x), y]) * 255 / side, 0, 255), np.uint8)


def grey(share: Floats) -> Image:
    """0 to 1 as black to white."""
    return np.repeat(np.clip(share * 255, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def factors(gain: Floats) -> Image:
    """A gain for each channel, middle grey being 1 and white 2."""
    return np.asarray(np.clip(gain * 127, 0, 255), np.uint8)


def differences(offset: Floats) -> Image:
    """Levels, middle grey being none."""
    return np.asarray(np.clip(127 + offset, 0, 255), np.uint8)
