"""A part of a file, as browsers ask for it to play a video from anywhere (RFC 9110, section 14). Safari plays none without."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK_BYTES = 1 << 16
_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def narrowed(response: FileResponse, file: IO[bytes], size: int, wanted: str | None) -> HttpResponseBase:
    """The response, or what of it the Range header `wanted`; several ranges at once, and what is no range, get all of it."""
    response.headers["Accept-Ranges"] = "bytes"
    bounds = _bounds(wanted, size)
    if bounds is None:
        return response
    start, end = bounds
    if not 0 <= start <= end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = StreamingHttpResponse(_chunks(file, start, end + 1), status=206, headers=dict(response.headers))
    part.headers["Content-Length"] = str(end + 1 - start)
    part.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return part


def _bounds(wanted: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte, the first beyond the last where there is no such range; None where all is wanted."""
    match = _ONE_RANGE.fullmatch(wanted or "")
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    return None if last and int(last) < start else (start, end)


def _chunks(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end and (chunk := file.read(min(CHUNK_BYTES, end - start))):
            start += len(chunk)
            yield chunk
