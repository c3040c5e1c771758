"""How a video's stretches are shared out to streams that have to know its people from the beginning on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediajobs.video.segments import Stretch, chains


def stretches(count: int) -> list[Stretch]:
    return [Stretch(number, number * 10, (number + 1) * 10, 0) for number in range(count)]


@pytest.mark.parametrize(
    ("count", "streams", "lengths"),
    [(0, 2, []), (1, 1, [1]), (1, 2, [1]), (2, 2, [1, 1]), (10, 1, [10]), (10, 2, [6, 4]), (19, 3, [9, 6, 4])],
)
def test_whoever_tracks_more_swaps_less(count: int, streams: int, lengths: list[int]) -> None:
    assert [len(chain) for chain in chains(stretches(count), streams)] == lengths


@given(st.integers(0, 60), st.integers(1, 12))
def test_all_are_swapped_once_and_in_order(count: int, streams: int) -> None:
    shared = chains(stretches(count), streams)
    assert [stretch for chain in shared for stretch in chain] == stretches(count)
    assert len(shared) <= streams
    assert all(shared)
