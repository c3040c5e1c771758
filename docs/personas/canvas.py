"""A painting surface laid over the face from the front, in the canonical face's centimetres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

LEFT, TOP, EXTENT = -24.0, 15.0, 48.0
PIXELS = 2400
PER_CM = PIXELS / EXTENT

Y, X = np.meshgrid(
    TOP - (np.arange(PIXELS, dtype=np.float32) + 0.5) / PER_CM,
    LEFT + (np.arange(PIXELS, dtype=np.float32) + 0.5) / PER_CM,
    indexing="ij",
)


def to_pixels(points: np.ndarray) -> np.ndarray:
    points = np.asarray(points, float)
    return np.stack([(points[..., 0] - LEFT) * PER_CM, (TOP - points[..., 1]) * PER_CM], -1)


def to_texture(points: np.ndarray) -> np.ndarray:
    """Canvas centimetres to texture coordinates, (0, 0) at the bottom left."""
    return np.stack([(points[:, 0] - LEFT) / EXTENT, 1 - (TOP - points[:, 1]) / EXTENT], -1)


def blur(mask: np.ndarray, cm: float) -> np.ndarray:
    return cv2.GaussianBlur(mask, (0, 0), max(cm * PER_CM, 0.3))


def noise(size_cm: float, seed: int, octaves: int = 4, stretch: tuple[float, float] = (1, 1)) -> np.ndarray:
    """Fractal noise with mean 0 and deviation 1; stretch lengthens its grain along x and y."""
    random = np.random.default_rng(seed)
    total = np.zeros((PIXELS, PIXELS), np.float32)
    for octave in range(octaves):
        cells = [max(int(EXTENT / (size_cm * factor) * 2**octave) + 3, 4) for factor in stretch]
        if min(cells) > PIXELS:
            break
        grid = random.standard_normal((min(cells[1], PIXELS), min(cells[0], PIXELS))).astype(np.float32)
        total += cv2.resize(grid, (PIXELS, PIXELS), interpolation=cv2.INTER_CUBIC) * 0.55**octave
    return (total - total.mean()) / total.std()


def area(outline: np.ndarray, soft: float = 0.0) -> np.ndarray:
    """A filled outline, 0..1, its edge softened by soft cm."""
    mask = np.zeros((PIXELS, PIXELS), np.uint8)
    cv2.fillPoly(mask, [np.round(to_pixels(outline) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    mask = mask.astype(np.float32) / 255
    return blur(mask, soft) if soft else mask


def lines(paths: Iterable[np.ndarray], width: float, soft: float = 0.0, closed: bool = False) -> np.ndarray:
    mask = np.zeros((PIXELS, PIXELS), np.uint8)
    thickness = max(round(width * PER_CM), 1)
    for path in paths:
        cv2.polylines(mask, [np.round(to_pixels(path) * 16).astype(np.int32)], closed, 255, thickness, cv2.LINE_AA, 4)
    mask = mask.astype(np.float32) / 255
    return blur(mask, soft) if soft else mask


def tapered(path: np.ndarray, width: float, sharp_start: bool = True) -> np.ndarray:
    """The outline of a brush stroke along a path that thins to nothing at its end (and at its start)."""
    path = np.asarray(path, float)
    along = np.linspace(0, 1, len(path))
    half = width / 2 * (np.sin(np.pi * along) ** 0.7 if sharp_start else (1 - along) ** 0.6)
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], 1) * half[:, None]
    return np.concatenate([path + normal, (path - normal)[::-1]])


def strokes(outlines: Iterable[np.ndarray], soft: float = 0.0) -> np.ndarray:
    """Several filled outlines as one mask."""
    mask = np.zeros((PIXELS, PIXELS), np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [np.round(to_pixels(outline) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    mask = mask.astype(np.float32) / 255
    return blur(mask, soft) if soft else mask


def dots(centres: Iterable[Sequence[float]], radius: float) -> np.ndarray:
    mask = np.zeros((PIXELS, PIXELS), np.uint8)
    for centre in centres:
        pixel = np.round(to_pixels(np.asarray(centre)) * 16).astype(int)
        cv2.circle(mask, (int(pixel[0]), int(pixel[1])), int(radius * PER_CM * 16), 255, -1, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def both_sides(path: np.ndarray) -> list[np.ndarray]:
    path = np.asarray(path, float)
    return [path, path * [-1, 1]]


def flat(colour: Sequence[float]) -> np.ndarray:
    return np.broadcast_to(np.asarray(colour, np.float32), (PIXELS, PIXELS, 3)).copy()


def over(picture: np.ndarray, colour: Sequence[float] | np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The picture with a colour laid over it where the mask says."""
    return picture + (np.asarray(colour, np.float32) - picture) * np.clip(mask, 0, 1)[..., None]


def hexcolour(code: str) -> tuple[float, float, float]:
    return tuple(int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))


def sample(mask: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Values of a mask at canvas points (n, 2)."""
    column, row = np.clip(to_pixels(points).T - 0.5, 0, PIXELS - 1.001)
    left, top = column.astype(int), row.astype(int)
    right_share, bottom_share = column - left, row - top
    upper = mask[top, left] * (1 - right_share) + mask[top, left + 1] * right_share
    lower = mask[top + 1, left] * (1 - right_share) + mask[top + 1, left + 1] * right_share
    return upper * (1 - bottom_share) + lower * bottom_share
