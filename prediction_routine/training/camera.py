"""What cameras, codecs and rooms do to a picture, BGR float32 in levels of 255."""

import cv2
import numpy as np

from faceswap.arrays import Floats
from faceswap.images import decode_frame, encode_jpeg
from training.canvas import as_image, floats

Generator = np.random.Generator


def seen(rng: Generator, picture: Floats) -> Floats:
    """The picture in some light, through some camera."""
    if rng.random() < 0.7:
        picture = _colours(rng, picture)
    if rng.random() < 0.4:
        picture = _softened(rng, picture)
    if rng.random() < 0.5:
        level, size = rng.uniform(0.5, 12), picture.shape
        picture = picture + rng.normal(0, level, size).astype(np.float32)
    if rng.random() < 0.7:
        picture = floats(decode_frame(encode_jpeg(as_image(picture), int(rng.integers(25, 96)))))
    return floats(np.clip(picture, 0, 255))


def _colours(rng: Generator, picture: Floats) -> Floats:
    """Exposure, contrast, cast, saturation and gamma."""
    dark = rng.random() < 0.12
    gain = rng.uniform(0.22, 0.5) if dark else rng.uniform(0.6, 1.4)
    cast = 1 + rng.uniform(-0.18, 0.18, 3) * rng.choice([0, 1, 2], p=[0.4, 0.45, 0.15])
    grey = picture.mean(2, keepdims=True)
    vivid = (grey + (picture - grey) * rng.uniform(0.0 if rng.random() < 0.1 else 0.6, 1.35)) * gain * cast
    return floats(255 * (np.clip(vivid, 0, 255) / 255) ** rng.uniform(0.75, 1.35))


def _softened(rng: Generator, picture: Floats) -> Floats:
    """Out of focus, moved, or enlarged from fewer pixels."""
    side, kind = picture.shape[0], rng.random()
    if kind < 0.35:
        return floats(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.8)))
    if kind < 0.55:
        return floats(cv2.filter2D(picture, -1, motion(rng, 7)))
    small = int(side * rng.uniform(0.3, 0.9))
    shrunk = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
    return floats(cv2.resize(shrunk, (side, side), interpolation=cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC))


def motion(rng: Generator, longest: int) -> Floats:
    """A kernel that blurs along a straight way of up to `longest` pixels."""
    size = longest | 1
    kernel = np.zeros((size, size), np.float32)
    angle, half = rng.uniform(0, np.pi), rng.uniform(1, longest / 2)
    way, middle = np.array([np.cos(angle), np.sin(angle)]) * half, size // 2
    ends = np.round((np.array([-way, way]) + middle) * 16).astype(np.int32)
    cv2.line(kernel, tuple(map(int, ends[0])), tuple(map(int, ends[1])), 1.0, 1, cv2.LINE_8, 4)
    return kernel / max(float(kernel.sum()), 1e-3)
