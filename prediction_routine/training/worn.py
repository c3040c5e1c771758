"""What people wear before the face, and their hair."""

import numpy as np

from faceswap.arrays import AnyArray, Floats
from faceswap.mesh import SIDES
from training import fills
from training.canvas import Canvas, Layer, blank, ellipse, floats, line, noise, polygon

Generator = np.random.Generator

#: Lower half of a surgical mask's outline in mesh points, from ear to ear, closed over the nose's bridge.
_MASK = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 280, 197, 50)


def strands(rng: Generator, canvas: Canvas) -> Layer:
    """Hair that falls into the face: single strands, a lock, or a fringe."""
    colour = canvas.hair() if rng.random() < 0.7 else floats(fills.base_colour(rng, canvas))
    colour = colour * np.float32(rng.uniform(0.6, 1.4))
    count, width = int(rng.integers(3, 45)), rng.uniform(0.5, 2.2)
    spread = canvas.size * rng.uniform(0.03, 0.3)
    top = canvas.points[10] + rng.uniform(-0.4, 0.4, 2) * canvas.size * np.array([1, 0.15])
    aim = top + np.array([rng.normal(0, 0.25), rng.uniform(0.2, 0.9)]) * canvas.size
    swing = rng.normal(0, 0.18) * canvas.size
    alpha, bright = blank(canvas.side), floats(blank(canvas.side) + 1)
    t = np.linspace(0, 1, 12)[:, None]
    for _ in range(count):
        start, end = top + rng.normal(0, spread, 2) * (1, 0.3), aim + rng.normal(0, spread, 2)
        bend = (start + end) / 2 + np.array([swing + rng.normal(0, spread * 0.4), 0])
        path = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
        one = line(canvas.side, floats(path), width * rng.uniform(0.6, 1.5))
        alpha = np.maximum(alpha, one)
        bright = floats(np.where(one > 0.3, rng.uniform(0.7, 1.5), bright))
    return Layer(floats(colour * bright[:, :, None]), alpha)


def glasses(rng: Generator, canvas: Canvas) -> Layer:
    """Rims thin or thick, round or square, with arms; the lenses clear, tinted or dark, with reflections."""
    right, left = canvas.eyes
    apart = float(np.linalg.norm(left - right))
    if apart < 8:  # in profile
        return strands(rng, canvas)
    angle = float(np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0])))
    # A turned head shows the lenses narrower; the face's height does not change with it.
    reach, tall = min(0.48, 0.5) * apart * rng.uniform(0.75, 1.02), canvas.size * rng.uniform(0.085, 0.16)
    square = rng.uniform(2.0, 5.0)
    drop = np.array([0, rng.uniform(-0.01, 0.05) * canvas.size])
    outlines = [_lens(middle + drop, (reach, tall), angle, square) for middle in (right, left)]
    rim_width = canvas.size * (rng.uniform(0.006, 0.016) if rng.random() < 0.5 else rng.uniform(0.016, 0.045))
    rims = blank(canvas.side)
    half = rng.random() < 0.12  # rims above only
    for outline in outlines:
        path = outline[24:] if half else outline
        rims = np.maximum(rims, line(canvas.side, path, rim_width, closed=not half))
    bridge = np.stack([right + (left - right) * share for share in (reach / apart, 1 - reach / apart)]) + drop
    bridge[:, 1] -= tall * rng.uniform(0.1, 0.5)
    rims = np.maximum(rims, line(canvas.side, floats(bridge), rim_width))
    for eye, ear, way in ((right, canvas.points[SIDES[0]], -1), (left, canvas.points[SIDES[1]], 1)):
        hinge = eye + drop + np.array([way * reach, -tall * 0.4])
        if (ear[0] - hinge[0]) * way > 0:
            rims = np.maximum(rims, line(canvas.side, floats([hinge, ear - np.array([0, tall * 0.6])]), rim_width))
    dark = np.full(3, rng.uniform(5, 60), np.float32) if rng.random() < 0.6 else fills.base_colour(rng, canvas)
    shine = np.float32(0.8) + np.float32(0.5) * noise(rng, canvas.side, 8)
    frame = Layer(floats(dark * shine[:, :, None]), rims)
    return frame.over(_lenses(rng, canvas, outlines))


def _lens(middle: AnyArray, radii: tuple[float, float], angle: float, power: float) -> Floats:
    """A superellipse: an ellipse at power 2, nearly a rectangle at 5."""
    around = ellipse((0, 0), (1.0, 1.0), 0)
    shape = np.sign(around) * np.abs(around) ** (2 / power) * np.array(radii)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return floats(shape @ np.array([[cos, sin], [-sin, cos]]) + middle)


def _lenses(rng: Generator, canvas: Canvas, outlines: list[Floats]) -> Layer:
    inside = np.maximum(*(polygon(canvas.side, outline) for outline in outlines))
    kind = rng.random()
    if kind < 0.6:  # clear: only what they reflect hides anything
        glare = np.clip((noise(rng, canvas.side, int(rng.integers(3, 9))) - np.float32(rng.uniform(0.55, 1.0))) * 5, 0, 1)
        return Layer(
            np.full_like(canvas.picture, rng.uniform(150, 255)), floats(inside * glare * np.float32(rng.uniform(0.2, 0.9)))
        )
    tint = fills.base_colour(rng, canvas) * np.float32(rng.uniform(0.1, 0.6))
    share = rng.uniform(0.25, 0.6) if kind < 0.75 else rng.uniform(0.8, 1.0)
    sheen = np.float32(0.7) + np.float32(0.8) * noise(rng, canvas.side, int(rng.integers(2, 6)))
    return Layer(floats(tint * sheen[:, :, None]), floats(inside * np.float32(share)))


def face_mask(rng: Generator, canvas: Canvas) -> Layer:
    """A surgical or cloth mask over nose and mouth, sometimes pulled down to the chin."""
    outline = canvas.points[list(_MASK)].copy()
    outline[:, 1] += np.float32(rng.uniform(0.0, 0.25) * canvas.size)
    outline = (outline - outline.mean(0)) * np.float32(rng.uniform(0.9, 1.12)) + outline.mean(0)
    colour = fills.plain(rng, canvas) if rng.random() < 0.6 else fills.anything(rng, canvas)
    folds = np.float32(0.75) + np.float32(0.4) * noise(rng, canvas.side, int(rng.integers(3, 9)))
    return Layer(floats(colour * folds[:, :, None]), polygon(canvas.side, floats(outline)))
