import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.arrays import Floats
from training.autoencoder.identities import grouped, unit


def person(rng: np.random.Generator, count: int, spread: float = 0.5) -> Floats:
    """Embeddings about as far apart as those of one person's frames."""
    middle = unit(rng.normal(size=128).astype(np.float32))
    return np.stack([unit(middle + spread * unit(rng.normal(size=128).astype(np.float32))) for _ in range(count)])


def test_no_faces_are_nobodys() -> None:
    assert grouped(np.zeros((0, 128), np.float32)).tolist() == []


def test_one_face_is_one_person() -> None:
    assert grouped(person(np.random.default_rng(0), 1)).tolist() == [0]


@pytest.mark.parametrize("seed", range(5))
def test_people_are_told_apart_and_whoever_is_seen_most_comes_first(seed: int) -> None:
    rng = np.random.default_rng(seed)
    few, many, one = person(rng, 6), person(rng, 20), person(rng, 1)
    faces = np.concatenate([few, many, one])
    order = rng.permutation(len(faces))
    truth = np.repeat([1, 0, 2], [6, 20, 1])
    assert grouped(faces[order]).tolist() == truth[order].tolist()


def test_groups_that_began_apart_are_joined_when_their_means_meet() -> None:
    turned = np.linspace(0, np.radians(110), 12)
    faces = np.zeros((12, 128), np.float32)
    faces[:, 0], faces[:, 1] = np.cos(turned), np.sin(turned)
    ends_first = faces[[0, 11, *range(1, 11)]]
    assert set(grouped(ends_first).tolist()) == {0}


@given(st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_every_face_has_a_person_and_numbers_have_no_gaps(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    numbers = grouped(np.stack([unit(v) for v in rng.normal(size=(count, 128)).astype(np.float32)]) if count else
                      np.zeros((0, 128), np.float32))  # fmt: skip
    counts = np.bincount(numbers, minlength=1)
    assert len(numbers) == count
    assert (np.diff(counts) <= 0).all()
    assert count == 0 or counts.min() > 0


def test_nothing_has_no_direction() -> None:
    assert np.isfinite(unit(np.zeros(128, np.float32))).all()
