import cv2
import numpy as np
import pytest

from faceswap.detail import LEAST, detail_share
from tests.footage import carphone

FACE = np.ascontiguousarray(carphone(1)[0][150:350, 230:430])
ALL = np.full(FACE.shape[:2], 255, np.uint8)


def test_without_skin_there_is_nothing_to_hold_back() -> None:
    assert detail_share(FACE, FACE, np.zeros_like(ALL)) == 1


def test_a_face_as_crisp_as_the_users_is_left_alone() -> None:
    assert detail_share(FACE, FACE, ALL) == 1


def test_a_softer_source_is_left_alone() -> None:
    assert detail_share(FACE, cv2.GaussianBlur(FACE, (0, 0), 3), ALL) == 1


@pytest.mark.parametrize("strength", [20, 60, 200])
def test_a_crisper_source_loses_detail_and_never_all_of_it(strength: int) -> None:
    cracks = np.random.default_rng(0).integers(-strength, strength + 1, FACE.shape)
    painted = np.clip(FACE.astype(int) + cracks, 0, 255).astype(np.uint8)
    assert LEAST <= detail_share(FACE, painted, ALL) < 0.9
