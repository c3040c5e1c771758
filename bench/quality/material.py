"""The clips and portraits that a swap is scored on, out of folders of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.quality.figures import LONGEST_LAG, angle
from bench.quality.judge import Judge
from faceswap.arrays import Floats, Image
from faceswap.errors import InstanceError
from faceswap.images import decode_photo
from faceswap.track import Face
from tests.footage import decoded, jpeg
from training.prepare import ENDINGS

PICTURES = {".jpg", ".jpeg", ".png"}
#: JPEG quality of the frames that are sent, and of those that come back.
SENT, RETURNED = 95, 90
#: Frames that a clip must have; with fewer no delay is told.
FEWEST = LONGEST_LAG + 3
#: The other pose is looked for in so many frames after those that are swapped, in every STRIDE-th.
LATER, STRIDE = 126, 6


class MaterialError(Exception):
    """A folder cannot be scored on; the message says what was expected and what was found."""


@dataclass(frozen=True)
class Portrait:
    """`photo`: the file's bytes; `identity`: unit embedding, float32 (128,)."""

    name: str
    photo: bytes
    identity: Floats


@dataclass(frozen=True)
class Clip:
    """`frames`: as they are sent, JPEG; `plain`: what a routine that changes nothing gives back, BGR uint8 (h, w, 3); `faces`
    in those; `identity` of the person; `other`: the person in another pose, JPEG; `rate`: frames a second."""

    name: str
    frames: tuple[bytes, ...]
    plain: tuple[Image, ...]
    faces: tuple[Face, ...]
    identity: Floats
    other: bytes
    rate: float


def returned(frame: bytes) -> Image:
    """A frame that was decoded, not changed, and encoded."""
    return decoded(jpeg(decoded(frame), RETURNED))


def read_portraits(folder: Path, judge: Judge) -> tuple[list[Portrait], list[str]]:
    """Those of a folder and what is wrong with others; raises MaterialError where none is left."""
    portraits, remarks = [], []
    for path in _files(folder, PICTURES):
        photo = path.read_bytes()
        try:
            picture = decode_photo(photo)
        except InstanceError as error:
            remarks.append(f"{path.name} is left out: {error.message}")
            continue
        face = judge.face(picture)
        if face is None:
            remarks.append(f"{path.name} is left out: no face is found in it")
            continue
        portraits.append(Portrait(path.stem, photo, judge.identity(picture, face)))
    if not portraits:
        raise MaterialError(_none(folder, "portraits with a face", PICTURES, remarks))
    return portraits, remarks


def read_clips(folder: Path, judge: Judge, count: int, side: int) -> tuple[list[Clip], list[str]]:
    """The first `count` frames of each clip, their longer side `side` pixels, and what is wrong with other clips; raises
    MaterialError where none is left."""
    clips, remarks = [], []
    for path in _files(folder, ENDINGS):
        read = _read_clip(path, judge, count, side)
        if isinstance(read, Clip):
            clips.append(read)
        else:
            remarks.append(f"{path.name} is left out: {read}")
    if not clips:
        raise MaterialError(_none(folder, "clips with a face", ENDINGS, remarks))
    return clips, remarks


def _read_clip(path: Path, judge: Judge, count: int, side: int) -> Clip | str:
    """Or what is wrong with it."""
    pictures, rate = _frames(path, count + LATER, side)
    if not pictures:
        return "it is no video that OpenCV can read"
    if len(pictures) < FEWEST:
        return f"it has {len(pictures)} frames; at least {FEWEST} are needed"
    frames = [jpeg(picture, SENT) for picture in pictures[:count]]
    plain = [returned(frame) for frame in frames]
    faces = [face for picture in plain if (face := judge.face(picture))]
    if len(faces) < len(plain):
        return f"in {len(plain) - len(faces)} of its first {len(plain)} frames no face is found"
    other = _other_pose(pictures[count::STRIDE] or pictures, faces[0], judge)
    identity = judge.identity(plain[0], faces[0])
    return Clip(path.stem, tuple(frames), tuple(plain), tuple(faces), identity, jpeg(other, SENT), rate)


def _frames(path: Path, count: int, side: int) -> tuple[list[Image], float]:
    video = cv2.VideoCapture(str(path))
    rate = video.get(cv2.CAP_PROP_FPS) or 30.0
    pictures: list[Image] = []
    while len(pictures) < count:
        done, picture = video.read()
        if not done:
            break
        scale = side / max(picture.shape[:2])
        resized = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        pictures.append(np.asarray(resized, np.uint8))
    video.release()
    return pictures, rate


def _other_pose(pictures: Sequence[Image], face: Face, judge: Judge) -> Image:
    """The picture in which the head is turned most from this one; the last where none shows a face."""
    found = [(angle(face.pose.rotation, seen.pose.rotation), n) for n, p in enumerate(pictures) if (seen := judge.face(p))]
    return pictures[max(found)[1] if found else -1]


def _files(folder: Path, endings: set[str]) -> list[Path]:
    if not folder.is_dir():
        raise MaterialError(f"{folder} is no folder")
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in endings)


def _none(folder: Path, what: str, endings: set[str], remarks: Sequence[str]) -> str:
    return "\n".join([f"{folder} holds no {what} ({', '.join(sorted(endings))})", *remarks])
