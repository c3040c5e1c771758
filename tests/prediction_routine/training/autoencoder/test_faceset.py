from pathlib import Path

import numpy as np
import pytest

from training.autoencoder.errors import TrainingError
from training.autoencoder.faceset import PersonFaces, load


def test_a_missing_file_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"faces\.npz cannot be read .*training\.autoencoder\.extract"):
        load(tmp_path / "faces.npz")


@pytest.mark.parametrize("blob", [b"", b"not a zip", b"PK\x03\x04"])
def test_what_is_no_file_of_faces_is_refused(blob: bytes, tmp_path: Path) -> None:
    (tmp_path / "faces.npz").write_bytes(blob)
    with pytest.raises(TrainingError, match="is not a file of faces"):
        load(tmp_path / "faces.npz")


def test_other_arrays_and_other_sizes_are_refused(tmp_path: Path, one_face: PersonFaces) -> None:
    np.savez(tmp_path / "other.npz", pictures=one_face.pictures)
    with pytest.raises(TrainingError, match="lacks frames, points, record, videos, visible"):
        load(tmp_path / "other.npz")
    one_face.save(tmp_path / "faces.npz")
    with np.load(tmp_path / "faces.npz") as stored:
        arrays = dict(stored)
    for name, changed in {"pictures": arrays["pictures"][:, ::2, ::2], "points": arrays["points"][:2]}.items():
        np.savez(tmp_path / "changed.npz", **{**arrays, name: changed})
        with pytest.raises(TrainingError, match="holds no faces of 192 pixels with 468 points"):
            load(tmp_path / "changed.npz")


def test_a_truncated_file_is_refused(tmp_path: Path, one_face: PersonFaces) -> None:
    one_face.save(tmp_path / "faces.npz")
    (tmp_path / "faces.npz").write_bytes((tmp_path / "faces.npz").read_bytes()[:-2000])
    with pytest.raises(TrainingError, match="is not a file of faces"):
        load(tmp_path / "faces.npz")


def test_faces_and_their_record_are_kept_together(tmp_path: Path, one_face: PersonFaces) -> None:
    one_face.save(tmp_path / "faces.npz")
    loaded = load(tmp_path / "faces.npz")
    assert loaded.record == one_face.record
    assert len(loaded) == 3
    assert (loaded.pictures == one_face.pictures).all()
    assert (loaded.points == one_face.points).all()
