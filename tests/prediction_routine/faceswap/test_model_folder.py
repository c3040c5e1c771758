import json
import shutil
from pathlib import Path

import pytest

from faceswap.model_folder import ModelFolderError, read_model_folder


@pytest.fixture
def copied(model_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_dir, tmp_path / "model"))


def test_no_folder_says_what_builds_it(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="make models"):
        read_model_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x", "files": [{}]}', "null"])
def test_a_manifest_of_another_shape_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ModelFolderError, match="not a model manifest"):
        read_model_folder(tmp_path)


def test_one_changed_byte_is_refused_by_name(copied: Path) -> None:
    weights = copied / "face_landmarks_detector.tflite"
    blob = bytearray(weights.read_bytes())
    blob[1000] ^= 1
    weights.write_bytes(blob)
    with pytest.raises(ModelFolderError, match=r"face_landmarks_detector\.tflite has changed"):
        read_model_folder(copied)


def test_a_missing_file_is_refused_by_name(copied: Path) -> None:
    (copied / "face_landmarks_detector.tflite").unlink()
    with pytest.raises(ModelFolderError, match=r"face_landmarks_detector\.tflite .* cannot be read"):
        read_model_folder(copied)


def test_every_file_has_hash_licence_origin_and_purpose(model_dir: Path) -> None:
    manifest = json.loads((model_dir / "manifest.json").read_text())
    assert {file.name for file in model_dir.iterdir()} == {"manifest.json", *(e["file"] for e in manifest["files"])}
    for entry in manifest["files"]:
        assert all(entry[key] for key in ("sha256", "licence", "origin", "purpose", "package"))
