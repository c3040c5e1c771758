"""Which faces are trained on and which are only measured: blocks of frames, since neighbours are nearly the same picture."""

import numpy as np

from training.autoencoder.faceset import PersonFaces

#: Frames in a block; of so many blocks one, the last, is held out.
BLOCK, BLOCKS = 24, 5
#: Frames on either side of a held-out block that are used for nothing.
GAP = 6


def trained_and_held(faces: PersonFaces) -> tuple[list[int], list[int]]:
    """Numbers of the faces to train on, and of those that are never trained on."""
    place = faces.frames % (BLOCK * BLOCKS)
    start = BLOCK * (BLOCKS - 1)
    held = place >= start
    near = (place >= start - GAP) | (place < GAP)  # the block's end is the next round's beginning
    return np.flatnonzero(~near).tolist(), np.flatnonzero(held).tolist()
