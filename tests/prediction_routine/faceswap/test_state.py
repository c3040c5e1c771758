import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap import state
from faceswap.colours import COLOURS_BYTES
from faceswap.geometry import Region, inverse, transform
from faceswap.proportions import MODES, Proportions
from faceswap.state import (
    PROPORTIONS_BYTES,
    SHAPE_BYTES,
    State,
    Track,
    pack_proportions,
    pack_shape,
    unpack_proportions,
    unpack_shape,
)

SIDE = 640
numbers = st.floats(-SIDE, 2 * SIDE, width=32)
regions = st.builds(Region, numbers, numbers, st.floats(1, 3 * SIDE, width=32), st.floats(-3, 3, width=32))
identity = (st.integers(1, 0xFFFF), regions, st.binary(min_size=COLOURS_BYTES, max_size=COLOURS_BYTES))
tracks = st.builds(Track, *identity, st.integers(0, 0xFFFF))
with_shape = st.builds(
    Track, *identity, st.just(0), *(st.binary(min_size=n, max_size=n) for n in (SHAPE_BYTES, PROPORTIONS_BYTES))
)


def lists_of_tracks() -> st.SearchStrategy[tuple[Track, ...]]:
    first = st.lists(with_shape, max_size=state.MAX_SHAPES)
    others = st.lists(tracks, max_size=state.MAX_FACES - state.MAX_SHAPES)
    return st.tuples(first, others).map(lambda both: (*both[0], *both[1]))


states = st.builds(
    State,
    st.integers(SIDE, 0xFFFF), st.integers(1, 0xFFFF), st.floats(-1e15, 1e15), st.floats(-1e15, 1e15), st.integers(1, 0xFFFF),
    lists_of_tracks(),
)  # fmt: skip


@pytest.mark.parametrize("text", [None, "", "AAAA", "not base64!", "ünïcode", 7, [], {}, "A" * 5000])
def test_what_is_no_state_reads_as_none(text: object) -> None:
    assert state.decode(text) is None


@given(st.binary(max_size=600))
def test_random_bytes_read_as_none(blob: bytes) -> None:
    assert state.decode(base64.b64encode(blob).decode()) is None


@given(states)
def test_a_state_survives_the_journey_and_stays_small(given_state: State) -> None:
    text = state.encode(given_state)
    assert state.decode(text) == given_state
    assert len(text) <= 4096


@given(states, st.data())
def test_one_changed_byte_reads_as_none(given_state: State, data: st.DataObject) -> None:
    blob = bytearray(base64.b64decode(state.encode(given_state)))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    assert state.decode(base64.b64encode(bytes(blob)).decode()) is None


@pytest.mark.parametrize("wild", [float("nan"), float("inf"), -float("inf"), 1e30, 1e6])
@pytest.mark.parametrize("place", range(4))
def test_a_region_that_no_frame_has_reads_as_none(wild: float, place: int) -> None:
    numbers = [320.0, 240.0, 200.0, 0.1]
    numbers[place] = wild
    text = state.encode(State(640, 480, 0.0, 0.0, 2, (Track(1, Region(*numbers), bytes(COLOURS_BYTES)),)))
    assert state.decode(text) is None


def test_ids_begin_again_instead_of_overflowing() -> None:
    assert state.following(1) == 2
    assert state.following(0xFFFF) == 1


@given(regions, st.integers(0, 2**32 - 1))
def test_a_shape_survives_packing_to_a_fraction_of_a_pixel(region: Region, seed: int) -> None:
    upright = np.random.default_rng(seed).uniform(1 / 6, 5 / 6, (468, 2)).astype(np.float32)
    inside = transform(upright, inverse(region.to_square(1)))
    found = unpack_shape(pack_shape(inside, region), region)
    assert np.abs(found - inside).max() <= region.size / 4095 + 1e-6 * (abs(region.x) + abs(region.y) + region.size)


def test_landmarks_far_from_the_region_are_packed_at_the_edge_of_its_middle() -> None:
    region = Region(100, 100, 50, 0)
    far = np.full((468, 2), 1e6, np.float32)
    assert np.allclose(unpack_shape(pack_shape(far, region), region), 117.5, atol=0.1)


@given(st.lists(st.floats(-30, 30, width=32), min_size=2 * MODES, max_size=2 * MODES), st.floats(0.01, 500))
def test_proportions_come_back_to_a_few_thousandths(coefficients: list[float], frames: float) -> None:
    given_one = Proportions(np.array(coefficients, np.float32).reshape(2, MODES), frames)
    back = unpack_proportions(pack_proportions(given_one))
    assert np.allclose(back.coefficients, given_one.coefficients, atol=0.008)
    assert back.frames == min(127.5, max(0.5, round(2 * frames) / 2))
