"""What things are made of: colours and textures for a whole canvas, BGR float32 (side, side, 3), levels of 255."""

import cv2
import numpy as np

from faceswap.arrays import Floats
from training.canvas import Canvas, floats, noise, ramp

Generator = np.random.Generator


def anything(rng: Generator, canvas: Canvas) -> Floats:
    """One of the fills below, at random."""
    kinds = (speckled, speckled, speckled, plain, striped, scrap, scrap, skin, skin)
    fill = kinds[rng.integers(len(kinds))](rng, canvas)
    return shaded(rng, fill) if rng.random() < 0.5 else fill


def base_colour(rng: Generator, canvas: Canvas) -> Floats:
    """A colour that hardly differs from the face's, or that of something in the picture, or any other."""
    kind = rng.random()
    if kind < 0.35:
        return skin_tone(rng, canvas)
    if kind < 0.5:
        return np.full(3, rng.uniform(10, 90), np.float32)
    if kind < 0.6:
        return np.full(3, rng.uniform(150, 250), np.float32)
    if kind < 0.75:
        return canvas.colour_at(rng.uniform(0, canvas.side, 2))
    return floats(rng.uniform(0, 255, 3))


def skin_tone(rng: Generator, canvas: Canvas) -> Floats:
    """The skin of the person in the picture, in another light: hands are paler or darker than the face, and redder."""
    return floats(canvas.skin() * rng.uniform(0.6, 1.25) * rng.uniform(0.94, 1.06, 3))


def plain(rng: Generator, canvas: Canvas) -> Floats:
    grain = rng.normal(0, rng.uniform(0, 6), (canvas.side, canvas.side, 1)).astype(np.float32)
    return floats(base_colour(rng, canvas) + grain)


def speckled(rng: Generator, canvas: Canvas) -> Floats:
    """Smooth blotches, from coarse to fine, over a base colour."""
    contrast, cells = rng.uniform(10, 200), int(rng.integers(3, 40))
    blotches = noise(rng, canvas.side, cells, 3 if rng.random() < 0.7 else 1).reshape(canvas.side, canvas.side, -1)
    share = rng.uniform(0.4, 1.0)
    return floats(base_colour(rng, canvas) * share + contrast * (blotches - np.float32(rng.choice([0.0, 0.5]))))


def striped(rng: Generator, canvas: Canvas) -> Floats:
    """Stripes or checks of two colours."""
    one, two = base_colour(rng, canvas), base_colour(rng, canvas)
    angle, width = rng.uniform(0, np.pi), rng.uniform(1.5, 14)
    way = np.array([np.cos(angle), np.sin(angle)]) / width
    waves = np.sin(ramp(canvas.side, (0, 0), way))
    if rng.random() < 0.4:
        waves = waves + np.sin(ramp(canvas.side, (0, 0), (-way[1], way[0])))
    share = np.clip(waves * rng.uniform(0.7, 6) + 0.5, 0, 1)[:, :, None]
    return floats(one * share + two * (1 - share))


def scrap(rng: Generator, canvas: Canvas) -> Floats:
    """A piece of another picture, turned about."""
    piece = canvas.scrap if rng.random() < 0.75 else canvas.other
    piece = np.rot90(piece, int(rng.integers(4)))[:, :: int(rng.choice([-1, 1]))]
    piece = np.roll(piece, tuple(rng.integers(0, canvas.side, 2)), (0, 1))
    return floats(piece * np.float32(rng.uniform(0.6, 1.3)))


def skin(rng: Generator, canvas: Canvas) -> Floats:
    """Somebody's cheek made the colour of this face: real pores and shading, for hands."""
    piece = np.roll(canvas.other, tuple(rng.integers(-40, 40, 2)), (0, 1))
    grey = cv2.cvtColor(np.ascontiguousarray(piece), cv2.COLOR_BGR2GRAY)
    relief = np.clip(grey / max(float(np.median(floats(grey))), 20.0), 0.5, 1.5)
    contrast = np.float32(rng.uniform(0.2, 0.9))
    return floats(skin_tone(rng, canvas) * ((relief - 1) * contrast + 1)[:, :, None])


def shaded(rng: Generator, fill: Floats) -> Floats:
    """The fill lit from one side."""
    side, angle = fill.shape[0], rng.uniform(0, 2 * np.pi)
    way = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.1, 0.9) / side
    light = 1 + ramp(side, (side / 2, side / 2), way)
    return floats(fill * light[:, :, None])
