"""The faces of one person, cut out of videos, in one file together with the record of where they are from."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceswap.arrays import Floats, Image, Ints, Mask
from faceswap.mesh import POINTS
from training.autoencoder.errors import TrainingError
from training.autoencoder.record import Record, record_from
from training.stored import stored

#: Side of a face's picture in the file, pixels, and how far it reaches beyond the face: room to move it about in.
SIDE = 192
MARGIN = 1.6
_REMEDY = "make it with `python -m training.autoencoder.extract`"
_ARRAYS = ("pictures", "points", "visible", "videos", "frames", "record")


@dataclass(frozen=True)
class PersonFaces:
    """`pictures` BGR uint8 (n, SIDE, SIDE, 3), `points` float32 (n, 468, 2) in their pixels, `visible` uint8 (n, SIDE, SIDE):
    255 where the bare face shows, `videos` int32 (n,): which of the record's files, and `frames` int32 (n,) in it."""

    pictures: Image
    points: Floats
    visible: Mask
    videos: Ints
    frames: Ints
    record: Record

    def __len__(self) -> int:
        return len(self.pictures)

    def save(self, path: Path) -> None:
        arrays = {name: getattr(self, name) for name in _ARRAYS if name != "record"}
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays, record=np.array(json.dumps(self.record.as_json())))


def load(path: Path) -> PersonFaces:
    """Raises TrainingError where the file was not written by `extract`."""
    try:
        arrays = stored(path, list(_ARRAYS), _REMEDY)
        record = record_from(json.loads(str(arrays.pop("record"))))
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({error.strerror or error}); {_REMEDY}") from error
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(f"{path} is not a file of faces ({error}); {_REMEDY}") from error
    faces = PersonFaces(**arrays, record=record)
    n = len(faces)
    shapes = (faces.pictures.shape[1:], faces.points.shape, faces.visible.shape, faces.videos.shape, faces.frames.shape)
    if shapes != ((SIDE, SIDE, 3), (n, POINTS, 2), (n, SIDE, SIDE), (n,), (n,)) or not n:
        raise TrainingError(f"{path} holds no faces of {SIDE} pixels with {POINTS} points each; {_REMEDY}")
    return faces
