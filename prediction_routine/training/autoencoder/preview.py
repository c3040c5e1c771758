"""A sheet to look at while it trains: held-out faces, what their own decoder makes of them, and what the other's does."""

from collections.abc import Sequence

import numpy as np

from faceswap.arrays import Floats, Image

COLUMNS = 10


def sheet(faces: Sequence[Floats], own: Sequence[Floats], swapped: Sequence[Floats]) -> Image:
    """BGR uint8; for each person three rows: given, by the own decoder, by the other's; at most COLUMNS faces of each.

    `faces` float32 (n, side, side, 3), `own` and `swapped` float32 (n, side, side, 4), 0 to 1, what is not face in grey.
    """
    rows = []
    for given, by_own, by_other in zip(faces, own, swapped, strict=True):
        spread = np.linspace(0, len(given) - 1, COLUMNS).round().astype(int)
        rows += [np.hstack([_tile(answers[i]) for i in spread]) for answers in (given, by_own, by_other)]
    return np.asarray(np.vstack(rows), np.uint8)


def _tile(answer: Floats) -> Floats:
    picture = answer[:, :, :3]
    if answer.shape[2] > 3:
        mask = answer[:, :, 3:]
        picture = picture * mask + np.float32(0.5) * (1 - mask)
    return np.asarray(np.clip(picture, 0, 1) * 255, np.float32)
