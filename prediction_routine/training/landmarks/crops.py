"""Faces to train on, cut upright out of a folder of clips, and pieces of what surrounds them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.geometry import LANDMARK_MARGIN, Region, crop, region_of, transform
from faceswap.mesh import POINTS
from training.faces import Finder, Names
from training.stored import stored

#: Side of a crop, pixels. Its middle 256 are what the network would be given; the rest is room to move it about in.
SIDE = 320
MARGIN = LANDMARK_MARGIN * SIDE / 256
#: A piece without the face lies so many sides of the crop away from it, and is so many times as large.
AWAY, PIECE = (0.8, 1.3), (0.25, 1.0)


@dataclass(frozen=True)
class Crops:
    """`pictures` BGR uint8 (n, SIDE, SIDE, 3); `points` float32 (n, 468, 2) in their pixels; `empty` BGR uint8 (n, SIDE, SIDE,
    3): what is beside each face; `people` (n,): the clip each came from."""

    pictures: Image
    points: Floats
    empty: Image
    people: Names

    def of(self, people: Sequence[str]) -> "Crops":
        """The part that shows these people."""
        chosen = np.isin(self.people, people)
        return Crops(self.pictures[chosen], self.points[chosen], self.empty[chosen], self.people[chosen])

    def save(self, path: Path) -> None:
        np.savez(path, **vars(self))


def load(path: Path) -> Crops:
    """Raises ValueError where the file was not written by `Crops.save`."""
    return Crops(**stored(path, list(Crops.__dataclass_fields__), "remove it, and the clips are read again"))


def collect(clips: Sequence[Path], find: Finder, per_clip: int) -> Crops:
    """Up to `per_clip` faces of each clip, evenly spread over it."""
    rng = np.random.default_rng(0)
    found = [(*cut(frame, find, rng), clip.stem) for clip in clips for frame in frames(clip, per_clip)]
    kept = [row for row in found if row[0] is not None]
    return Crops(
        np.array([row[0] for row in kept], np.uint8).reshape(-1, SIDE, SIDE, 3),
        np.array([row[1] for row in kept], np.float32).reshape(-1, POINTS, 2),
        np.array([row[2] for row in kept], np.uint8).reshape(-1, SIDE, SIDE, 3),
        np.array([row[3] for row in kept], np.str_),
    )


def frames(clip: Path, count: int) -> Iterator[Image]:
    """Up to `count` frames of a clip, evenly spread over it, BGR uint8."""
    video, length = cv2.VideoCapture(str(clip)), 0
    while video.grab():  # what a file says of its length is not always so
        length += 1
    wanted = set(np.linspace(0, max(length - 1, 0), count).round().astype(int).tolist())
    video = cv2.VideoCapture(str(clip))
    for number in range(length):
        if not video.grab():
            return
        if number in wanted:
            done, frame = video.retrieve()
            if done:
                yield np.asarray(frame, np.uint8)


def cut(frame: Image, find: Finder, rng: np.random.Generator) -> tuple[Image | None, Floats | None, Image | None]:
    """The picture, the points in it and a piece beside the face; all None where there is no face."""
    found = find(frame, None)
    if found is None:
        return None, None, None
    region = region_of(found.points, MARGIN)
    affine = region.to_square(SIDE)
    way, far = rng.uniform(0, 2 * np.pi), rng.uniform(*AWAY) * region.size
    # To the side rather than up or down, where a frame ends or the shoulders are.
    x, y = region.x + far * np.sign(np.cos(way)), region.y + 0.4 * far * np.sin(way)
    beside = Region(float(x), float(y), region.size * rng.uniform(*PIECE), region.angle)
    points = transform(found.points, affine)[:, :2]
    return crop(frame, affine, SIDE), points, crop(frame, beside.to_square(SIDE), SIDE)
