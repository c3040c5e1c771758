from pathlib import Path

import cv2
import numpy as np
import pytest

from faceswap.errors import InstanceError
from faceswap.mesh import Mesh
from faceswap.pipeline import FrameSwapper
from faceswap.portrait import Portrait
from faceswap.quality import EYES_HIDDEN, REFUSALS, TOO_BLURRED, TOO_SMALL, TURNED_AWAY, judge
from tests.footage import ROOT, Frame, carphone

FACES = sorted((ROOT / "client_app" / "static" / "faces").glob("*.jpg"))
RIGHT_EYE, LEFT_EYE = (33, 133), (362, 263)


@pytest.fixture(scope="module")
def woman(swapper: FrameSwapper, astronaut: bytes) -> Portrait:
    return swapper.portrait(astronaut)


def refused(photo: Frame, landmarks: np.ndarray, mesh: Mesh) -> InstanceError:
    with pytest.raises(InstanceError) as caught:
        judge(photo, landmarks, mesh)
    assert caught.value.code in REFUSALS
    return caught.value


def eyes(landmarks: np.ndarray) -> list[np.ndarray]:
    return [landmarks[list(corners), :2].mean(0) for corners in (RIGHT_EYE, LEFT_EYE)]


def distance(landmarks: np.ndarray) -> float:
    right, left = eyes(landmarks)
    return float(np.linalg.norm(left - right))


def with_sunglasses(portrait: Portrait) -> Frame:
    photo, reach = portrait.photo.copy(), distance(portrait.face.landmarks)
    for x, y in eyes(portrait.face.landmarks):
        cv2.ellipse(photo, ((float(x), float(y)), (0.8 * reach, 0.62 * reach), 0.0), (24, 22, 20), -1)
    return photo


def with_a_hand(portrait: Portrait) -> Frame:
    """Skin from the cheek over both eyes."""
    photo, points, reach = portrait.photo.copy(), portrait.face.landmarks, distance(portrait.face.landmarks)
    x, y = points[50, :2].astype(int)
    skin = np.median(photo[y - 5 : y + 6, x - 5 : x + 6].reshape(-1, 3), axis=0)
    (x0, y0), (x1, y1) = eyes(points)
    low, high = (int(v) for v in (min(y0, y1) - 0.35 * reach, max(y0, y1) + 0.35 * reach))
    area = photo[low:high, int(x0 - 0.6 * reach) : int(x1 + 0.6 * reach)]
    area[:] = np.clip(skin + np.random.default_rng(0).normal(0, 4, area.shape), 0, 255)
    return photo


def resized(portrait: Portrait, size: float) -> tuple[Frame, np.ndarray]:
    scale = size / portrait.face.size
    photo = cv2.resize(portrait.photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(photo, np.uint8), (portrait.face.landmarks * scale).astype(np.float32)


def test_a_picture_of_one_colour_has_no_eyes(mesh: Mesh, woman: Portrait) -> None:
    assert refused(np.full_like(woman.photo, 128), woman.face.landmarks, mesh).code in {TOO_BLURRED, EYES_HIDDEN}


def test_landmarks_outside_the_picture_are_refused_too(mesh: Mesh, woman: Portrait) -> None:
    refused(woman.photo, woman.face.landmarks + np.array([1e4, 0, 0], np.float32), mesh)


@pytest.mark.parametrize("path", FACES, ids=lambda path: path.stem)
def test_the_faces_of_the_gallery_do(swapper: FrameSwapper, path: Path) -> None:
    assert not swapper.portrait(path.read_bytes()).quality.soft


def test_a_frame_of_a_small_old_film_does(swapper: FrameSwapper) -> None:
    done, blob = cv2.imencode(".png", cv2.resize(carphone(1)[0], (176, 144), interpolation=cv2.INTER_AREA))
    assert done
    assert swapper.portrait(blob.tobytes()).quality.soft


@pytest.mark.parametrize("size", [60, 200])
def test_a_face_of_sixty_pixels_does(mesh: Mesh, woman: Portrait, size: float) -> None:
    photo, landmarks = resized(woman, size)
    quality = judge(photo, landmarks, mesh)
    assert quality.soft is (size == 60)
    assert quality.turn < 20


def test_a_face_of_thirty_pixels_is_too_small(mesh: Mesh, woman: Portrait) -> None:
    error = refused(*resized(woman, 30), mesh)
    assert error.code == TOO_SMALL
    assert "30 pixels" in error.message


@pytest.mark.parametrize("share", [0.04, 0.06])
def test_a_blurred_face_is_refused_at_any_size(mesh: Mesh, woman: Portrait, share: float) -> None:
    for size in (woman.face.size, 2 * woman.face.size):
        photo, landmarks = resized(woman, size)
        blurred = np.asarray(cv2.GaussianBlur(photo, (0, 0), share * size), np.uint8)
        assert refused(blurred, landmarks, mesh).code == TOO_BLURRED


def test_detail_is_what_is_left_of_it_and_not_the_number_of_pixels(mesh: Mesh, woman: Portrait) -> None:
    small, landmarks = resized(woman, 60)
    enlarged = np.asarray(cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), np.uint8)
    assert judge(enlarged, landmarks * 4, mesh).detail < 90 < judge(*resized(woman, 240), mesh).detail


def test_a_profile_is_turned_away(mesh: Mesh, woman: Portrait) -> None:
    profile = woman.face.landmarks.copy()
    middle = profile[:, 0].mean()
    profile[:, 0] = middle + 0.9 * profile[:, 2] + 0.3 * (profile[:, 0] - middle)
    error = refused(woman.photo, profile, mesh)
    assert error.code == TURNED_AWAY
    assert "degrees" in error.message


def test_sunglasses_hide_the_eyes(mesh: Mesh, woman: Portrait) -> None:
    assert refused(with_sunglasses(woman), woman.face.landmarks, mesh).code == EYES_HIDDEN


def test_a_hand_hides_the_eyes(mesh: Mesh, woman: Portrait) -> None:
    assert refused(with_a_hand(woman), woman.face.landmarks, mesh).code == EYES_HIDDEN


def test_one_eye_is_enough(mesh: Mesh, woman: Portrait) -> None:
    patched = with_sunglasses(woman)
    middle = int(np.mean([x for x, _ in eyes(woman.face.landmarks)]))
    patched[:, :middle] = woman.photo[:, :middle]
    judge(patched, woman.face.landmarks, mesh)
