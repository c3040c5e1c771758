import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from faceswap.errors import InstanceError
from faceswap.images import decode_frame, decode_photo, encode_jpeg, from_base64, is_grey, without_colour
from tests.footage import carphone, jpeg


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def huge_header() -> bytes:
    """A JPEG whose header claims 10000 x 5000 pixels."""
    small = bytearray(saved(Image.new("RGB", (8, 8))))
    at = small.index(b"\xff\xc0")
    small[at + 5 : at + 9] = (5000).to_bytes(2, "big") + (10000).to_bytes(2, "big")
    return bytes(small)


def zero_header() -> bytes:
    return huge_header().replace((5000).to_bytes(2, "big") + (10000).to_bytes(2, "big"), b"\0\0\0\0")


@pytest.mark.parametrize(
    "blob",
    [b"", b"hello", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"<svg/>", saved(Image.new("RGB", (8, 8)), "PNG"), zero_header()],
    ids=["empty", "text", "start only", "no picture", "svg", "png", "zero size"],
)
def test_what_is_no_jpeg_is_a_bad_image(blob: bytes) -> None:
    with pytest.raises(InstanceError) as error:
        decode_frame(blob)
    assert error.value.code == "bad_image"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_jpeg_cut_short_is_a_bad_image(share: float) -> None:
    whole = jpeg(carphone(1)[0])
    with pytest.raises(InstanceError) as error:
        decode_frame(whole[: int(len(whole) * share)])
    assert error.value.code == "bad_image"


@pytest.mark.parametrize("read", [decode_frame, decode_photo])
def test_fifty_megapixels_are_refused_by_the_header(read: Callable[[bytes], np.ndarray]) -> None:
    with pytest.raises(InstanceError, match="10000x5000") as error:
        read(huge_header())
    assert error.value.code == "image_too_large"


@pytest.mark.parametrize(("mode", "size"), [("L", (30, 20)), ("CMYK", (30, 20)), ("RGB", (1, 1))])
def test_every_kind_of_jpeg_becomes_bgr(mode: str, size: tuple[int, int]) -> None:
    frame = decode_frame(saved(Image.new(mode, size)))
    assert frame.shape == (size[1], size[0], 3)
    assert frame.dtype == np.uint8


def test_a_photo_is_turned_upright_by_its_exif() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated 90 degrees clockwise to view
    assert decode_photo(saved(Image.new("RGB", (30, 20)), exif=exif)).shape == (30, 20, 3)


def test_a_photo_with_transparency_stands_on_white() -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 255, 0))
    assert (decode_photo(saved(clear, "PNG")) == 255).all()


def test_a_photo_keeps_its_colours_as_bgr() -> None:
    assert decode_photo(saved(Image.new("RGB", (2, 2), (255, 0, 0)), "PNG"))[0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("value", [None, {}, {"b64": 5}, {"b64": "%%%"}, {"b64": "AAA"}, [], "AAAA"])
def test_what_is_no_base64_object_is_a_bad_instance(value: object) -> None:
    with pytest.raises(InstanceError, match="image") as error:
        from_base64(value, "image")
    assert error.value.code == "bad_instance"


def test_encoding_keeps_the_size() -> None:
    assert decode_frame(encode_jpeg(np.zeros((11, 23, 3), np.uint8), 50)).shape == (11, 23, 3)


def test_one_pixel_is_grey_or_not() -> None:
    assert is_grey(np.full((1, 1, 3), 90, np.uint8))
    assert not is_grey(np.array([[(90, 90, 100)]], np.uint8))


def test_black_and_white_is_grey_whatever_a_camera_makes_of_it() -> None:
    grey = without_colour(carphone(1)[0])
    assert is_grey(grey)
    trembling = np.clip(grey.astype(int) + np.random.default_rng(0).integers(-2, 3, grey.shape), 0, 255).astype(np.uint8)
    assert is_grey(trembling)
    assert is_grey(decode_frame(jpeg(grey, 60)))


def test_a_single_patch_of_colour_is_not_grey() -> None:
    patch = without_colour(carphone(1)[0])
    patch[201:203, 301:303] = (60, 90, 120)
    assert not is_grey(patch)
    assert not is_grey(carphone(1)[0])


def test_without_colour_it_is_as_bright() -> None:
    picture = carphone(1)[0]
    assert without_colour(picture).mean() == pytest.approx((picture @ np.array([0.114, 0.587, 0.299])).mean(), abs=1)
