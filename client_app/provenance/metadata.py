"""What a file is, and the IPTC digital source type in its XMP; nothing of the picture is decoded."""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image

#: Who drops a file knows it by these names.
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "video/mp4": "MP4"}
_MP4_STILL_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MAX_XMP = 1_000_000
#: Of a picture, unlike of a video, all is held in memory, two or three times over.
MAX_PICTURE_BYTES = 50_000_000
#: As an attribute, or as an element that may hold the address itself or point to it.
_SOURCE_TYPE = re.compile(
    r"""DigitalSourceType(?:\s*=\s*["']|\s*>\s*|\s+rdf:resource\s*=\s*["'])\s*(https?://[^\s"'<>]{1,300})""",
)


class NotReadable(Exception):
    """The message says what is wrong with the file."""


def media_type_of(file: BinaryIO) -> str:
    """Judged by its first bytes, whatever its name says. Raises NotReadable for a kind that cannot be looked into here."""
    file.seek(0)
    start = file.read(16)
    if not start:
        raise NotReadable("The file is empty.")
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp" and start[8:12] not in _MP4_STILL_PICTURES:
        return "video/mp4"
    raise NotReadable(f"This is none of the kinds that can be looked into here: {', '.join(KINDS.values())}.")


def source_type_in_xmp(file: BinaryIO, media_type: str) -> str | None:
    """The address of the term. Raises NotReadable for a file whose structure is broken."""
    xmp = _xmp_of_video(file) if media_type == "video/mp4" else _xmp_of_picture(file)
    found = _SOURCE_TYPE.search(xmp[:_MAX_XMP].decode("utf-8", "replace"))
    return found.group(1) if found else None


def _xmp_of_picture(file: BinaryIO) -> bytes:
    if file.seek(0, 2) > MAX_PICTURE_BYTES:
        raise NotReadable(f"Pictures of more than {MAX_PICTURE_BYTES // 1_000_000} MB are not looked into here.")
    file.seek(0)
    Image.MAX_IMAGE_PIXELS = None  # only headers are read, however large they say the picture is
    try:
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as image:
            xmp = image.info.get("xmp", b"")
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise NotReadable("The picture is damaged: not even its header can be read.") from error
    return xmp.encode() if isinstance(xmp, str) else bytes(xmp)


def _xmp_of_video(file: BinaryIO) -> bytes:
    xmp, kinds = b"", set()
    for kind, start, end in _boxes(file):
        kinds.add(kind)
        if kind == b"uuid":
            file.seek(start)
            if file.read(16) == _XMP_BOX:
                xmp = file.read(min(end - start - 16, _MAX_XMP))
    if b"moov" not in kinds and b"moof" not in kinds:
        raise NotReadable("The video is damaged or cut short: it does not say what is in it.")
    return xmp


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind of each of an MP4's outermost boxes, and where its content begins and ends."""
    at, length = 0, file.seek(0, 2)
    while at + 8 <= length:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        start = at + 8
        if size == 1:
            size, start = int.from_bytes(file.read(8), "big"), at + 16
        elif size == 0:
            size = length - at
        if size < start - at or at + size > length:
            return
        yield kind, start, at + size
        at += size
