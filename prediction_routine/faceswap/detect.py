"""Step 1: find faces in a whole frame (BlazeFace, arXiv:1907.05047)."""

from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.geometry import LANDMARK_MARGIN, Region
from faceswap.networks import Network

SCORE_THRESHOLD = 0.5
OVERLAP_THRESHOLD = 0.3
#: Side of the input in pixels -> (stride, anchors a cell) of each layer (mediapipe face_detection*.pbtxt).
ANCHOR_LAYERS = {128: ((8, 2), (16, 6)), 192: ((4, 1),)}


@dataclass(frozen=True)
class Detection:
    """`region`: where the landmark network should look; `score` 0 to 1."""

    region: Region
    score: float


class FaceDetector:
    """Finds faces with a short-range network, and, where that finds none, with a full-range one that sees smaller faces."""

    def __init__(self, short_range: Network, full_range: Network) -> None:
        self._stages = [(network, _anchors(network.side)) for network in (short_range, full_range)]

    def __call__(self, image: Image, every: bool = False) -> list[Detection]:
        """Detections, best first. `every` asks both networks, for frames with several faces."""
        found: list[tuple[Floats, Floats]] = []
        for network, anchors in self._stages:
            found.append(_candidates(network, anchors, image))
            if found[-1][1].size and not every:
                break
        boxes = np.concatenate([rows for rows, _ in found])
        scores = np.concatenate([values for _, values in found])
        return [Detection(_region(boxes[i]), float(scores[i])) for i in _best(boxes, scores)]


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
    """Rows (n, 16) above the threshold - centre, width and height, six key points - in frame pixels, and their scores."""
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
