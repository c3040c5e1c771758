"""Bare faces to train on, cut upright out of a folder of clips and kept in one file."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats, Image, Mask
from faceswap.geometry import crop, region_of, transform
from faceswap.landmarks import Landmarks
from faceswap.mesh import INNER_LIPS, LEFT_BROW, LEFT_EYE, OVAL, POINTS, RIGHT_BROW, RIGHT_EYE
from training.stored import stored

#: Side of a face's picture in the file, pixels, and how far it reaches beyond the face: room to move it about in.
SIDE = 160
MARGIN = 1.6
#: Hair over the face is at least this far from the skin (CIE Lab, OpenCV's 8-bit scale).
HAIR_DIFFERENCE = 22.0
#: Hair hangs into the face from its outline at most this deep, share of the face's width; above the brows, anywhere.
HAIR_DEPTH = 0.16
#: Columns of the file that says what is wrong with some frames.
NOTES = ("clip", "first", "last", "note")
HIDDEN, GLASSES = "hidden", "glasses"


Names = NDArray[np.str_]
#: The face in a frame, given the one in the frame before.
Finder = Callable[[Image, Landmarks | None], Landmarks | None]


@dataclass(frozen=True)
class FaceSet:
    """`pictures` BGR uint8 (n, SIDE, SIDE, 3), `points` float32 (n, 468, 2) in their pixels, `certain` uint8 (n, SIDE,
    SIDE): 255 where the face is known to be bare, 0 where nothing is known; `people` (n,): the clip each came from.
    `scraps` BGR uint8 (m, SIDE, SIDE, 3): pieces of what surrounds the faces, and `scrap_people` (m,)."""

    pictures: Image
    points: Floats
    certain: Mask
    people: Names
    scraps: Image
    scrap_people: Names

    def of(self, people: Sequence[str]) -> "FaceSet":
        """The part that shows these people."""
        faces, scraps = np.isin(self.people, people), np.isin(self.scrap_people, people)
        return FaceSet(
            self.pictures[faces], self.points[faces], self.certain[faces], self.people[faces],
            self.scraps[scraps], self.scrap_people[scraps],
        )  # fmt: skip

    def save(self, path: Path) -> None:
        np.savez_compressed(path, **vars(self))


def load(path: Path) -> FaceSet:
    """Raises ValueError where the file was not written by `prepare`."""
    faces = FaceSet(**stored(path, list(FaceSet.__dataclass_fields__), "make it with `python -m training.prepare`"))
    if faces.pictures.shape[1:] != (SIDE, SIDE, 3) or faces.points.shape[1:] != (POINTS, 2):
        raise ValueError(f"{path} holds pictures of another size; make it again with `python -m training.prepare`")
    return faces


@dataclass(frozen=True)
class Note:
    """What is wrong with the frames `first` to `last` of a clip: HIDDEN, something is before the face, or GLASSES."""

    first: int
    last: int
    note: str


def read_notes(path: Path) -> dict[str, list[Note]]:
    """The notes by clip (file name without its ending); raises ValueError naming the line that does not fit."""
    notes: dict[str, list[Note]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                note = Note(int(row["first"]), int(row["last"]), row["note"])
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {number}: expected the columns {', '.join(NOTES)} ({error})") from error
            if note.note not in (HIDDEN, GLASSES):
                raise ValueError(f"{path}, line {number}: the note is {note.note!r}; it is {HIDDEN} or {GLASSES}")
            notes.setdefault(row["clip"], []).append(note)
    return notes


def collect(clips: Sequence[Path], find: Finder, notes: Mapping[str, Sequence[Note]], per_clip: int) -> FaceSet:
    """Up to `per_clip` faces of each clip, evenly spread over it, and half as many scraps."""
    faces: list[tuple[Image, Floats, Mask, str]] = []
    scraps: list[tuple[Image, str]] = []
    rng = np.random.default_rng(0)
    for clip in clips:
        of_clip = list(_faces(clip, find, notes.get(clip.stem, ())))
        for i in np.unique(np.linspace(0, len(of_clip) - 1, per_clip).round().astype(int)) if of_clip else ():
            faces.append((*of_clip[i][:3], clip.stem))
        for i in rng.integers(0, len(of_clip), per_clip // 2) if of_clip else ():
            scraps.append((of_clip[i][3], clip.stem))
    return FaceSet(
        np.array([face[0] for face in faces], np.uint8).reshape(-1, SIDE, SIDE, 3),
        np.array([face[1] for face in faces], np.float32).reshape(-1, POINTS, 2),
        np.array([face[2] for face in faces], np.uint8).reshape(-1, SIDE, SIDE),
        np.array([face[3] for face in faces], np.str_),
        np.array([scrap[0] for scrap in scraps], np.uint8).reshape(-1, SIDE, SIDE, 3),
        np.array([scrap[1] for scrap in scraps], np.str_),
    )


def _faces(clip: Path, find: Finder, notes: Sequence[Note]) -> Iterator[tuple[Image, Floats, Mask, Image]]:
    """Picture, points, certain and a scrap of every usable frame."""
    video, found, number = cv2.VideoCapture(str(clip)), None, -1
    rng = np.random.default_rng(1)
    while True:
        done, read = video.read()
        if not done:
            return
        frame = np.asarray(read, np.uint8)
        number += 1
        found = find(frame, found)
        said = {note.note for note in notes if note.first <= number <= note.last}
        if not found or HIDDEN in said:
            continue
        region = region_of(found.points, MARGIN)
        affine = region.to_square(SIDE)
        points = transform(found.points, affine)[:, :2]
        picture = crop(frame, affine, SIDE)
        yield picture, points, certain(picture, points, GLASSES in said), _scrap(frame, found.points, rng)


def certain(picture: Image, points: Floats, glasses: bool) -> Mask:
    """255 where the face in a picture, BGR uint8 (side, side, 3), is surely bare: not hair, and with `glasses` not the
    band of the eyes, about which nothing is said."""
    side = picture.shape[0]
    face: Mask = np.zeros((side, side), np.uint8)
    features: Mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(face, [points[list(OVAL)].round().astype(np.int32)], 255)
    for outline in (RIGHT_BROW, LEFT_BROW, RIGHT_EYE, LEFT_EYE, INNER_LIPS):
        cv2.fillConvexPoly(features, cv2.convexHull(points[list(outline)].round().astype(np.int32)), 255)
    features = np.asarray(cv2.dilate(features, np.ones((5, 5), np.uint8)), np.uint8)
    width = float(np.ptp(points[list(OVAL), 0]))
    depth = cv2.distanceTransform(face, cv2.DIST_L2, cv2.DIST_MASK_3)
    rows = np.arange(side)[:, None]
    brows, nose = float(points[[*RIGHT_BROW, *LEFT_BROW], 1].min()), float(points[1, 1])

    colours = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)
    skin = np.median(colours[(depth > HAIR_DEPTH * width) & (features == 0) & (rows > brows)], axis=0)
    darker = (np.linalg.norm(colours - skin, axis=2) > HAIR_DIFFERENCE) & (colours[:, :, 0] < skin[0])
    near = (depth < HAIR_DEPTH * width) & (rows < nose) | (rows < brows)  # below the nose it is a beard
    hair = np.asarray((darker & near & (features == 0)) * np.uint8(255), np.uint8)
    face[cv2.dilate(hair, np.ones((5, 5), np.uint8)) > 0] = 0
    if glasses:
        band = (rows > brows - 0.02 * width) & (rows < (nose + points[[33, 263], 1].mean()) / 2 + 0.1 * width)
        face[np.broadcast_to(band, face.shape)] = 0
    return face


def _scrap(frame: Image, landmarks: Floats, rng: np.random.Generator) -> Image:
    """A square piece of the frame, its middle outside the face."""
    height, width = frame.shape[:2]
    low, high = landmarks[:, :2].min(0), landmarks[:, :2].max(0)
    reach = int(min(height, width, max(32, rng.uniform(0.25, 0.9) * (high - low).max())))
    for _ in range(20):
        x, y = int(rng.integers(0, width - reach + 1)), int(rng.integers(0, height - reach + 1))
        middle = np.array([x + reach / 2, y + reach / 2])
        if (middle < low).any() or (middle > high).any():
            break
    piece = frame[y : y + reach, x : x + reach]
    return np.asarray(cv2.resize(piece, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)
