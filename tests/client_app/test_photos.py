import contextlib
import hashlib
import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from facedetect.errors import ApiError
from facedetect.photos import MAX_PHOTO_BYTES, MAX_SIDE, normalise, source_id
from tests.client_app.conftest import CLIENT_APP, picture

# ru_maxrss counts what the parent held before the process became its own, so that Linux is asked otherwise.
PEAK_OF_MEMORY = """
import pathlib, re, resource, sys
from facedetect.photos import normalise
normalise(pathlib.Path(sys.argv[1]).read_bytes())
status = pathlib.Path("/proc/self/status")
if status.exists():
    print(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
GREEN, RED = (40, 200, 40), (200, 40, 40)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def close(pixel: object, expected: tuple[int, int, int], by: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel, expected, strict=True))


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(picture())
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bad_image"),
        (b"\0", "bad_image"),
        (b"not a picture", "bad_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='200' height='200'/>", "bad_image"),
        (picture(format="GIF"), "bad_image"),
        (picture(format="TIFF"), "bad_image"),
        (picture()[:700], "bad_image"),
        (picture()[:-20], "bad_image"),
        (picture(format="PNG")[:120], "bad_image"),
        (picture(format="WEBP")[:90], "bad_image"),
        (picture((1, 1)), "bad_image"),
        (picture((2000, 10)), "bad_image"),
        (jpeg_claiming(10_000, 5_000), "image_too_large"),
        (jpeg_claiming(65_500, 65_500), "image_too_large"),
        (png_claiming(0, 0), "bad_image"),
        (png_claiming(5_000, 5_000), "image_too_large"),
        (png_claiming(100_000, 100_000), "image_too_large"),
        (png_claiming(300, 300), "bad_image"),
    ],
)
def test_what_is_no_usable_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        normalise(data)
    assert refused.value.code == code


def test_a_refusal_says_what_was_expected() -> None:
    with pytest.raises(ApiError, match="expected a JPEG, PNG or WebP picture"):
        normalise(b"not a picture")
    with pytest.raises(ApiError, match="1 x 1; expected 64 x 64 or more"):
        normalise(picture((1, 1)))


@given(st.binary(max_size=400), st.integers(0, 800))
def test_damaged_pictures_are_refused_or_read_and_nothing_else(noise: bytes, at: int) -> None:
    data = picture(exif=Image.Exif())
    damaged = data[:at] + noise + data[at + len(noise) :]
    with contextlib.suppress(ApiError):
        assert opened(normalise(damaged)).format == "JPEG"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_every_format_becomes_a_jpeg_of_the_same_size(format: str) -> None:
    image = opened(normalise(picture((300, 200), format=format)))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (300, 200))


@pytest.mark.parametrize(
    ("mode", "format"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("L", "PNG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_kind_of_colour_keeps_its_brightness(mode: str, format: str) -> None:
    image = opened(normalise(picture(mode=mode, format=format)))
    expected = picture_corner(mode)
    assert close(image.getpixel((10, 10)), expected, by=25), image.getpixel((10, 10))


def picture_corner(mode: str) -> tuple[int, int, int]:
    image = Image.new("RGB", (200, 240), GREEN).convert(mode).convert("RGB")
    pixel = image.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return (pixel[0], pixel[1], pixel[2])


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    buffer = io.BytesIO()
    Image.new("I;16", (100, 100), 0x8000).save(buffer, "PNG")
    assert close(opened(normalise(buffer.getvalue())).getpixel((50, 50)), (128, 128, 128))


def test_what_is_transparent_becomes_white() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(buffer, "PNG")
    assert close(opened(normalise(buffer.getvalue())).getpixel((50, 50)), (255, 255, 255))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_upright(orientation: int) -> None:
    turns = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = opened(picture((200, 240)))
    turn = turns[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    stored.save(buffer, "JPEG", exif=exif)

    image = opened(normalise(buffer.getvalue()))

    assert image.size == (200, 240)
    assert close(image.getpixel((20, 20)), GREEN)
    assert close(image.getpixel((180, 20)), RED)
    assert close(image.getpixel((20, 220)), RED)


def test_no_metadata_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    data = picture(exif=exif, comment=b"a secret", xmp=b"<x:xmpmeta>private</x:xmpmeta>")
    bare = normalise(data)
    for secret in (b"where I live", b"a secret", b"private", b"Exif"):
        assert secret in data
        assert secret not in bare
    assert not opened(bare).getexif()


def test_colours_of_another_profile_are_shown_as_they_were_meant() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert close(opened(normalise(picture(icc_profile=srgb))).getpixel((20, 20)), GREEN)
    assert close(opened(normalise(picture(icc_profile=lab))).getpixel((180, 20)), RED)
    assert close(opened(normalise(picture(icc_profile=b"nonsense"))).getpixel((20, 20)), GREEN)
    assert b"ICC_PROFILE" not in normalise(picture(icc_profile=srgb))


def test_the_worst_picture_is_brought_under_the_limit() -> None:
    noise = Image.frombytes("RGB", (2400, 1800), os.urandom(2400 * 1800 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    result = normalise(buffer.getvalue())
    assert len(result) < MAX_PHOTO_BYTES
    image = opened(result)
    assert max(image.size) <= MAX_SIDE
    assert image.width / image.height == pytest.approx(4 / 3, abs=0.01)


def test_the_largest_photo_of_a_phone_is_decoded_at_a_fraction(tmp_path: Path) -> None:
    """In a process of its own, whose peak of memory tells: 49.9 megapixels held whole would take 200 MB."""
    Image.new("RGB", (8160, 6120), RED).save(tmp_path / "large.jpg")
    command = [sys.executable, "-c", PEAK_OF_MEMORY, str(tmp_path / "large.jpg")]
    done = subprocess.run(command, cwd=CLIENT_APP, capture_output=True, text=True, check=True)
    kilobytes = int(done.stdout)
    assert kilobytes < 180_000


def test_a_long_strip_keeps_a_pixel_of_width() -> None:
    assert opened(normalise(picture((20_000, 64)))).size == (MAX_SIDE, 5)


def test_the_same_bytes_give_the_same_photo() -> None:
    assert normalise(picture()) == normalise(picture())


def test_an_id_is_the_hash_of_one_photo_and_the_hash_of_sorted_hashes_of_several() -> None:
    one, two = hashlib.sha256(b"1").hexdigest(), hashlib.sha256(b"2").hexdigest()
    assert source_id([b"1"]) == one
    joined = hashlib.sha256("\n".join(sorted([one, two])).encode()).hexdigest()
    assert source_id([b"1", b"2"]) == source_id([b"2", b"1"]) == joined
