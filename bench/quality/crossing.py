"""Something that crosses a face: a textured bar, tilted, of a dull colour or that of the skin, from the first frame on."""

from collections.abc import Sequence

import cv2
import numpy as np

from bench.quality.figures import Area, face_area
from faceswap.arrays import Image
from faceswap.track import Face

#: Length and width, shares of the face's size; it moves over half of that, from one side of the nose to the other.
LENGTH, WIDTH, WAY = 0.9, 0.22, 0.5
#: What lies this near to the bar's edge is judged neither way, pixels.
EDGE = 2
_NOSE, _CHEEK = 1, 205
_DULL = (45, 45, 45)


def crossed(frames: Sequence[Image], faces: Sequence[Face], seed: int) -> tuple[list[Image], list[Area]]:
    """Frames BGR uint8 (h, w, 3) with a bar before the face, and where the bar lies on it."""
    random = np.random.default_rng(seed)
    grain = random.integers(0, 80, (12, 12, 3), np.uint8)
    like_skin, tilt = bool(random.integers(2)), float(random.uniform(0, 180))
    covered, areas = [], []
    for share, frame, face in zip(np.linspace(-0.5, 0.5, len(frames)), frames, faces, strict=True):
        height, width = frame.shape[:2]
        nose, (x, y) = face.landmarks[_NOSE, :2], face.landmarks[_CHEEK, :2].round().astype(int)
        centre = (float(nose[0] + share * WAY * face.size), float(nose[1]))
        corners = cv2.boxPoints((centre, (LENGTH * face.size, WIDTH * face.size), tilt + 20 * share))
        bar = np.zeros((height, width), np.uint8)
        cv2.fillPoly(bar, [corners.round().astype(np.int32)], 1)
        skin = frame[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
        colour = np.multiply(skin, 0.7) if like_skin else np.array(_DULL)
        texture = cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC) + colour
        picture = frame.copy()
        picture[bar > 0] = np.clip(texture, 0, 255).astype(np.uint8)[bar > 0]
        covered.append(picture)
        inner = cv2.erode(bar, np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8)) > 0
        areas.append(inner & face_area(frame.shape, face.landmarks, 0.95))
    return covered, areas
