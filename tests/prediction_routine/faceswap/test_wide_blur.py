import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.wide_blur import widely_blurred


def _patches(height: int, width: int) -> np.ndarray:
    picture = np.random.default_rng(height * width).uniform(0, 255, (height, width, 3)).astype(np.float32)
    picture[: height // 3] *= 0.2
    picture[:, width // 2 :] *= 0.5
    return picture


@pytest.mark.parametrize("sigma", [0.5, 9.6, 300.0])
def test_one_pixel_stays_as_it_is(sigma: float) -> None:
    assert np.allclose(widely_blurred(np.full((1, 1), 77, np.float32), sigma), 77)


@given(height=st.integers(1, 90), width=st.integers(1, 90), sigma=st.floats(0.3, 200))
def test_one_colour_stays_as_it_is(height: int, width: int, sigma: float) -> None:
    colour = np.full((height, width, 3), (10, 90, 250), np.float32)
    assert np.allclose(widely_blurred(colour, sigma), colour, atol=0.01)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.15, 0.45])
@pytest.mark.parametrize("size", [(133, 133), (512, 512), (301, 170)])
def test_it_is_the_blur_of_the_whole_picture(size: tuple[int, int], share: float) -> None:
    picture, sigma = _patches(*size), share * size[0]
    assert np.abs(widely_blurred(picture, sigma) - cv2.GaussianBlur(picture, (0, 0), sigma)).max() < 2


def test_a_single_channel_is_blurred_like_one_of_three() -> None:
    picture = _patches(120, 200)
    green = np.ascontiguousarray(picture[:, :, 1])
    assert np.allclose(widely_blurred(green, 30), widely_blurred(picture, 30)[:, :, 1], atol=1e-3)


def test_light_that_fades_goes_on_fading() -> None:
    fading = np.tile(np.linspace(0, 200, 256, dtype=np.float32), (256, 1))
    middle = widely_blurred(fading, 20)[128, 90:166]
    assert np.abs(middle - fading[128, 90:166]).max() < 0.5
