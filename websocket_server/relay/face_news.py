"""When a client is told of the faces in the picture: of other faces or sources at once, now and then of where they went."""

from collections.abc import Mapping, Sequence
from typing import Any

EVERY_S = 0.25
#: A box has moved when a side of it has, by this share of its own size.
MOVED = 0.05

Box = tuple[float, ...]


class FaceNews:
    """Of one run of a stream; `is_due` counts what it is shown as told where it answers true."""

    def __init__(self) -> None:
        self._told_at = float("-inf")
        self._people: list[tuple[Any, Any]] | None = None
        self._boxes: list[Box | None] = []

    def is_due(self, faces: Sequence[Mapping[str, Any]], now: float) -> bool:
        people = [(face.get("id"), face.get("source")) for face in faces]
        boxes = [_box(face.get("box")) for face in faces]
        if people == self._people and (now < self._told_at + EVERY_S or not any(map(_moved, self._boxes, boxes))):
            return False
        self._told_at, self._people, self._boxes = now, people, boxes
        return True


def _box(value: Any) -> Box | None:
    """Left, top, right, bottom; None for what is no box."""
    if not isinstance(value, list) or len(value) != 4 or not all(isinstance(number, int | float) for number in value):
        return None
    x, y, width, height = value
    return x, y, x + width, y + height


def _moved(before: Box | None, after: Box | None) -> bool:
    if before is None or after is None:
        return before is not after
    reach = MOVED * max(before[2] - before[0], before[3] - before[1])
    return max(abs(a - b) for a, b in zip(before, after, strict=True)) > reach
