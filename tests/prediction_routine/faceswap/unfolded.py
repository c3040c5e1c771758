"""Unfolded faces made up for tests: an oval in the middle of a square, its right half the mirror image of its left."""

import cv2
import numpy as np

from faceswap.canonical import Unfolded

SIDE = 128
MIDDLE = SIDE // 2
SKIN = (120, 150, 200)


def oval() -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(mask, ((MIDDLE - 0.5, MIDDLE - 0.5), (84, 104), 0), 1, -1)
    return mask.astype(np.float32)


def plain(colour: tuple[float, float, float] = SKIN) -> Unfolded:
    face = oval()
    texture = np.full((SIDE, SIDE, 3), colour, np.float32)
    return Unfolded(texture, face.copy(), np.zeros_like(face), face)
