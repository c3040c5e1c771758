import base64
import hashlib
import io
import zipfile
from pathlib import Path

import build_model
import pytest

from faceswap.mesh import Mesh, read_mesh
from faceswap.model_folder import ModelFolder, read_model_folder
from faceswap.pipeline import FrameSwapper
from faceswap.proportions import ProportionSpace
from Prediction import ModelPrediction
from tests.footage import ASTRONAUT, HOPPER, ROOT, package_folder

MODEL_DIR = ROOT / "prediction_routine" / "model"


def b64(blob: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(blob).decode()}


def id_of(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


@pytest.fixture(scope="session")
def model_dir() -> Path:
    assert (MODEL_DIR / "manifest.json").exists(), "run `make models` first"
    return MODEL_DIR


@pytest.fixture(scope="session")
def model_folder(model_dir: Path) -> ModelFolder:
    return read_model_folder(model_dir)


@pytest.fixture(scope="session")
def mesh(model_folder: ModelFolder) -> Mesh:
    return read_mesh(model_folder.files["face_mesh"])


@pytest.fixture(scope="session")
def space(mesh: Mesh) -> ProportionSpace:
    return ProportionSpace(mesh)


@pytest.fixture(scope="session")
def swapper(model_folder: ModelFolder) -> FrameSwapper:
    return FrameSwapper(model_folder)


@pytest.fixture(scope="session")
def routine(model_dir: Path) -> ModelPrediction:
    return ModelPrediction.from_path(str(model_dir))


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    return ASTRONAUT.read_bytes()


@pytest.fixture(scope="session")
def hopper() -> bytes:
    return HOPPER.read_bytes()


@pytest.fixture(scope="session")
def published_landmarks() -> bytes:
    """The landmark network as its package has it, before it is shortened."""
    item = next(item for item in build_model.FILES if item.purpose == "face_landmarks")
    path, _, inner = item.member.partition("!")
    task = package_folder(item.package).parent / path
    with zipfile.ZipFile(io.BytesIO(task.read_bytes())) as archive:
        return archive.read(inner)
