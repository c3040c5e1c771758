import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap import state
from faceswap.geometry import Region
from faceswap.state import State, Track

numbers = st.floats(-1e6, 1e6, width=32)
tracks = st.builds(
    Track, st.integers(1, 0xFFFF), st.builds(Region, numbers, numbers, st.floats(1, 1e5, width=32), st.floats(-3, 3, width=32))
)
states = st.builds(
    State,
    st.integers(1, 0xFFFF), st.integers(1, 0xFFFF), st.floats(-1e15, 1e15), st.floats(-1e15, 1e15), st.integers(1, 0xFFFF),
    st.lists(tracks, max_size=state.MAX_FACES).map(tuple),
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


def test_ids_begin_again_instead_of_overflowing() -> None:
    assert state.following(1) == 2
    assert state.following(0xFFFF) == 1
