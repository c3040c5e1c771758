from pathlib import Path

import cv2
import numpy as np
import pytest

from faceswap.canonical import Unfolded, frontal, unfold
from faceswap.geometry import crop, region_of, transform
from faceswap.glasses import without_glasses
from faceswap.mesh import Mesh
from faceswap.pipeline import FrameSwapper
from tests.footage import ROOT, carphone, jpeg

FACES = ROOT / "client_app" / "static" / "faces"
SIDE, MARGIN = 256, 1.25
RIGHT_EYE, LEFT_EYE, CHEEK = (33, 133), (362, 263), 50


def face_of(swapper: FrameSwapper, mesh: Mesh, photo: bytes, glasses: bool = False) -> Unfolded:
    portrait = swapper.portrait(photo)
    affine = region_of(portrait.face.landmarks, MARGIN).to_square(SIDE)
    picture, points = crop(portrait.photo, affine, SIDE), transform(portrait.face.landmarks, affine)
    if glasses:
        draw_glasses(picture, points)
    return unfold(picture, points, np.zeros((SIDE, SIDE), np.uint8), mesh, MARGIN)


def draw_glasses(picture: np.ndarray, points: np.ndarray) -> None:
    eyes = [points[list(corners), :2].mean(0) for corners in (RIGHT_EYE, LEFT_EYE)]
    apart = float(np.linalg.norm(eyes[1] - eyes[0]))
    for x, y in eyes:
        cv2.ellipse(picture, ((float(x), float(y + 0.06 * apart)), (0.8 * apart, 0.66 * apart), 0.0), (25, 25, 30), 4)
    y = float(np.mean([eye[1] for eye in eyes]))
    cv2.line(picture, (int(eyes[0][0] + 0.38 * apart), int(y)), (int(eyes[1][0] - 0.38 * apart), int(y)), (25, 25, 30), 4)


@pytest.mark.parametrize("side", [48, SIDE])
def test_a_face_of_one_colour_has_no_glasses(mesh: Mesh, side: int) -> None:
    places = frontal(mesh, side, MARGIN)
    face = unfold(np.full((side, side, 3), 120, np.uint8), places, np.zeros((side, side), np.uint8), mesh, MARGIN)
    assert without_glasses(face, places) is face


@pytest.mark.parametrize("path", sorted(FACES.glob("*.jpg")), ids=lambda path: path.stem)
def test_of_the_gallery_only_the_admiral_wears_any(swapper: FrameSwapper, mesh: Mesh, path: Path) -> None:
    face = face_of(swapper, mesh, path.read_bytes())
    assert (without_glasses(face, frontal(mesh, SIDE, MARGIN)) is not face) is (path.stem == "grace-hopper")


def test_a_man_in_a_car_wears_none(swapper: FrameSwapper, mesh: Mesh) -> None:
    face = face_of(swapper, mesh, jpeg(carphone(1)[0], 95))
    assert without_glasses(face, frontal(mesh, SIDE, MARGIN)) is face


def test_drawn_glasses_become_skin_and_the_rest_stays(swapper: FrameSwapper, mesh: Mesh, astronaut: bytes) -> None:
    bare, worn = (face_of(swapper, mesh, astronaut, glasses) for glasses in (False, True))
    places = frontal(mesh, SIDE, MARGIN)
    found = without_glasses(worn, places)
    rims = np.abs(worn.texture - bare.texture).max(2) > 60
    before, after = (np.abs(face.texture - bare.texture)[rims].mean() for face in (worn, found))
    assert after < 0.5 * before
    x, y = places[CHEEK, :2].astype(int)
    assert (found.texture[y + 20 : y + 40, x - 10 : x + 10] == worn.texture[y + 20 : y + 40, x - 10 : x + 10]).all()
    for eye in (RIGHT_EYE, LEFT_EYE):
        x, y = places[list(eye), :2].mean(0).astype(int)
        assert np.abs(found.texture[y, x - 4 : x + 5] - worn.texture[y, x - 4 : x + 5]).mean() < 14
