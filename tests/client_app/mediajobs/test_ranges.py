"""Parts of a file: what a Range header gets."""

import io

import pytest
from django.http import FileResponse, HttpResponseBase
from hypothesis import given
from hypothesis import strategies as st

from mediajobs.ranges import narrowed

CONTENT = bytes(range(100))


def ask(wanted: str | None, content: bytes = CONTENT) -> HttpResponseBase:
    file = io.BytesIO(content)
    return narrowed(FileResponse(file, content_type="video/mp4"), file, len(content), wanted)


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response)  # type: ignore[call-overload]  # every one of them can be iterated over


@pytest.mark.parametrize("wanted", [None, "", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=x-y", "bytes=9-3", "bytes=-1-2"])
def test_all_of_it_where_no_single_range_is_wanted(wanted: str | None) -> None:
    response = ask(wanted)
    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == CONTENT


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, 99),
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=90-500", 90, 99),
        ("bytes=-5", 95, 99),
        ("bytes=-500", 0, 99),
    ],
)
def test_the_range_that_is_wanted(wanted: str, first: int, last: int) -> None:
    response = ask(wanted)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/100"
    assert response["Content-Length"] == str(last + 1 - first)
    assert response["Content-Type"] == "video/mp4"
    assert body(response) == CONTENT[first : last + 1]


@pytest.mark.parametrize(
    ("wanted", "content"), [("bytes=100-", CONTENT), ("bytes=100-200", CONTENT), ("bytes=-0", CONTENT), ("bytes=0-", b"")]
)
def test_a_range_beyond_the_end_is_refused_with_the_size(wanted: str, content: bytes) -> None:
    response = ask(wanted, content)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(content)}"


@given(st.text(alphabet="bytes=-,0123456789 ", max_size=40))
def test_whatever_the_header_says_the_answer_fits_itself(wanted: str) -> None:
    response = ask(wanted)
    content = body(response)
    assert response.status_code in (200, 206, 416)
    if response.status_code == 206:
        first, last = response["Content-Range"].removeprefix("bytes ").removesuffix("/100").split("-")
        assert content == CONTENT[int(first) : int(last) + 1] != b""
