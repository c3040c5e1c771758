import numpy as np

from faceswap.mask import face_mask
from faceswap.mesh import INNER_LIPS, LEFT_EYE, Mesh, read_mesh
from faceswap.model_folder import ModelFolder
from faceswap.pipeline import FrameSwapper
from tests.footage import carphone


def test_a_face_that_is_not_visible_has_no_mask() -> None:
    mask = face_mask(np.zeros((468, 3), np.float32), np.zeros((64, 64), np.uint8))
    assert not mask.alpha.any()
    assert not mask.skin.any()


def test_the_mask_covers_the_cheeks_and_leaves_eyes_mouth_and_surroundings(swapper: FrameSwapper) -> None:
    frame = carphone(1)[0]
    faces, _ = swapper._track(frame, None, None, "largest")
    points = faces[0].landmarks - (faces[0].box[0] - 40, faces[0].box[1] - 40, 0)
    side = int(max(faces[0].box[2:])) + 80
    mask = face_mask(points, np.full((side, side), 255, np.uint8))

    def at(*numbers: int) -> float:
        x, y = points[list(numbers), :2].mean(0).round().astype(int)
        return float(mask.alpha[y, x])

    assert at(50) > 0.95  # the cheeks
    assert at(280) > 0.95
    assert at(*LEFT_EYE) < 0.2
    assert mask.alpha[0].max() == mask.alpha[:, 0].max() == 0
    opened = points.copy()
    opened[list(INNER_LIPS[11:]), 1] += 0.1 * side
    x, y = opened[[13, 14], :2].mean(0).round().astype(int)
    assert face_mask(opened, np.full((side, side), 255, np.uint8)).alpha[y, x] < 0.1


def test_the_mask_ends_softly_at_the_outline(model_folder: ModelFolder) -> None:
    mesh: Mesh = read_mesh(model_folder.files["face_mesh"])
    points = (mesh.vertices * (6, -6, -6) + (64, 64, 0)).astype(np.float32)
    alpha = face_mask(points, np.full((128, 128), 255, np.uint8)).alpha
    middle = alpha[64]
    assert np.abs(np.diff(middle[: int(np.argmax(middle > 0.99))])).max() < 0.5
