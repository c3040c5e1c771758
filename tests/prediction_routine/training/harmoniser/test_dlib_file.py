from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from training.harmoniser.dlib_file import DlibFile


def stored_integer(value: int) -> bytes:
    size = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([size | (128 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def stored_tensor(values: np.ndarray) -> bytes:
    return b"".join(map(stored_integer, (2, *values.shape))) + values.astype("<f4").tobytes()


def test_nothing_is_no_integer() -> None:
    with pytest.raises(ValueError, match="expected 1 bytes after byte 0, found 0"):
        DlibFile(b"").integer()


@pytest.mark.parametrize("control", [0x00, 0x09, 0x0F, 0x11, 0x80])
def test_a_size_that_no_integer_has_is_refused(control: int) -> None:
    with pytest.raises(ValueError, match=f"expected the size of an integer at byte 0, found {control}"):
        DlibFile(bytes([control]) + bytes(20)).integer()


def test_an_integer_of_two_bytes_has_the_least_first() -> None:
    assert DlibFile(b"\x02\x80\x12").integer() == 0x1280


@given(st.lists(st.integers(1 - 2**64, 2**64 - 1)))
def test_integers_come_back_one_after_the_other(values: list[int]) -> None:
    file = DlibFile(b"".join(map(stored_integer, values)))
    assert [file.integer() for _ in values] == values
    assert file.at == len(file.data)


@given(arrays.arrays(np.float32, st.tuples(*[st.integers(0, 3)] * 4)), st.binary(max_size=9))
def test_a_tensor_comes_back_and_what_follows_is_left(values: np.ndarray, rest: bytes) -> None:
    file = DlibFile(stored_tensor(values) + rest)
    assert np.array_equal(file.tensor(), values, equal_nan=True)
    assert file.data[file.at :] == rest


@given(arrays.arrays(np.float32, st.tuples(*[st.integers(1, 3)] * 4)), st.data())
def test_a_tensor_that_ends_early_is_refused(values: np.ndarray, data: st.DataObject) -> None:
    whole = stored_tensor(values)
    with pytest.raises(ValueError, match="found"):
        DlibFile(whole[: data.draw(st.integers(0, len(whole) - 1))]).tensor()


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1, 1), (2, 1, -1, 1, 1)])
def test_a_tensor_of_another_version_or_of_sizes_below_nought_is_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=f"found version {sizes[0]}"):
        DlibFile(b"".join(map(stored_integer, sizes)) + bytes(4)).tensor()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (DlibFile.integer, DlibFile.tensor, lambda file: file.skip_to("con_4")):
        with suppress(ValueError):
            read(DlibFile(data))


def test_a_layer_is_found_by_its_whole_name_after_the_place() -> None:
    file = DlibFile(b"con_4 \x01\x05con_4\x01\x07\x01\x05con_4\x01\x08")
    for following in (7, 8):
        file.skip_to("con_4")
        assert file.integer() == following
    with pytest.raises(ValueError, match="expected a layer con_4 after byte 24, found none"):
        file.skip_to("con_4")
