import hashlib
import json
import shutil
import sys
from pathlib import Path

import build_model
import pytest
from build_model import FILES, WEIGHTS, is_built


def test_an_empty_folder_is_not_built(tmp_path: Path) -> None:
    assert not is_built(tmp_path)


def test_the_built_folder_is_recognised_and_a_changed_one_is_not(model_dir: Path, tmp_path: Path) -> None:
    assert is_built(model_dir)
    copy = Path(shutil.copytree(model_dir, tmp_path / "model"))
    (copy / FILES[0].file).write_bytes(b"other")
    assert not is_built(copy)


def test_the_manifest_says_what_the_script_says(model_dir: Path) -> None:
    entries = json.loads((model_dir / "manifest.json").read_text())["files"]
    assert [entry["file"] for entry in entries] == [item.file for item in FILES]
    for entry in entries:
        assert hashlib.sha256((model_dir / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_a_folder_of_an_older_script_is_not_taken_for_this_ones(model_dir: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(model_dir, tmp_path / "model"))
    manifest = json.loads((copy / "manifest.json").read_text())
    for entry in manifest["files"]:
        del entry["own_sha256"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert not is_built(copy)


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this project's own weights that is built from."""
    copy = Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))
    monkeypatch.setattr(build_model, "WEIGHTS", copy)
    return copy


@pytest.mark.parametrize("name", [item.own for item in FILES if item.own])
def test_weights_trained_anew_make_the_folder_out_of_date(name: str, model_dir: Path, weights: Path) -> None:
    assert is_built(model_dir)
    (weights / name).write_bytes(b"trained anew")
    assert not is_built(model_dir)


@pytest.mark.parametrize("content", [b"", b"damaged", (WEIGHTS / "first_stage.npz").read_bytes()[:-1000]])
def test_damaged_weights_are_refused_by_name_before_anything_is_fetched(
    content: bytes, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (weights / "first_stage.npz").write_bytes(content)
    monkeypatch.setattr(sys, "argv", ["build_model.py", str(tmp_path / "model")])
    with pytest.raises(SystemExit, match=r"first_stage\.npz cannot be read as weights.*restore it"):
        build_model.main()
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("name", [item.own for item in FILES if item.own])
def test_missing_weights_are_named(name: str, weights: Path, model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (weights / name).unlink()
    monkeypatch.setattr(sys, "argv", ["build_model.py", str(model_dir)])
    with pytest.raises(SystemExit, match=rf"{name} cannot be read \(No such file"):
        build_model.main()
