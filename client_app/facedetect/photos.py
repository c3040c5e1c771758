"""Turns whatever picture a visitor brings into the one form a source's photo has: a small, upright, bare JPEG."""

import hashlib
import io
import logging
import threading
from collections.abc import Sequence

from PIL import Image, ImageCms

from facedetect.errors import ApiError, bad_image, too_large

MAX_PHOTO_BYTES = 300_000
MAX_SIDE = 1600
MIN_SIDE = 64
# A JPEG is decoded at a fraction of its size; the others must be held whole, so that less is let in.
MAX_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
QUALITIES = (90, 85, 80, 72)
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 224, 80
SHRINK = 0.8

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_EXPECTED = "expected a JPEG, PNG or WebP picture"

# A decoded picture takes some hundred megabytes at worst: one at a time keeps the server's memory flat.
_decoding = threading.Lock()
_log = logging.getLogger(__name__)


def source_id(photos: Sequence[bytes]) -> str:
    """The SHA-256 of the photo; of several, the SHA-256 of their sorted hashes, a line each."""
    hashes = sorted(hashlib.sha256(photo).hexdigest() for photo in photos)
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def normalise(data: bytes) -> bytes:
    """The picture as an upright sRGB JPEG under 300 KB without metadata.

    Raises:
        ApiError: `bad_image` where it is no whole picture, `image_too_large` where it has too many pixels.
    """
    if not data:
        raise bad_image(f"The file is empty; {_EXPECTED}.")
    with _decoding:
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
                _check_size(image)
                return _encode(_flat(_srgb(_upright(image))))
        except ApiError:
            raise
        except Image.DecompressionBombError as error:
            raise too_large("The picture has far too many pixels; make it smaller and try again.") from error
        except Exception as error:
            # Pillow raises OSError, SyntaxError, ValueError, struct.error and more on hostile bytes; all mean the same.
            _log.info("a picture could not be read: %s", error)
            raise bad_image(f"The file is damaged or no picture; {_EXPECTED}.") from error


def thumbnail(photo: bytes) -> bytes:
    """A small JPEG of a photo that is one already; nothing where it is none."""
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG",)) as image:
            image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)
            return buffer.getvalue()
    except (OSError, SyntaxError, ValueError):
        return b""


def _check_size(image: Image.Image) -> None:
    """Judges by the header alone, before anything is decoded."""
    width, height = image.size
    limit = MAX_PIXELS[image.format or "JPEG"]
    if width * height >= limit:
        raise too_large(
            f"The picture is {width} x {height}; expected less than {limit // 1_000_000} megapixels. Make it smaller."
        )
    if min(width, height) < MIN_SIDE:
        raise bad_image(f"The picture is {width} x {height}; expected {MIN_SIDE} x {MIN_SIDE} or more.")


def _upright(image: Image.Image) -> Image.Image:
    """Small first, since a JPEG can be decoded at a fraction of its size; then turned as its EXIF says."""
    turn = _UPRIGHT.get(_orientation(image))
    if max(image.size) > 2 * MAX_SIDE:
        # Pillow's own thumbnail would ask for a square, and decode a wide picture twice as large as needed.
        scale = 2 * MAX_SIDE / max(image.size)
        image.draft(None, (int(image.width * scale), int(image.height * scale)))
    if image.mode.startswith("I"):
        # Sixteen bits of grey; a plain conversion would cut off all but the darkest.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION)
    except Exception:
        # Broken EXIF tells nothing, and the pixels may be fine all the same.
        return 1
    return value if isinstance(value, int) else 1


def _srgb(image: Image.Image) -> Image.Image:
    """Colours as a page shows them; a phone's wide gamut would look dull once its profile is gone."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return image
    try:
        own, shown = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, own, shown, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError) as error:
        _log.info("a colour profile was not used: %s", error)
        return image


def _flat(image: Image.Image) -> Image.Image:
    """Plain RGB, what is transparent on white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    coloured = image.convert("RGBA")
    flat = Image.new("RGB", coloured.size, "white")
    flat.paste(coloured, mask=coloured.getchannel("A"))
    return flat


def _encode(image: Image.Image) -> bytes:
    """The best quality that fits; where none does, a smaller picture."""
    image.info = {}  # Pillow would carry a comment over.
    while True:
        for quality in QUALITIES:
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=quality, optimize=True)
            if buffer.tell() < MAX_PHOTO_BYTES:
                return buffer.getvalue()
        image = image.resize(
            (max(1, round(image.width * SHRINK)), max(1, round(image.height * SHRINK))), Image.Resampling.LANCZOS
        )
