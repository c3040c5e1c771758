import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.colours import COLOURS_BYTES, colours_of, difference, learned
from faceswap.people import ALIKE
from faceswap.pipeline import FrameSwapper
from tests.footage import carphone, decoded

colours = st.binary(min_size=COLOURS_BYTES, max_size=COLOURS_BYTES)


def seen(swapper: FrameSwapper, image: np.ndarray) -> bytes:
    faces, _ = swapper._track(image, None, None, "largest")
    return colours_of(image, faces[0].landmarks)


def test_a_face_beyond_the_frame_takes_the_colours_of_its_edge() -> None:
    grey = np.full((20, 30, 3), 119, np.uint8)
    far = np.full((468, 3), 1e5, np.float32)
    assert np.frombuffer(colours_of(grey, far), np.uint8).tolist() == [100, 128, 128] * 5


def test_one_person_is_alike_from_moment_to_moment_and_others_are_not(
    swapper: FrameSwapper, astronaut: bytes, hopper: bytes
) -> None:
    man = [seen(swapper, frame) for frame in carphone(60)[::12]]
    assert max(difference(man[0], later) for later in man) < ALIKE
    others = [seen(swapper, decoded(photo)) for photo in (astronaut, hopper)]
    assert min(difference(man[0], others[0]), difference(man[0], others[1]), difference(*others)) > 1.5 * ALIKE


def test_a_smaller_picture_of_a_face_has_its_colours(swapper: FrameSwapper, astronaut: bytes) -> None:
    photo = decoded(astronaut)
    assert difference(seen(swapper, photo), seen(swapper, np.ascontiguousarray(photo[::2, ::2]))) < 0.5 * ALIKE


@given(colours, colours)
def test_a_difference_is_the_same_both_ways(one: bytes, other: bytes) -> None:
    assert difference(one, one) == 0
    assert difference(one, other) == pytest.approx(difference(other, one))


@given(colours, colours, st.integers(0, 3))
def test_learning_goes_so_many_levels_and_never_too_far(known: bytes, seen: bytes, levels: int) -> None:
    after = learned(known, seen, levels)
    assert difference(after, seen) <= difference(known, seen)
    assert max(abs(a - b) for a, b in zip(after, known, strict=True)) <= levels
