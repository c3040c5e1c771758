"""Swaps the faces of a picture: upright in, the same format out, all faces told with their places."""

import io
import logging
import threading
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from facedetect.errors import ApiError, bad_image, too_large
from facedetect.photos import MAX_PIXELS
from mediajobs import xmp
from mediajobs.relay_stream import RelayAway, RelayStream, Wish

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
EXPECTED = "expected a JPEG, PNG or WebP picture"
#: Larger pictures are reduced to this side, and further where the relay takes no frame of that size.
MAX_SIDE = 4096
QUALITIES = (95, 92, 88)
SHRINK = 0.85

# A decoded picture takes some hundred megabytes at worst: one at a time keeps the server's memory flat.
_decoding = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Picture:
    """Upright sRGB `pixels`, what is transparent in `alpha`, and the `size` that the file had."""

    pixels: Image.Image
    alpha: Image.Image | None
    format: str
    size: tuple[int, int]


@dataclass(frozen=True)
class SwappedPicture:
    """`result` is None where nothing was swapped; `shown` is a JPEG of the picture as it is now."""

    result: bytes | None
    media_type: str
    shown: bytes
    size: tuple[int, int]
    faces: list[dict[str, Any]]
    notes: list[str]


def swap(data: bytes, wish: Wish) -> SwappedPicture:
    """Raises ApiError for what is no picture and while the relay is away; JobFailed where the model refuses it."""
    wish = replace(wish, options={**wish.options, "faces": "all"})
    with _decoding:
        picture = read(data)
        try:
            with RelayStream(wish, threading.Event()) as stream:
                sent, size = _fitting(picture.pixels, stream.frame_bytes)
                stream.send(sent, 0.0)
                answer = stream.answer()
                stream.settle()
        except RelayAway as error:
            message = f"The picture could not be swapped now: {error}. Try again in a moment."
            raise ApiError(503, "relay_unreachable", message) from error
        result = None if answer.unchanged else _encoded(answer.jpeg, picture)
        notes = [*_reduction(picture.size, size), *stream.notes.values()]
        return SwappedPicture(result, MEDIA_TYPES[picture.format], answer.jpeg, size, stream.faces, notes)


def read(data: bytes) -> Picture:
    """Raises ApiError `bad_image`, `image_too_large`."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            limit = MAX_PIXELS[image.format or "JPEG"]
            if image.width * image.height >= limit:
                megapixels = limit // 1_000_000
                raise too_large(f"The picture is {image.width} x {image.height}; expected less than {megapixels} megapixels.")
            return _upright(image)
    except ApiError:
        raise
    except Image.DecompressionBombError as error:
        raise too_large("The picture has far too many pixels; make it smaller and try again.") from error
    except Exception as error:
        # Pillow raises OSError, SyntaxError, ValueError, struct.error and more on hostile bytes; all mean the same.
        _log.info("a picture could not be read: %s", error)
        raise bad_image(f"The file is damaged or no picture; {EXPECTED}.") from error


def _upright(image: Image.Image) -> Picture:
    format, size = {"MPO": "JPEG"}.get(image.format or "JPEG", image.format or "JPEG"), image.size
    if max(image.size) > MAX_SIDE:
        image.draft(None, (MAX_SIDE, MAX_SIDE))
    try:
        upright = ImageOps.exif_transpose(image)
    except Exception:
        # Broken EXIF tells nothing, and the pixels may be fine all the same.
        upright = image
    turned = (upright.width > upright.height) != (image.width > image.height)
    alpha = upright.convert("RGBA").getchannel("A") if upright.has_transparency_data else None
    return Picture(_srgb(upright), alpha, format, size[::-1] if turned else size)


def _srgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Sixteen bits of grey; a plain conversion would cut off all but the darkest.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "L", "CMYK"):
        try:
            own, shown = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, own, shown, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError) as error:
            _log.info("a colour profile was not used: %s", error)
    return image.convert("RGB")


def _fitting(pixels: Image.Image, limit: int) -> tuple[bytes, tuple[int, int]]:
    """As large and as good a JPEG as the relay takes."""
    pixels = pixels.copy()
    pixels.info = {}
    pixels.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    while True:
        for quality in QUALITIES:
            buffer = io.BytesIO()
            pixels.save(buffer, "JPEG", quality=quality)
            if buffer.tell() <= limit:
                return buffer.getvalue(), pixels.size
        smaller = (max(1, round(pixels.width * SHRINK)), max(1, round(pixels.height * SHRINK)))
        pixels = pixels.resize(smaller, Image.Resampling.LANCZOS)


def _encoded(jpeg: bytes, picture: Picture) -> bytes:
    if picture.format == "JPEG":
        return jpeg
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    if picture.alpha is not None:
        image.putalpha(picture.alpha.resize(image.size, Image.Resampling.LANCZOS))
    buffer = io.BytesIO()
    if picture.format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp.PACKET.decode())
        image.save(buffer, "PNG", pnginfo=text)
    else:
        image.save(buffer, "WEBP", quality=95, xmp=xmp.PACKET)
    return buffer.getvalue()


def _reduction(before: tuple[int, int], now: tuple[int, int]) -> list[str]:
    if before == now:
        return []
    return [f"The picture was reduced from {before[0]} x {before[1]} to {now[0]} x {now[1]} pixels."]
