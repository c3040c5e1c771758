import base64
import hashlib
from pathlib import Path

import pytest

from faceswap.model_folder import ModelFolder, read_model_folder
from faceswap.pipeline import FrameSwapper
from Prediction import ModelPrediction
from tests.footage import ASTRONAUT, HOPPER, ROOT

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
