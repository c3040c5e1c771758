from dataclasses import replace

import numpy as np
import pytest

from faceswap.harmonise import SIDE, Parts, network_input
from training.harmoniser.batches import _mirrored, batches, plain
from training.harmoniser.pairs import Pairs


def test_the_input_is_what_the_engine_gives_the_network(pairs: Pairs) -> None:
    batch = plain(pairs, np.array([0, 5]))
    for row, number in enumerate((0, 5)):
        alpha = pairs.alpha[number].astype(np.float32) / np.float32(255)
        served = network_input(Parts(pairs.user[number], pairs.lit[number], alpha, pairs.low[number]))
        assert np.abs(batch.given[row] - served).max() < 0.003


@pytest.mark.parametrize("own", [True, False])
def test_a_batch_is_of_one_person_or_of_two(pairs: Pairs, own: bool) -> None:
    same = pairs.people == pairs.source_people
    batch = next(batches(replace(pairs, source=same.astype(np.int32)), np.random.default_rng(0), own, 5))
    assert batch.source.tolist() == [int(own)] * 5
    assert batch.given.shape == (5, SIDE, SIDE, 7)
    assert batch.given.dtype == batch.chips.dtype == np.float32
    assert np.isfinite(batch.given).all()
    assert 0 <= batch.given.min() <= batch.given.max() <= 1


def test_the_same_seed_gives_the_same_batch_and_the_next_is_another(pairs: Pairs) -> None:
    one, two = (batches(pairs, np.random.default_rng(3), True, 4) for _ in range(2))
    first = next(one)
    assert (first.given == next(two).given).all()
    assert (first.given != next(one).given).any()


def test_a_mirrored_pairs_chip_is_the_chip_mirrored(pairs: Pairs) -> None:
    chips = pairs.chips[:3]
    points = np.array([[40.0, 50, 1], [80, 50, 1], [64, 90, 1]])
    mirrored_points = points * (-1, 1, 1) + (SIDE - 1, 0, 0)
    for chip, mirrored in zip(chips, _mirrored(chips), strict=True):
        there, back = points @ chip.T, mirrored_points @ mirrored.T
        assert np.allclose(back, there * (-1, 1) + (149, 0), atol=1e-3)
