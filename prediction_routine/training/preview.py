"""A sheet of samples to look at: each as the network gets it, the truth, and what the network says."""

from collections.abc import Sequence

import numpy as np

from faceswap.arrays import Floats, Image
from training.canvas import floats
from training.samples import Sample

COLUMNS, ROWS = 12, 5


def sheet(samples: Sequence[Sample], seen: Floats) -> Image:
    """BGR uint8; red is hidden, green visible. `seen` (n, side, side): the network's answers."""
    chosen = np.linspace(0, len(samples) - 1, min(len(samples), COLUMNS * ROWS)).astype(int)
    tiles = [_tile(samples[i], seen[i]) for i in chosen]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    return np.asarray(np.vstack([np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]), np.uint8)


def _tile(sample: Sample, seen: Floats) -> Floats:
    truth, answer = _painted(sample.pixels, sample.visible, sample.weight), _painted(sample.pixels, seen, np.ones_like(seen))
    return floats(np.vstack([sample.pixels * 255, truth, answer]))


def _painted(pixels: Floats, visible: Floats, weight: Floats) -> Floats:
    grey = 255 * pixels.mean(2, keepdims=True)
    colour = np.stack([np.zeros_like(visible), visible, 1 - visible], 2) * 255
    return floats(np.where(weight[:, :, None] > 0.05, (grey + colour) / 2, grey))
