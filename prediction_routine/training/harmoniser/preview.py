"""A sheet to look at: each pair as the mesh leaves it, as the network changes it, and the answer."""

import numpy as np

from faceswap.arrays import Floats, Image
from training.harmoniser.batches import Batch


def sheet(held: Batch, faces: Floats, count: int) -> Image:
    """BGR uint8; `faces` float32 (n, SIDE, SIDE, 3), 0 to 1: as the network changes them."""
    chosen = np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(int)
    columns = [np.vstack([_in_place(held, held.lit, i), _in_place(held, faces, i), held.user[i]]) for i in chosen]
    return np.asarray(np.clip(np.hstack(columns), 0, 1) * 255, np.uint8)


def _in_place(held: Batch, faces: Floats, i: int) -> Floats:
    return np.asarray(faces[i] * held.alpha[i] + held.user[i] * (1 - held.alpha[i]), np.float32)
