import io
import struct
import zlib

import pytest

from provenance.metadata import MAX_PICTURE_BYTES, NotReadable, media_type_of, source_type_in_xmp
from tests.client_app.provenance.media import MEDIA_TYPES, SCHEME, media, xmp

TYPE = f"{SCHEME}trainedAlgorithmicMedia"
XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def found(blob: bytes) -> str | None:
    file = io.BytesIO(blob)
    return source_type_in_xmp(file, media_type_of(file))


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"GIF89a........",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"RIFF....WAVE",
        b"....ftypheic",
    ],
)
def test_what_is_none_of_the_kinds_is_said(blob: bytes) -> None:
    with pytest.raises(NotReadable, match=r"JPEG, PNG, WebP, MP4\.$|empty"):
        found(blob)


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_plain_file_has_no_source_type(media_type: str) -> None:
    assert media_type_of(io.BytesIO(media(media_type))) == media_type
    assert found(media(media_type)) is None


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_file_that_ends_in_its_header_is_damaged(media_type: str) -> None:
    with pytest.raises(NotReadable, match="damaged"):
        found(media(media_type)[:24])


def test_the_source_type_is_found_in_every_kind_of_picture() -> None:
    assert found(media("image/jpeg", xmp=xmp(TYPE))) == TYPE
    assert found(media("image/webp", xmp=xmp(TYPE))) == TYPE
    plain = media("image/png")
    content = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + xmp(TYPE)
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    assert found(plain[:33] + chunk + plain[33:]) == TYPE


def test_the_source_type_is_found_in_a_video() -> None:
    box = struct.pack(">I4s", 24 + len(xmp(TYPE)), b"uuid") + XMP_BOX + xmp(TYPE)
    assert found(media("video/mp4") + box) == TYPE
    other = struct.pack(">I4s", 24 + len(xmp(TYPE)), b"uuid") + bytes(16) + xmp(TYPE)
    assert found(media("video/mp4") + other) is None


@pytest.mark.parametrize(
    "written",
    [
        f'<d Iptc4xmpExt:DigitalSourceType="{TYPE}"/>',
        f"<d Iptc4xmpExt:DigitalSourceType = '{TYPE}'/>",
        f"<Iptc4xmpExt:DigitalSourceType>\n {TYPE}\n</Iptc4xmpExt:DigitalSourceType>",
        f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{TYPE}"/>',
    ],
)
def test_every_way_to_write_it_is_understood(written: str) -> None:
    assert found(media("image/jpeg", xmp=written.encode())) == TYPE


@pytest.mark.parametrize("written", [b"", b"<x/>", b"\xff\xfe", b"DigitalSourceType", b'DigitalSourceType="none"'])
def test_xmp_without_it_is_nothing(written: bytes) -> None:
    assert found(media("image/jpeg", xmp=written)) is None


def test_a_picture_of_a_billion_pixels_is_only_looked_at_from_outside() -> None:
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(10_000_000))), (b"IEND", b"")]
    blob = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    assert found(blob) is None


def test_a_picture_that_would_fill_the_memory_is_left_alone() -> None:
    blob = media("image/jpeg") + bytes(MAX_PICTURE_BYTES)
    with pytest.raises(NotReadable, match="more than 50 MB"):
        found(blob)


@pytest.mark.parametrize("size", [0, 1, 7, 2**31, 2**32 - 1])
def test_a_video_whose_boxes_lie_about_their_size_is_damaged(size: int) -> None:
    blob = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + struct.pack(">I4s", size, b"free") + b"\xff" * 16
    with pytest.raises(NotReadable, match="damaged or cut short"):
        found(blob)
