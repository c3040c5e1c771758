import io

import numpy as np
import pytest
from PIL import Image

from faceswap.mark import DIGITAL_SOURCE_TYPE, WIDTH, WIDTH_LIMITS, draw_mark, tag_jpeg
from tests.footage import decoded, jpeg


@pytest.mark.parametrize("size", [(1, 1), (8, 40), (20, 20)])
def test_a_frame_too_small_for_the_mark_is_left_alone(size: tuple[int, int]) -> None:
    frame = np.zeros((*size, 3), np.uint8)
    draw_mark(frame)
    assert not frame.any()


@pytest.mark.parametrize("size", [(240, 320), (480, 640), (1080, 1920), (1280, 720)])
@pytest.mark.parametrize("level", [0, 255])
def test_the_mark_is_seen_in_its_corner_and_only_there(size: tuple[int, int], level: int) -> None:
    frame = np.full((*size, 3), level, np.uint8)
    draw_mark(frame)
    rows, columns = np.nonzero((frame != level).any(axis=2))
    width = int(np.clip(WIDTH * min(size), *WIDTH_LIMITS))
    assert rows.min() >= size[0] - 2.5 * width  # twice its width high at most, and half its width from the edge
    assert columns.min() >= size[1] - 1.6 * width
    assert columns.min() > size[1] * 0.8
    corner = frame[rows.min() :, columns.min() :]
    assert int(corner.max()) - int(corner.min()) > 120


def test_the_mark_reads_the_same_in_a_mirror() -> None:
    frame = np.full((480, 640, 3), 128, np.uint8)
    draw_mark(frame)
    rows, columns = np.nonzero((frame != 128).any(axis=2))
    mark = frame[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(int)
    assert np.abs(mark - mark[:, ::-1]).max() <= 2


def test_the_tag_names_the_iptc_source_type_and_leaves_the_pixels() -> None:
    plain = jpeg(np.full((32, 48, 3), 90, np.uint8))
    tagged = tag_jpeg(plain)
    assert (decoded(tagged) == decoded(plain)).all()
    with Image.open(io.BytesIO(tagged)) as image:
        assert DIGITAL_SOURCE_TYPE in image.info["xmp"].decode()


def test_a_jpeg_without_jfif_header_is_tagged_too() -> None:
    plain = jpeg(np.zeros((8, 8, 3), np.uint8))
    length = int.from_bytes(plain[4:6], "big")
    bare = plain[:2] + plain[4 + length :]
    assert decoded(tag_jpeg(bare)).shape == (8, 8, 3)
