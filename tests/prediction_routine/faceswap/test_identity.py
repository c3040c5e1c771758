import cv2
import numpy as np
import pytest

from faceswap.identity import IdentityEncoder
from faceswap.model_folder import ModelFolder
from faceswap.pipeline import FrameSwapper


@pytest.fixture(scope="module")
def encoder(model_folder: ModelFolder) -> IdentityEncoder:
    return IdentityEncoder(model_folder.files["identity"])


def test_a_face_of_no_size_has_a_finite_embedding(encoder: IdentityEncoder) -> None:
    found = encoder(np.zeros((8, 8, 3), np.uint8), np.zeros((468, 3), np.float32))
    assert np.isfinite(found).all()


def test_it_is_sfaces_own_embedding(
    encoder: IdentityEncoder, model_folder: ModelFolder, swapper: FrameSwapper, astronaut: bytes
) -> None:
    portrait = swapper.portrait(astronaut)
    points = portrait.face.landmarks[:, :2]
    five = np.stack([points[[33, 133]].mean(0), points[[362, 263]].mean(0), points[1], points[61], points[291]])
    reference = cv2.FaceRecognizerSF.create(
        "onnx", np.frombuffer(model_folder.files["identity"], np.uint8), np.empty(0, np.uint8)
    )
    row = np.concatenate([np.zeros(4), five.ravel(), [1]]).astype(np.float32)
    expected = reference.feature(reference.alignCrop(portrait.photo, row)).ravel()
    found = encoder(portrait.photo, portrait.face.landmarks)
    assert float(found @ expected / np.linalg.norm(expected)) > 0.9999


def test_a_turned_and_smaller_picture_is_the_same_person(
    encoder: IdentityEncoder, swapper: FrameSwapper, astronaut: bytes
) -> None:
    portrait = swapper.portrait(astronaut)
    turned = cv2.getRotationMatrix2D((200, 200), 30, 0.8)
    photo = np.asarray(cv2.warpAffine(portrait.photo, turned, (400, 400)), np.uint8)
    landmarks = portrait.face.landmarks.copy()
    landmarks[:, :2] = landmarks[:, :2] @ turned[:, :2].T + turned[:, 2]
    assert encoder(photo, landmarks) @ encoder(portrait.photo, portrait.face.landmarks) > 0.95
