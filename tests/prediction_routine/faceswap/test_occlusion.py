from itertools import pairwise

import cv2
import numpy as np
import pytest

from faceswap.arrays import Floats, Image, Mask
from faceswap.geometry import crop, region_of, transform
from faceswap.mask import FaceMask, face_mask, openings
from faceswap.mesh import Mesh
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.occlusion import Occlusion, behind
from faceswap.parameters import Parameters
from faceswap.pipeline import Frame, FrameSwapper, Likeness
from faceswap.source import MARGIN
from faceswap.warp import texture_map
from tests.footage import ASTRONAUT, HOPPER, carphone, decoded, jpeg
from training.canvas import Canvas
from training.occluders import draw

SIDE = 128


@pytest.fixture(scope="module")
def occlusion(model_folder: ModelFolder) -> Occlusion:
    return Occlusion(Network(model_folder.files["visibility"]))


def upright(swapper: FrameSwapper, image: Image, side: int = SIDE) -> tuple[Image, Floats]:
    """The crop that the engine shows the network, and the landmarks in it."""
    faces, _ = swapper._track(image, None, None, "largest")
    affine = region_of(faces[0].landmarks, MARGIN).to_square(side)
    return crop(image, affine, side), transform(faces[0].landmarks, affine)


def mask_of(points: Floats, mesh: Mesh, side: int = SIDE) -> FaceMask:
    return face_mask(points, texture_map(points[:, :2], points, mesh.triangles, side), openings(mesh.triangles))


def photo(path: object) -> Image:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def inner(mask: FaceMask) -> Mask:
    """The face without a band along its outline."""
    return np.asarray(mask.depth > 0.03 * SIDE) & (mask.skin > 0)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_of_nothing_gives_numbers_all_the_same(occlusion: Occlusion, level: int) -> None:
    visible = occlusion(np.full((SIDE, SIDE, 3), level, np.uint8))
    assert visible.shape == (SIDE, SIDE)
    assert visible.dtype == np.float32
    assert np.isfinite(visible).all()
    assert 0 <= visible.min() <= visible.max() <= 1


def test_a_bare_face_is_seen(occlusion: Occlusion, swapper: FrameSwapper, mesh: Mesh) -> None:
    image, points = upright(swapper, carphone(1)[0])
    assert occlusion(image)[inner(mask_of(points, mesh))].mean() > 0.98


def test_below_her_fringe_a_face_is_seen(occlusion: Occlusion, swapper: FrameSwapper, mesh: Mesh) -> None:
    image, points = upright(swapper, photo(ASTRONAUT))
    below = inner(mask_of(points, mesh)) & (np.arange(SIDE)[:, None] > points[[105, 334], 1].max())
    assert occlusion(image)[below].mean() > 0.98


def test_a_bare_face_is_seen_as_steadily(occlusion: Occlusion, swapper: FrameSwapper, mesh: Mesh) -> None:
    seen = []
    for frame in carphone(10):
        image, points = upright(swapper, frame)
        seen.append(float(occlusion(image)[inner(mask_of(points, mesh))].mean()))
    assert max(abs(one - two) for one, two in pairwise(seen)) < 0.02


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("path", [ASTRONAUT, HOPPER])
def test_what_is_drawn_before_a_face_is_found(
    occlusion: Occlusion, swapper: FrameSwapper, mesh: Mesh, path: object, mirrored: bool
) -> None:
    image, points = upright(swapper, photo(path))
    face, picture = inner(mask_of(points, mesh)), image.astype(np.float32)
    canvas = Canvas(picture, points[:, :2], picture[::-1], picture)
    before = occlusion(image)[face]
    overlaps = []
    for kind in ("bar", "hand", "microphone", "cup", "mask"):
        for seed in range(4):
            layer = draw(kind, np.random.default_rng(seed), canvas)
            hidden = (layer.alpha > 0.5)[face]
            if hidden.mean() < 0.05:
                continue
            covered = np.asarray(np.clip(layer.on(picture), 0, 255), np.uint8)
            answer = occlusion(np.ascontiguousarray(covered[:, ::-1]))[:, ::-1] if mirrored else occlusion(covered)
            found = (answer[face] < 0.5) & ((before > 0.5) | hidden)  # a fringe is rightly found too
            overlaps.append((found & hidden).sum() / (found | hidden).sum())
    assert len(overlaps) > 8
    assert np.mean(overlaps) > 0.6


@pytest.mark.parametrize("side", [96, 160, 256])
def test_the_answer_hardly_depends_on_the_size_of_the_picture(occlusion: Occlusion, swapper: FrameSwapper, side: int) -> None:
    frame = carphone(1)[0].copy()
    faces, _ = swapper._track(frame, None, None, "largest")
    x, y = faces[0].landmarks[1, :2].astype(int)
    cv2.rectangle(frame, (x - 300, y), (x + 10, y + 60), (40, 160, 60), -1)
    affine = region_of(faces[0].landmarks, MARGIN)
    small, large = (occlusion(crop(frame, affine.to_square(n), n)) for n in (SIDE, side))
    assert large.shape == (side, side)
    back = cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    assert np.abs(back - small).mean() < 0.05


def test_nothing_in_front_leaves_the_mask(swapper: FrameSwapper, mesh: Mesh) -> None:
    mask = mask_of(upright(swapper, carphone(1)[0])[1], mesh)
    same = behind(mask, np.ones((SIDE, SIDE), np.float32))
    assert (same.alpha == mask.alpha).all()
    assert (same.skin == mask.skin).all()


def test_light_is_not_read_from_what_is_in_front(swapper: FrameSwapper, mesh: Mesh) -> None:
    mask = mask_of(upright(swapper, carphone(1)[0])[1], mesh)
    visible = np.ones((SIDE, SIDE), np.float32)
    visible[: SIDE // 2] = 0
    covered = behind(mask, visible)
    assert covered.skin[: SIDE // 2].max() == covered.alpha[: SIDE // 2].max() == 0
    assert (covered.skin[SIDE // 2 :] == mask.skin[SIDE // 2 :]).all()
    assert (covered.alpha[SIDE // 2 :] == mask.alpha[SIDE // 2 :]).all()


@pytest.mark.parametrize("seen", [0.0, 0.05])
def test_a_face_that_is_nearly_covered_is_left_alone(swapper: FrameSwapper, mesh: Mesh, seen: float) -> None:
    mask = mask_of(upright(swapper, carphone(1)[0])[1], mesh)
    visible = np.zeros((SIDE, SIDE), np.float32)
    rows = np.flatnonzero(mask.skin.any(1))
    visible[: rows[0] + round(seen * rows.size)] = 1
    assert not behind(mask, visible).alpha.any()


def test_a_mask_of_nothing_stays_nothing() -> None:
    nothing = FaceMask(np.zeros((8, 8), np.float32), np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.float32))
    mask = behind(nothing, np.ones((8, 8), np.float32))
    assert not mask.alpha.any()
    assert not mask.skin.any()


def test_a_bar_before_the_face_stays_while_the_face_is_swapped(swapper: FrameSwapper, astronaut: bytes) -> None:
    frame = carphone(1)[0].copy()
    faces, _ = swapper._track(frame, None, None, "largest")
    x, y = faces[0].landmarks[1, :2].astype(int)
    bar, cheek = np.s_[y + 8 : y + 26, x - 60 : x + 60], np.s_[y - 12 : y - 4, x - 28 : x - 16]
    cv2.rectangle(frame, (x - 300, y + 4), (x + 300, y + 30), (40, 160, 60), -1)
    source = swapper.source([swapper.portrait(astronaut)])
    options = Parameters(mark=False, shape=0.0)
    swapped = swapper.swap(Frame(jpeg(frame, 95), "a", {}, None, 0.0), lambda _: Likeness(source), options)
    change = np.abs(decoded(swapped.jpeg).astype(float) - frame)
    assert change[bar].mean() < 3
    assert change[cheek].mean() > 4
