import numpy as np
import pytest

from faceswap.geometry import region_of
from faceswap.source import MARGIN
from training.autoencoder import samples
from training.autoencoder.faceset import PersonFaces
from training.autoencoder.samples import View, batch, decibels, in_colours_of, relit, sample, view, warped

SIDE = 64


def test_a_view_is_the_face_and_where_it_is_bare(one_face: PersonFaces) -> None:
    seen = view(one_face, 0, SIDE)
    assert seen.picture.shape == (SIDE, SIDE, 3)
    assert seen.mask[SIDE // 2, SIDE // 2] == 1
    assert seen.mask[0].max() == seen.mask[:, 0].max() == 0
    assert 0.3 < seen.mask.mean() < 0.7
    assert seen.truth[..., :3] * 255 == pytest.approx(seen.picture, abs=1e-3)


def test_what_hides_the_face_is_not_in_its_mask(one_face: PersonFaces) -> None:
    one_face.visible[2, :, :96] = 0
    mask = view(one_face, 2, SIDE).mask
    one_face.visible[2] = one_face.visible[0]
    assert mask[SIDE // 2, SIDE // 2 - 4] == 0
    assert mask[SIDE // 2, SIDE // 2 + 4] == 1


def test_no_warp_is_the_crop_itself(one_face: PersonFaces) -> None:
    affine = region_of(one_face.points[0], MARGIN).to_square(SIDE)
    straight = warped(np.random.default_rng(0), one_face.pictures[0], affine, SIDE, 0.0)
    bent = warped(np.random.default_rng(0), one_face.pictures[0], affine, SIDE, 1.0)
    expected = view(one_face, 0, SIDE).picture
    assert np.abs(straight.astype(int) - expected).mean() < 0.5
    assert np.abs(bent.astype(int) - expected).mean() > 3


def test_a_face_in_another_s_colours_has_their_mean_and_spread() -> None:
    rng = np.random.default_rng(0)
    mask = np.ones((SIDE, SIDE), np.float32)
    face = View(rng.integers(80, 160, (SIDE, SIDE, 3), dtype=np.uint8), mask)
    other = View(np.asarray(face.picture // 2 + 20, np.uint8), mask)
    curve = in_colours_of(np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[:, None], 3, 1), face, other)
    changed = curve[face.picture, np.arange(3)]
    assert changed * 255 == pytest.approx(other.picture, abs=1.5)


def test_a_face_that_is_wholly_hidden_lends_no_colour_that_is_not_a_number() -> None:
    nothing = View(np.zeros((SIDE, SIDE, 3), np.uint8), np.zeros((SIDE, SIDE), np.float32))
    curve = in_colours_of(np.zeros((256, 3), np.float32), nothing, nothing)
    assert np.isfinite(curve).all()


def test_light_changes_a_picture_within_its_range(one_face: PersonFaces) -> None:
    face = view(one_face, 0, SIDE)
    made = [relit(np.random.default_rng(seed), face.picture, face.mask, face) for seed in range(12)]
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in made)
    assert np.std([picture.mean() for picture in made]) > 0.01


def test_a_sample_is_the_same_for_the_same_seed_and_says_what_counts(one_face: PersonFaces) -> None:
    other = view(one_face, 0, SIDE)
    (given, truth), (again, truth_again) = (sample(np.random.default_rng(5), one_face, 1, other, SIDE, 1.0) for _ in "ab")
    assert given.shape == (SIDE, SIDE, 3)
    assert truth.shape == (SIDE, SIDE, 8)
    assert (given == again).all()
    assert (truth == truth_again).all()
    assert truth[..., 4] == pytest.approx(truth[..., 3] + samples.AROUND)
    assert (truth[..., 7] == np.float32(samples.MASK)).all()


def test_input_and_truth_are_mirrored_together(one_face: PersonFaces, monkeypatch: pytest.MonkeyPatch) -> None:
    other = view(one_face, 0, SIDE)
    made = []
    for share in (0.0, 1.0):
        monkeypatch.setattr(samples, "MIRRORED", share)
        made.append(sample(np.random.default_rng(3), one_face, 0, other, SIDE, 1.0))
    (given, truth), (given_mirrored, truth_mirrored) = made
    assert (given[:, ::-1] == given_mirrored).all()
    assert (truth[:, ::-1] == truth_mirrored).all()


def test_decibels_are_those_of_the_pixels_within_the_mask() -> None:
    truth = np.zeros((SIDE, SIDE, 4), np.float32)
    truth[:32, :, 3] = 1
    answer = truth.copy()
    answer[32:, :, :3] = 1
    answer[..., 3] = 0.2
    assert decibels(truth, answer) == pytest.approx(90)
    answer[:32, :, :3] = 0.1
    assert decibels(truth, answer) == pytest.approx(20, abs=1e-3)


def test_a_batch_takes_the_faces_it_may(one_face: PersonFaces) -> None:
    given, truth = batch(np.random.default_rng(0), one_face, [1], [view(one_face, 0, SIDE)], 4, SIDE, 0.5)
    assert given.shape == (4, SIDE, SIDE, 3)
    assert truth.shape == (4, SIDE, SIDE, 8)
    assert given.dtype == truth.dtype == np.float32
