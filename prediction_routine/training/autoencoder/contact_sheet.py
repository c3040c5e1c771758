"""A sheet of the faces that were taken, and of the people who were left out, to check before training."""

from collections.abc import Sequence

import cv2
import numpy as np

from faceswap.arrays import Image

COLUMNS, TAKEN_ROWS, TILE, BAR = 12, 8, 96, 22
_TAKEN, _LEFT_OUT = (60, 120, 30), (40, 40, 170)


def contact_sheet(people: Sequence[Sequence[Image]], taken: int) -> Image:
    """BGR uint8. `people`: each one's pictures (side, side, 3), whoever is seen most first; `taken`: which of them trains.

    The taken person's faces come evenly spread over the footage, a row of each other's after them.
    """
    parts = [_bar(f"taken: person {taken + 1}, {len(people[taken])} faces", _TAKEN)]
    parts += _rows(people[taken], TAKEN_ROWS)
    for number, pictures in enumerate(people):
        if number != taken:
            parts += [_bar(f"left out: person {number + 1}, {len(pictures)} faces", _LEFT_OUT), *_rows(pictures, 1)]
    return np.asarray(np.vstack(parts), np.uint8)


def _rows(pictures: Sequence[Image], rows: int) -> list[Image]:
    count = min(len(pictures), rows * COLUMNS)
    spread = np.linspace(0, len(pictures) - 1, count).round().astype(int)
    tiles = [np.asarray(cv2.resize(pictures[i], (TILE, TILE), interpolation=cv2.INTER_AREA), np.uint8) for i in spread]
    tiles += [np.zeros((TILE, TILE, 3), np.uint8)] * (-count % COLUMNS)
    return [np.asarray(np.hstack(tiles[i : i + COLUMNS]), np.uint8) for i in range(0, len(tiles), COLUMNS)]


def _bar(text: str, colour: tuple[int, int, int]) -> Image:
    bar = np.full((BAR, COLUMNS * TILE, 3), colour, np.uint8)
    cv2.putText(bar, text, (6, BAR - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return bar
