"""Things that come before a face, each drawn at random: a function from a canvas to a layer, or None where it has no place."""

from collections.abc import Callable

import cv2
import numpy as np

from faceswap.arrays import Floats
from training import fills
from training.canvas import Canvas, Layer, blank, ellipse, floats, grid, line, noise, polygon, ramp, round_shade
from training.hands import hand
from training.worn import face_mask, glasses, strands

Generator = np.random.Generator


def anywhere(rng: Generator, canvas: Canvas, reach: float = 0.5) -> Floats:
    """A place on or near the face."""
    return floats(canvas.middle + rng.uniform(-reach, reach, 2) * canvas.size)


def bar(rng: Generator, canvas: Canvas) -> Layer:
    size = canvas.size * np.array([rng.uniform(0.3, 1.6), rng.uniform(0.05, 0.4)])
    box = cv2.boxPoints((anywhere(rng, canvas, 0.4).tolist(), size.tolist(), rng.uniform(0, 180)))
    return Layer(fills.anything(rng, canvas), polygon(canvas.side, floats(box)))


def shape(rng: Generator, canvas: Canvas) -> Layer:
    """A polygon, a blob or an ellipse."""
    middle, radius = anywhere(rng, canvas), canvas.size * rng.uniform(0.06, 0.4)
    kind = rng.random()
    if kind < 0.3:
        alpha = polygon(canvas.side, ellipse(middle, (radius, radius * rng.uniform(0.3, 1)), rng.uniform(0, 180)))
    elif kind < 0.7:
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 9)))
        radii = radius * rng.uniform(0.5, 1.2, (angles.size, 1))
        alpha = polygon(canvas.side, floats(middle + radii * np.stack([np.cos(angles), np.sin(angles)], 1)))
    else:
        disc = polygon(canvas.side, ellipse(middle, (radius * 1.3, radius * 1.3), 0))
        blob = noise(rng, canvas.side, int(rng.integers(5, 16)))
        alpha = disc * np.clip((blob - np.float32(0.42)) * canvas.side / 12, 0, 1)
    return Layer(fills.anything(rng, canvas), floats(alpha))


def sheet(rng: Generator, canvas: Canvas) -> Layer:
    """Paper, a book, a telephone: a large flat thing with straight edges, perhaps written on."""
    middle = anywhere(rng, canvas, 0.75)
    size = canvas.size * np.array([rng.uniform(0.35, 1.1), rng.uniform(0.35, 1.1)])
    box = floats(cv2.boxPoints((middle.tolist(), size.tolist(), rng.uniform(-50, 50))))
    box += rng.normal(0, 0.03 * canvas.size, box.shape).astype(np.float32)
    colour = fills.plain(rng, canvas) if rng.random() < 0.5 else fills.anything(rng, canvas)
    if rng.random() < 0.5:
        rows = np.linspace(0.1, 0.9, rng.integers(3, 12))
        ink = blank(canvas.side)
        for row in rows:
            left, right = box[0] + (box[1] - box[0]) * row, box[3] + (box[2] - box[3]) * row
            end = left + (right - left) * rng.uniform(0.4, 0.95)
            ink = np.maximum(ink, line(canvas.side, np.stack([left + (right - left) * 0.06, end]), rng.uniform(0.6, 3)))
        colour = colour + (fills.base_colour(rng, canvas) - colour) * ink[:, :, None]
    return Layer(floats(colour), polygon(canvas.side, box))


def cloth(rng: Generator, canvas: Canvas) -> Layer:
    """A scarf, a sleeve, a towel: it covers the face from one side up to a wavy edge, in folds."""
    angle = rng.uniform(0, 2 * np.pi)
    edge = rng.uniform(0.0, 0.45) * canvas.size
    far = ramp(canvas.side, canvas.middle, (np.cos(angle), np.sin(angle)))
    wave = (noise(rng, canvas.side, int(rng.integers(2, 8))) - np.float32(0.5)) * canvas.size * rng.uniform(0.05, 0.5)
    colour = fills.anything(rng, canvas)
    folds = noise(rng, canvas.side, int(rng.integers(3, 14)))
    return Layer(colour * (np.float32(0.6) + np.float32(0.7) * folds[:, :, None]), floats(np.clip(far + wave - edge, 0, 1)))


def microphone(rng: Generator, canvas: Canvas) -> Layer:
    """A ball on a stick, from below or from the side."""
    mouth = canvas.points[[13, 14]].mean(0)
    ball = mouth + rng.normal(0, 0.13, 2) * canvas.size + np.array([0, 0.12]) * canvas.size
    radius, angle = canvas.size * rng.uniform(0.05, 0.17), np.radians(rng.uniform(20, 160))
    way = np.array([np.cos(angle), np.sin(angle)])
    light = rng.uniform(-1, 1)
    across = ramp(canvas.side, ball, np.array([-way[1], way[0]]) / (radius * 0.65))
    dark = np.full(3, rng.uniform(5, 80), np.float32) if rng.random() < 0.75 else fills.base_colour(rng, canvas)
    stick = Layer(
        dark * round_shade(across, light)[:, :, None],
        line(canvas.side, np.stack([ball, ball + way * canvas.size * 2]), radius * 1.3),
    )
    head_colour = dark * rng.uniform(0.7, 1.6) if rng.random() < 0.6 else np.full(3, rng.uniform(100, 220), np.float32)
    weave = [np.sin(plane * np.float32(rng.uniform(1, 2.5))) for plane in grid(canvas.side)]
    shade = round_shade(ramp(canvas.side, ball, (1 / radius, 0)), light)
    shade = shade * (1 + np.float32(rng.uniform(0, 0.35)) * np.sign(weave[0] * weave[1]))
    top = Layer(
        floats(head_colour * shade[:, :, None]),
        polygon(canvas.side, ellipse(ball, (radius, radius * rng.uniform(1, 1.3)), np.degrees(angle) - 90)),
    )
    return top.over(stick)


def cup(rng: Generator, canvas: Canvas) -> Layer:
    """A cup, glass or bottle at the mouth, often in a hand."""
    mouth = canvas.points[[13, 14]].mean(0)
    top = mouth + rng.normal(0, 0.1, 2) * canvas.size
    wide, tall, narrow = canvas.size * rng.uniform(0.1, 0.26), canvas.size * rng.uniform(0.3, 0.8), rng.uniform(0.55, 1.0)
    turn = rng.uniform(-40, 40)
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    rotation = np.array([[cos, -sin], [sin, cos]])
    outline = np.array([[-wide, 0], [wide, 0], [wide * narrow, tall], [-wide * narrow, tall]]) @ rotation.T + top
    across = ramp(canvas.side, top, np.array([cos, sin]) / wide)
    side = fills.anything(rng, canvas) * round_shade(floats(across), rng.uniform(-1, 1))[:, :, None]
    lip = polygon(canvas.side, ellipse(floats(top), (wide, wide * rng.uniform(0.1, 0.45)), turn))
    alpha = np.maximum(polygon(canvas.side, floats(outline)), lip)
    layer = Layer(floats(side * (1 - np.float32(rng.uniform(-0.3, 0.6)) * lip[:, :, None])), alpha)
    if rng.random() < 0.5:
        middle = floats(outline.mean(0))
        layer = hand(rng, canvas, middle, float(rng.choice([0.0, 180.0]) + rng.normal(0, 20))).over(layer)
    return layer


KINDS: dict[str, tuple[float, Callable[[Generator, Canvas], Layer]]] = {
    "bar": (0.16, bar),
    "shape": (0.15, shape),
    "hand": (0.26, hand),
    "sheet": (0.06, sheet),
    "cloth": (0.06, cloth),
    "microphone": (0.07, microphone),
    "cup": (0.06, cup),
    "strands": (0.07, strands),
    "glasses": (0.08, glasses),
    "mask": (0.03, face_mask),
}


def some_kind(rng: Generator) -> str:
    """One of KINDS, each as often as its share says."""
    return list(KINDS)[rng.choice(len(KINDS), p=[share for share, _ in KINDS.values()])]


def draw(kind: str, rng: Generator, canvas: Canvas) -> Layer:
    return KINDS[kind][1](rng, canvas)
