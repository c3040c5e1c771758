from pathlib import Path

import cv2
import numpy as np
import pytest

from faceswap.arrays import Image
from faceswap.landmarks import Landmarks
from tests.footage import carphone_path
from training.landmarks.crops import SIDE, Crops, collect, frames, load
from training.prepare import finder


def nobody(frame: Image, before: Landmarks | None) -> None:
    return None


def test_no_clips_and_clips_without_a_face_give_no_crops(tmp_path: Path) -> None:
    for clips in ([], [tmp_path / "gone.mp4"], [carphone_path()]):
        crops = collect(clips, nobody, 2)
        assert crops.pictures.shape == crops.empty.shape == (0, SIDE, SIDE, 3)
        assert crops.points.shape == (0, 468, 2)


def test_a_file_that_is_no_crops_says_what_to_do(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", pictures=np.zeros(3))
    with pytest.raises(ValueError, match=r"other\.npz lacks empty, people, points; remove it"):
        load(tmp_path / "other.npz")


@pytest.mark.parametrize("count", [1, 2, 7])
def test_frames_are_spread_over_the_clip(count: int) -> None:
    assert len(list(frames(carphone_path(), count))) == count


def test_a_clip_gives_its_faces_upright_with_the_landmarks_in_them(model_dir: Path, tmp_path: Path) -> None:
    crops = collect([carphone_path()], finder(model_dir), 3)
    crops.save(tmp_path / "crops.npz")
    again = load(tmp_path / "crops.npz")
    assert again.people.tolist() == ["carphone_pristine"] * 3
    for picture, points, empty in zip(again.pictures, again.points, again.empty, strict=True):
        low, high = points.min(0), points.max(0)
        assert (low + high) / 2 == pytest.approx(SIDE / 2, abs=6)
        assert (high - low).max() == pytest.approx(SIDE / (1.5 * SIDE / 256), rel=0.05)
        assert abs(points[33, 1] - points[263, 1]) < 12  # the eyes lie level
        assert cv2.absdiff(picture, empty).mean() > 10


def test_people_can_be_chosen() -> None:
    pictures = np.arange(3, dtype=np.uint8)[:, None, None, None] * np.ones((1, SIDE, SIDE, 3), np.uint8)
    crops = Crops(pictures, np.zeros((3, 468, 2), np.float32), pictures, np.array(["a", "b", "a"]))
    assert crops.of([]).pictures.size == 0
    assert crops.of(["a"]).pictures[:, 0, 0, 0].tolist() == [0, 2]
