from pathlib import Path

import numpy as np
import pytest

from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from tests.footage import carphone_path
from training.landmarks.crops import Crops, collect
from training.landmarks.measure import answers
from training.landmarks.views import INPUT, view
from training.prepare import finder


@pytest.fixture(scope="module")
def crops(model_dir: Path) -> Crops:
    return collect([carphone_path()], finder(model_dir), 4)


def test_without_a_face_there_is_nothing_to_show(crops: Crops) -> None:
    with pytest.raises(ValueError, match="high"):
        view(np.random.default_rng(0), crops.of([]))


def test_views_are_what_the_network_takes_and_differ(crops: Crops) -> None:
    rng = np.random.default_rng(0)
    views = [view(rng, crops) for _ in range(40)]
    assert all(seen.shape == (INPUT, INPUT, 3) and seen.dtype == np.float32 for seen in views)
    assert all(seen.min() >= 0 and seen.max() <= 1 for seen in views)
    assert len({seen.tobytes() for seen in views}) == 40


def test_a_seed_gives_the_same_view_again(crops: Crops) -> None:
    first, again = (view(np.random.default_rng(7), crops) for _ in range(2))
    assert (first == again).all()


def test_most_views_show_a_face_and_some_do_not(crops: Crops, model_folder: ModelFolder) -> None:
    rng = np.random.default_rng(1)
    faces = answers(Network(model_folder.files["face_landmarks"]), [view(rng, crops) for _ in range(60)]).faces
    assert 0.6 < faces.mean() < 0.98
