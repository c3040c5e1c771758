from itertools import islice

import cv2
import numpy as np
import pytest

from faceswap.detect import Detection, FaceDetector
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from tests.footage import Frame, decoded


@pytest.fixture(scope="module")
def detect(model_folder: ModelFolder) -> FaceDetector:
    files = model_folder.files
    return FaceDetector(Network(files["face_detector"]), Network(files["full_range_face_detector"]))


def shown(portrait: Frame, width: int, size: tuple[int, int], at: tuple[int, int]) -> Frame:
    """A frame with the portrait, so many pixels wide, its middle at a place."""
    small = cv2.resize(portrait, (width, width * 5 // 4), interpolation=cv2.INTER_AREA)
    frame = np.full((size[1], size[0], 3), 110, np.uint8)
    left, top = at[0] - width // 2, at[1] - width * 5 // 8
    frame[top : top + small.shape[0], left : left + width] = small
    return frame


def near(detections: list[Detection], x: float, y: float, reach: float) -> bool:
    return any(abs(found.region.x - x) < reach and abs(found.region.y - y) < reach for found in detections)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (8000, 40), (40, 8000), (1920, 1080)])
def test_nothing_is_found_where_nothing_is(detect: FaceDetector, size: tuple[int, int]) -> None:
    assert not any(detect(np.full((size[1], size[0], 3), 127, np.uint8)))


def test_a_near_face_is_found_in_the_first_pass(detect: FaceDetector, astronaut: bytes) -> None:
    frame = shown(decoded(astronaut), 340, (640, 480), (400, 240))
    assert near(next(iter(detect(frame))), 400, 140, 60)


@pytest.mark.parametrize("at", [(400, 300), (960, 540), (1400, 800)])
def test_a_face_of_60_pixels_in_a_large_frame_is_found_in_its_squares(
    detect: FaceDetector, astronaut: bytes, at: tuple[int, int]
) -> None:
    frame = shown(decoded(astronaut), 168, (1920, 1080), at)
    passes = list(detect(frame))
    assert len(passes) == 3
    assert near(passes[2], at[0], at[1] - 50, 30)


def test_a_pass_is_only_made_when_it_is_asked_for(detect: FaceDetector, astronaut: bytes) -> None:
    frame = shown(decoded(astronaut), 340, (640, 480), (400, 240))
    assert len(list(islice(detect(frame), 1))) == 1
