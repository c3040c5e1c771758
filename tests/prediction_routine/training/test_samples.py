import numpy as np
import pytest

from faceswap.mesh import OVAL
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.occlusion import Occlusion
from training.canvas import polygon
from training.faces import FaceSet
from training.measure import bare, overlap
from training.preview import COLUMNS, sheet
from training.samples import SIDE, Sample, batch, sample


def test_a_bare_face_is_visible_wherever_it_counts(two_faces: FaceSet) -> None:
    made = sample(np.random.default_rng(0), two_faces, kinds=())
    assert made.pixels.shape == (SIDE, SIDE, 3)
    assert 0 <= made.pixels.min() < made.pixels.max() <= 1
    assert (made.visible == 1).all()
    assert 0.2 < (made.weight > 0.5).mean() < 0.8
    assert made.weight[0, 0] == 0  # what is around the face is not asked about


def test_what_covers_the_face_is_hidden_and_counts(two_faces: FaceSet) -> None:
    rng = np.random.default_rng(1)
    samples = [sample(rng, two_faces, kinds=("bar", "hand")) for _ in range(20)]
    hidden = [(made.visible < 0.5) & (made.weight > 0.5) for made in samples]
    assert np.mean([h.any() for h in hidden]) > 0.8
    for made in samples:
        assert made.weight[made.visible < 0.4].min(initial=1) > 0
        assert 0 <= made.visible.min() <= made.visible.max() <= 1


def test_a_batch_is_the_same_for_the_same_seed(two_faces: FaceSet) -> None:
    one, two = (batch(np.random.default_rng(7), two_faces, 3) for _ in range(2))
    assert [part.shape for part in one] == [(3, SIDE, SIDE, 3), (3, SIDE, SIDE), (3, SIDE, SIDE)]
    assert all((a == b).all() for a, b in zip(one, two, strict=True))


def test_crops_are_led_astray_but_hold_the_face(two_faces: FaceSet) -> None:
    rng = np.random.default_rng(4)
    middles = [np.argwhere(sample(rng, two_faces, ()).weight > 0.5).mean(0) for _ in range(12)]
    assert np.abs(np.mean(middles, 0) - SIDE / 2).max() < 0.1 * SIDE
    assert np.std(middles, 0).max() > 0.5


def test_hair_over_the_forehead_is_not_called_bare(two_faces: FaceSet) -> None:
    """The woman has a fringe, inside, both faces are sure."""
    for picture, points, certain in zip(two_faces.pictures, two_faces.points, two_faces.certain, strict=True):
        oval = polygon(picture.shape[0], points[list(OVAL)]) > 0.5
        assert certain[~oval].mean() < 20
        x, y = points[[1, 4, 17]].astype(int).T
        assert (certain[y, x] == 255).all()
    assert (two_faces.certain[0] == 0)[polygon(160, two_faces.points[0][list(OVAL)]) > 0.5].mean() > 0.05


@pytest.mark.parametrize("count", [1, COLUMNS, COLUMNS + 1])
def test_the_preview_holds_every_sample(two_faces: FaceSet, count: int) -> None:
    rng = np.random.default_rng(2)
    samples: list[Sample] = [sample(rng, two_faces) for _ in range(count)]
    picture = sheet(samples, np.stack([made.visible for made in samples]))
    rows = -(-count // COLUMNS)
    assert picture.shape == (rows * 3 * SIDE, COLUMNS * SIDE, 3)
    assert picture.dtype == np.uint8


def test_what_a_network_is_worth_is_measured_against_what_was_drawn(two_faces: FaceSet, model_folder: ModelFolder) -> None:
    occlusion = Occlusion(Network(model_folder.files["visibility"]))
    rng = np.random.default_rng(5)
    assert overlap(occlusion, [sample(rng, two_faces, ()) for _ in range(2)]) == 0  # nothing to find
    assert 0.2 < overlap(occlusion, [sample(rng, two_faces, ["bar"]) for _ in range(8)]) <= 1
    called, mean = bare(occlusion, two_faces.of(["astronaut"]))  # the other one wears glasses
    assert called < 0.05
    assert mean > 0.9
