"""Step 1: find faces in a whole frame (BlazeFace, arXiv:1907.05047)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.geometry import LANDMARK_MARGIN, Box, Region
from faceswap.networks import Network

SCORE_THRESHOLD = 0.5
OVERLAP_THRESHOLD = 0.3
#: A frame with a longer side than this, pixels, is searched in squares too where nothing is found in it as a whole.
LARGE = 960
MOST_SQUARES = 3
#: Side of the input in pixels -> (stride, anchors a cell) of each layer (mediapipe face_detection*.pbtxt).
ANCHOR_LAYERS = {128: ((8, 2), (16, 6)), 192: ((4, 1),)}


@dataclass(frozen=True)
class Detection:
    """`region`: where the landmark network should look; `score` 0 to 1."""

    region: Region
    score: float


class FaceDetector:
    """Finds faces with a short-range network, with a full-range one that sees smaller faces, and with that in parts of a
    large frame."""

    def __init__(self, short_range: Network, full_range: Network) -> None:
        self._short, self._full = ((network, _anchors(network.side)) for network in (short_range, full_range))

    def __call__(self, image: Image) -> Iterator[list[Detection]]:
        """The detections of one pass after another, each best first: a later pass sees smaller faces and takes longer.

        The caller stops when it has the faces it wants.
        """
        height, width = image.shape[:2]
        whole = [Box(0, 0, width, height)]
        yield _detections(*self._short, image, whole)
        yield _detections(*self._full, image, whole)
        if max(width, height) > LARGE:
            yield _detections(*self._full, image, _squares(width, height))


def _detections(network: Network, anchors: Floats, image: Image, parts: Sequence[Box]) -> list[Detection]:
    """What the network finds in these parts of the image."""
    found = [_candidates(network, anchors, image[part.rows, part.columns]) for part in parts]
    rows = np.concatenate([_moved(rows, part) for (rows, _), part in zip(found, parts, strict=True)])
    scores = np.concatenate([values for _, values in found])
    return [Detection(_region(rows[i]), float(scores[i])) for i in _best(rows, scores)]


def _squares(width: int, height: int) -> list[Box]:
    """Squares of the frame's shorter side along its longer one, MOST_SQUARES at most."""
    side, length = min(width, height), max(width, height)
    count = min(MOST_SQUARES, math.ceil(length / side))
    starts = np.linspace(0, length - side, count).astype(int).tolist()
    return [Box(start, 0, side, side) if width > height else Box(0, start, side, side) for start in starts]


def _moved(rows: Floats, part: Box) -> Floats:
    """Rows (n, 16) of a part of the frame, in the frame's pixels."""
    moved = rows.copy()
    moved[:, [0, *range(4, 16, 2)]] += part.x
    moved[:, [1, *range(5, 16, 2)]] += part.y
    return moved


def _anchors(side: int) -> Floats:
    """Anchor centres, shape (n, 2), in units of the input's side."""
    return np.array(
        [
            ((x + 0.5) * stride / side, (y + 0.5) * stride / side)
            for stride, count in ANCHOR_LAYERS[side]
            for y in range(side // stride)
            for x in range(side // stride)
            for _ in range(count)
        ],
        np.float32,
    )


def _candidates(network: Network, anchors: Floats, image: Image) -> tuple[Floats, Floats]:
    """Rows (n, 16) above the threshold - centre, width and height, six key points - in the image's pixels; their scores."""
    side = network.side
    scale = side / max(image.shape[:2])
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    square = np.zeros((1, side, side, 3), np.float32)
    small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    square[0, : size[1], : size[0]] = small
    outputs = network(square * np.float32(1 / 127.5) - np.float32(1))
    rows, logits = sorted((output[0] for output in outputs), key=lambda output: -int(output.shape[1]))
    scores = 1 / (1 + np.exp(-np.clip(logits[:, 0], -50, 50)))
    keep = np.flatnonzero(scores >= SCORE_THRESHOLD)
    placed = rows[keep] / side
    placed[:, :2] += anchors[keep]
    placed[:, 4:] += np.tile(anchors[keep], 6)
    return placed * (side / scale), scores[keep]


def _best(rows: Floats, scores: Floats) -> list[int]:
    """Row numbers without those that overlap a better one, best first."""
    boxes = [(float(x - w / 2), float(y - h / 2), float(w), float(h)) for x, y, w, h in rows[:, :4]]
    kept = cv2.dnn.NMSBoxes(boxes, scores.tolist(), SCORE_THRESHOLD, OVERLAP_THRESHOLD)
    return [int(i) for i in kept]


def _region(row: Floats) -> Region:
    """The landmark region of a detection; its first two key points are the eyes."""
    right, left = row[4:6], row[6:8]
    angle = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
    return Region(float(row[0]), float(row[1]), LANDMARK_MARGIN * float(max(row[2], row[3])), angle)
