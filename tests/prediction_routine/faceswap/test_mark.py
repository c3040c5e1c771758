import numpy as np
import pytest

from faceswap.arrays import Image
from faceswap.mark import MAX_LETTERS, POSITIONS, WIDTH, WIDTH_LIMITS, draw_mark

LONG = "W" * MAX_LETTERS


def marked(size: tuple[int, int], text: str = "AI", position: str = "lower-right") -> Image:
    frame = np.full((*size, 3), 128, np.uint8)
    draw_mark(frame, text, position)
    return frame


def extent(frame: Image) -> tuple[int, int, int, int]:
    """First and last row, first and last column of what differs from grey."""
    rows, columns = np.nonzero((frame != 128).any(axis=2))
    return rows.min(), rows.max(), columns.min(), columns.max()


@pytest.mark.parametrize("text", ["AI", "KI", LONG])
@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("size", [(1, 1), (8, 40), (20, 20), (300, 9)])
def test_a_frame_too_small_for_the_mark_is_left_alone(size: tuple[int, int], position: str, text: str) -> None:
    assert (marked(size, text, position) == 128).all()


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


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("text", ["AI", "Made with AI", LONG])
@pytest.mark.parametrize("size", [(120, 160), (480, 640), (1080, 1920), (640, 97)])
def test_the_mark_is_in_the_corner_that_is_asked_for(size: tuple[int, int], text: str, position: str) -> None:
    top, bottom, left, right = extent(marked(size, text, position))
    margin = int(np.clip(WIDTH * min(size), *WIDTH_LIMITS)) // 2
    assert (top <= margin + 2) if position.startswith("upper") else (bottom >= size[0] - 3 - margin)
    assert (left <= margin + 2) if position.endswith("left") else (right >= size[1] - 3 - margin)
    assert right - left < 0.85 * size[1]
    assert bottom - top < 0.3 * size[0]


@pytest.mark.parametrize("text", ["AI", "IA", "X"])
def test_short_texts_of_symmetric_letters_read_the_same_in_a_mirror(text: str) -> None:
    frame = marked((480, 640), text)
    top, bottom, left, right = extent(frame)
    mark = frame[top : bottom + 1, left : right + 1].astype(int)
    assert bottom - top > right - left
    assert np.abs(mark - mark[:, ::-1]).max() <= 2


def test_a_longer_text_lies_and_grows_with_its_letters() -> None:
    wide, wider = (extent(marked((480, 640), text)) for text in ("KI", "AI-generated"))
    assert all(right - left > bottom - top for top, bottom, left, right in (wide, wider))
    assert wider[3] - wider[2] > 2 * (wide[3] - wide[2])


def test_each_text_looks_different() -> None:
    frames = {marked((480, 640), text).tobytes() for text in ("AI", "KI", "Ki", "AI-generated", "AI generated", "!~")}
    assert len(frames) == 6


def test_a_text_shrinks_in_a_narrow_frame_and_gives_way_to_the_short_one_where_it_could_not_be_read() -> None:
    heights = [bottom - top for top, bottom, *_ in (extent(marked((480, width), "AI-generated")) for width in (640, 120))]
    assert heights[1] < heights[0]
    assert (marked((480, 70), LONG) == marked((480, 70), "AI")).all()
