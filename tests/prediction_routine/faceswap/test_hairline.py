import cv2
import numpy as np
import pytest

from faceswap.geometry import crop, region_of, transform
from faceswap.hairline import without_hair
from faceswap.pipeline import FrameSwapper


@pytest.fixture(scope="module")
def woman(swapper: FrameSwapper, astronaut: bytes) -> tuple[np.ndarray, np.ndarray]:
    """A face with a fringe, (256, 256, 3), and its landmarks in it, (468, 2)."""
    portrait = swapper.portrait(astronaut)
    affine = region_of(portrait.face.landmarks, 1.25).to_square(256)
    return crop(portrait.photo, affine, 256), transform(portrait.face.landmarks, affine)[:, :2]


def lab(image: np.ndarray, points: np.ndarray, *numbers: int) -> np.ndarray:
    """The mean colour around landmarks."""
    x, y = points[list(numbers)].mean(0).round().astype(int)
    return cv2.cvtColor(image, cv2.COLOR_BGR2LAB)[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3).mean(0)


def test_a_face_of_one_colour_is_left_alone(woman: tuple[np.ndarray, np.ndarray]) -> None:
    plain = np.full((256, 256, 3), (130, 150, 200), np.uint8)
    assert (without_hair(plain, woman[1]) == plain).all()


def test_a_face_that_fills_the_picture_is_left_alone(woman: tuple[np.ndarray, np.ndarray]) -> None:
    points = (woman[1] - woman[1].mean(0)) * 3 + 128
    assert without_hair(woman[0], points.astype(np.float32)).shape == woman[0].shape


def test_a_fringe_becomes_skin(woman: tuple[np.ndarray, np.ndarray]) -> None:
    image, points = woman
    cheek = lab(image, points, 50)
    without = without_hair(image, points)
    forehead = (109, 338)
    assert np.linalg.norm(lab(image, points, *forehead) - cheek) > 40
    assert np.linalg.norm(lab(without, points, *forehead) - cheek) < 25


def test_the_rest_of_the_face_stays_as_it_was(woman: tuple[np.ndarray, np.ndarray]) -> None:
    image, points = woman
    eyes = int(points[[33, 263], 1].mean())
    assert (without_hair(image, points)[eyes:] == image[eyes:]).all()


def test_it_comes_to_the_same_end_every_time(woman: tuple[np.ndarray, np.ndarray]) -> None:
    cv2.setRNGSeed(7)
    first = without_hair(*woman)
    cv2.setRNGSeed(11)
    assert (without_hair(*woman) == first).all()
