"""What changes a bare face without hiding it: light, shadow, beard, paint. The network must call all of this visible."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from faceswap.arrays import Floats
from training.canvas import Canvas, blank, ellipse, floats, line, noise, polygon, ramp
from training.fills import base_colour

Generator = np.random.Generator

Change = Callable[[Generator, Canvas, Floats], Floats]
#: Each change and how often it is made.
Changes = Sequence[tuple[float, Change]]

# Outlines in mesh points.
_JAW = (
    234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454,
    435, 434, 432, 410, 391, 2, 165, 186, 212, 214, 215,
)  # fmt: skip
_CHIN = (61, 212, 210, 170, 140, 171, 175, 396, 369, 395, 430, 432, 291, 405, 17, 181)
_UPPER_LIP = (61, 186, 165, 167, 164, 393, 391, 410, 291, 270, 267, 0, 37, 40)
_LIPS = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)


def side_light(rng: Generator, canvas: Canvas, picture: Floats) -> Floats:
    """One side of the face bright, the other dark, each perhaps in its own colour."""
    angle = rng.uniform(0, 2 * np.pi)
    far = ramp(canvas.side, canvas.middle, np.array([np.cos(angle), np.sin(angle)]) / canvas.size)
    share = 1 / (1 + np.exp(-far * np.float32(rng.uniform(2, 25))))[:, :, None]
    tint = 1 + rng.uniform(-0.15, 0.15, (2, 3)) * (rng.random() < 0.5)
    return floats(picture * (share * rng.uniform(0.9, 1.5) * tint[0] + (1 - share) * rng.uniform(0.25, 0.9) * tint[1]))


def cast_shadow(rng: Generator, canvas: Canvas, picture: Floats) -> Floats:
    """A shadow with an edge: of a hat, of blinds, of a hand out of sight."""
    middle = canvas.middle + rng.uniform(-0.5, 0.5, 2) * canvas.size
    kind = rng.random()
    if kind < 0.4:
        size = canvas.size * rng.uniform(0.1, 1.2, 2)
        outline = cv2.boxPoints((middle.tolist(), size.tolist(), rng.uniform(0, 180)))
        mask = polygon(canvas.side, floats(outline))
    elif kind < 0.7:
        mask = polygon(canvas.side, ellipse(floats(middle), tuple(canvas.size * rng.uniform(0.1, 0.6, 2)), rng.uniform(0, 180)))
    else:
        mask = floats(np.clip((noise(rng, canvas.side, int(rng.integers(2, 9))) - np.float32(0.5)) * 12, 0, 1))
    mask = floats(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.6, 9)))
    return floats(picture * (1 - mask[:, :, None] * rng.uniform(0.15, 0.7) * rng.uniform(0.85, 1, 3)))


def beard(rng: Generator, canvas: Canvas, picture: Floats) -> Floats:
    """Stubble, full beard, chin beard or moustache: hairs in the colour of the hair, thinning out towards the cheeks."""
    kind = rng.random()
    region = _JAW if kind < 0.6 else _CHIN if kind < 0.8 else _UPPER_LIP
    edge = canvas.size * rng.uniform(0.008, 0.05)
    mask = floats(cv2.GaussianBlur(polygon(canvas.side, canvas.points[list(region)]), (0, 0), edge))
    if kind < 0.8:
        mustache = polygon(canvas.side, canvas.points[list(_UPPER_LIP)])
        mask = np.maximum(mask, floats(cv2.GaussianBlur(mustache, (0, 0), edge)) * np.float32(rng.uniform(0, 1)))
    lips = polygon(canvas.side, canvas.points[list(_LIPS)])
    mask = mask * (1 - floats(cv2.GaussianBlur(lips, (0, 0), 0.8)))
    fine = rng.random((canvas.side, canvas.side), np.float32)
    hairs = cv2.resize(fine, (canvas.side, canvas.side * int(rng.integers(1, 5))), interpolation=cv2.INTER_LINEAR)[
        : canvas.side
    ]
    hairs = floats(cv2.GaussianBlur(hairs, (0, 0), rng.uniform(0.4, 0.9)))
    density = np.clip((hairs - 0.5) * rng.uniform(0.3, 5) + rng.uniform(0.35, 1.1), 0, 1)
    share = (mask * density * rng.uniform(0.3, 0.95))[:, :, None]
    colour = canvas.hair() * rng.uniform(0.4, 1.1) if rng.random() < 0.75 else np.full(3, rng.uniform(10, 190))
    return floats(picture * (1 - share) + np.minimum(colour, picture * 1.1) * share)


def _paint(rng: Generator, canvas: Canvas, picture: Floats) -> Floats:
    """Tattoos and face paint: it takes the skin's shading and lies under no edge of its own."""
    mask = blank(canvas.side)
    for _ in range(rng.integers(1, 6)):
        place = canvas.middle + rng.uniform(-0.4, 0.4, 2) * canvas.size
        if rng.random() < 0.6:
            path = place + np.cumsum(rng.normal(0, canvas.size * 0.04, (rng.integers(3, 9), 2)), 0)
            mask = np.maximum(mask, line(canvas.side, floats(path), rng.uniform(0.7, 3)))
        else:
            mask = np.maximum(
                mask,
                polygon(
                    canvas.side, ellipse(floats(place), tuple(canvas.size * rng.uniform(0.02, 0.1, 2)), rng.uniform(0, 180))
                ),
            )
    pigment = base_colour(rng, canvas) / np.maximum(canvas.skin(), 20)
    share = (cv2.GaussianBlur(mask, (0, 0), 0.7) * rng.uniform(0.2, 0.7))[:, :, None]
    return floats(picture * (1 - share + share * np.minimum(pigment, 1.2)))


def _complexion(rng: Generator, canvas: Canvas, picture: Floats) -> Floats:
    """Another complexion: darker skin is also browner and shines more."""
    depth = rng.uniform(0.25, 0.85)
    tone = np.array([depth**1.35, depth**1.12, depth], np.float32)
    face = cv2.GaussianBlur(
        polygon(canvas.side, ellipse(canvas.middle, (canvas.size * 0.5, canvas.size * 0.62), 0)), (0, 0), canvas.size * 0.06
    )
    share = floats(face)[:, :, None]
    grey = picture.mean(2, keepdims=True)
    shine = np.clip(grey / max(float(canvas.skin().mean()), 20.0) - 1, 0, 1) * rng.uniform(0, 1.2) * 90
    return floats(picture * (1 - share) + (picture * tone + shine) * share)


def _make_up(rng: Generator, canvas: Canvas, picture: Floats) -> Floats:
    """Lips and lids in another colour."""
    colour = floats(rng.uniform(20, 220, 3) * (1, 0.6, 1))
    lips = polygon(canvas.side, canvas.points[list(_LIPS)])
    lids = [polygon(canvas.side, ellipse(eye, (canvas.size * 0.12, canvas.size * 0.05), 0)) for eye in canvas.eyes]
    mask = lips if rng.random() < 0.6 else np.maximum(*lids)
    share = (cv2.GaussianBlur(mask, (0, 0), 1.0) * rng.uniform(0.15, 0.6))[:, :, None]
    return floats(picture * (1 - share) + colour * share * picture.mean(2, keepdims=True) / 128)


LIGHT: Changes = ((0.3, side_light), (0.25, cast_shadow))
SKIN: Changes = ((0.3, beard), (0.07, _paint), (0.12, _complexion), (0.08, _make_up))


def changed(rng: Generator, canvas: Canvas, changes: Changes = (*LIGHT, *SKIN)) -> Floats:
    """The canvas's picture with some of the changes, of all those below unless told otherwise."""
    picture = canvas.picture
    for chance, change in changes:
        if rng.random() < chance:
            picture = change(rng, canvas, picture)
    return picture
