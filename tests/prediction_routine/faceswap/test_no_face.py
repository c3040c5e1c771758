import numpy as np
import pytest

from faceswap.no_face import without_face
from tests.footage import carphone


@pytest.mark.parametrize("size", [(1, 1), (5, 300), (480, 640)])
@pytest.mark.parametrize("choice", ["pass", "blur", "hold"])
def test_the_size_stays(size: tuple[int, int], choice: str) -> None:
    assert without_face(np.zeros((*size, 3), np.uint8), choice).shape == (*size, 3)


def test_blur_leaves_nothing_to_recognise_and_keeps_the_colours() -> None:
    frame = carphone(1)[0]
    blurred = without_face(frame, "blur").astype(np.float32)
    assert np.abs(np.diff(blurred, axis=1)).max() < 12
    assert abs(float(blurred.mean()) - float(frame.mean())) < 6


def test_hold_shows_nothing_of_the_frame() -> None:
    one, other = (without_face(np.full((480, 640, 3), level, np.uint8), "hold") for level in (0, 255))
    assert (one == other).all()
