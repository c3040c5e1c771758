from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from faceswap.arrays import Image
from faceswap.geometry import crop, filled, region_of, transform
from faceswap.mesh import OVAL
from faceswap.pipeline import FrameSwapper
from tests.footage import ASTRONAUT
from training.autoencoder.faceset import MARGIN, SIDE, PersonFaces
from training.autoencoder.record import Footage, Record

RECORD = Record("Test Person, in writing, 2025-03-01", "2025-03-02T10:00:00+00:00",
                (Footage("a.mp4", "ab" * 32, (0, 1, 2)),), {"face_cut_off": 2}, (1.0,) + (0.0,) * 127)  # fmt: skip


@pytest.fixture(scope="session")
def one_face(swapper: FrameSwapper) -> PersonFaces:
    """A portrait's face three times over."""
    portrait = swapper.portrait(ASTRONAUT.read_bytes())
    affine = region_of(portrait.face.landmarks, MARGIN).to_square(SIDE)
    points = transform(portrait.face.landmarks, affine)[:, :2]
    picture, visible = crop(portrait.photo, affine, SIDE), filled(SIDE, points, OVAL)
    numbers = np.arange(3, dtype=np.int32)
    return PersonFaces(
        np.stack([picture] * 3), np.stack([points] * 3), np.stack([visible] * 3), np.zeros(3, np.int32), numbers, RECORD
    )


@pytest.fixture
def video(tmp_path: Path) -> Callable[..., Path]:
    """Writes frames as a video."""

    def write(name: str, frames: list[Image]) -> Path:
        path = tmp_path / name
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (frames[0].shape[1], frames[0].shape[0]))
        for frame in frames:
            writer.write(frame)
        writer.release()
        return path

    return write
