"""The script that makes the pictures of docs/swap.md, and the pictures themselves."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from faceswap.model_folder import MANIFEST
from faceswap.pipeline import HARMONISER
from faceswap.source_type import SWAPPED
from tests.footage import ROOT

SCRIPT = ROOT / "docs" / "swap" / "steps.py"
PAGE = ROOT / "docs" / "swap.md"


def made(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False, timeout=120)


def test_a_strip_that_is_unknown_is_named() -> None:
    ran = made("wrap")
    assert ran.returncode == 2
    assert "there is no strip wrap; there are follow, prepare" in ran.stderr


def test_a_folder_that_is_no_model_says_what_to_do(tmp_path: Path) -> None:
    ran = made("follow", "--model", str(tmp_path))
    assert ran.returncode == 1
    assert "`make models` builds the folder" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_strips_are_made_of_what_the_packages_bring(tmp_path: Path) -> None:
    ran = made("prepare", "warp", "limit-hand", "--folder", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    for name in ("prepare", "warp", "limit-hand"):
        strip = cv2.imread(str(tmp_path / f"swap-{name}.jpg"))
        assert strip.shape[1] > 2 * strip.shape[0] > 200


def test_without_its_weights_the_harmoniser_is_left_out_and_named(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(ROOT / "prediction_routine" / "model", model)
    manifest = json.loads((model / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"] = [file for file in manifest["files"] if file["purpose"] != HARMONISER]
    (model / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    ran = made("harmonise", "--folder", str(tmp_path), "--model", str(model))
    assert ran.returncode == 0, ran.stderr
    assert "harmonise: left out" in ran.stdout
    assert not (tmp_path / "swap-harmonise.jpg").exists()


def test_the_page_shows_every_strip_and_no_other() -> None:
    shown = set(re.findall(r"images/(swap-[a-z-]+\.jpg)\)", PAGE.read_text(encoding="utf-8")))
    assert shown == {path.name for path in PAGE.parent.glob("images/swap-*.jpg")}


@pytest.mark.parametrize("path", sorted(PAGE.parent.glob("images/swap-*.jpg")), ids=lambda path: path.stem)
def test_a_strip_is_small_and_says_that_it_is_composited(path: Path) -> None:
    blob = path.read_bytes()
    assert len(blob) < 80_000
    assert SWAPPED.encode() in blob
