from pathlib import Path

import numpy as np
import pytest

from faceswap.mesh import Mesh
from faceswap.model_folder import ModelFolder
from tests.footage import carphone_path
from training.harmoniser.footage import LONGEST, PHOTO_MARGIN, Shot, moved, occluded, photo_of, shots, tracker, varied


def test_a_file_that_is_no_clip_shows_nobody(tmp_path: Path, mesh: Mesh, model_folder: ModelFolder) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"no clip")
    assert shots(path, tracker(model_folder.files, mesh), 3) == []


def test_shots_are_spread_over_the_clip(mesh: Mesh, model_folder: ModelFolder) -> None:
    found = shots(carphone_path(), tracker(model_folder.files, mesh), 3)
    assert len(found) == 3
    assert all(max(shot.frame.shape[:2]) <= LONGEST for shot in found)
    assert np.abs(found[0].frame.astype(int) - found[-1].frame).mean() > 1


def test_a_photo_holds_the_whole_face_in_its_middle(people: dict[str, list[Shot]]) -> None:
    photo = photo_of(people["hopper"][0])
    side = photo.frame.shape[0]
    places = photo.face.landmarks[:, :2] / side
    assert photo.frame.shape == (side, side, 3)
    assert (places > 0.1).all()
    assert (places < 0.9).all()
    assert np.ptp(places, axis=0).max() == pytest.approx(1 / PHOTO_MARGIN, abs=0.05)


def test_a_moved_face_keeps_its_irises_in_its_eyes(people: dict[str, list[Shot]]) -> None:
    face = people["hopper"][0].face
    twice = moved(face, np.array([[2.0, 0, 5], [0, 2, -7]]))
    assert np.allclose(twice.landmarks[:, :2], face.landmarks[:, :2] * 2 + (5, -7), atol=1e-3)
    assert np.allclose(twice.irises, face.irises * 2 + np.array([5, -7, 0]), atol=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_a_varied_photo_is_another_picture_of_the_same_face(people: dict[str, list[Shot]], seed: int) -> None:
    photo, other = photo_of(people["astronaut"][0]), people["hopper"][0].frame
    changed = varied(np.random.default_rng(seed), photo, other)
    again = varied(np.random.default_rng(seed), photo, other)
    assert changed.frame.shape == photo.frame.shape
    assert changed.face is photo.face
    assert (changed.frame == again.frame).all()


def test_what_is_before_a_face_hides_part_of_the_frame_only(people: dict[str, list[Shot]]) -> None:
    shot, other = people["hopper"][0], people["astronaut"][0].frame
    shares = []
    for seed in range(8):
        covered = occluded(np.random.default_rng(seed), shot, other)
        shares.append((covered.frame != shot.frame).any(2).mean())
    assert max(shares) > 0.01
    assert max(shares) < 0.8
