"""Pictures from bytes and back, with the limits that keep a hostile file from costing anything."""

import base64
import binascii
import io

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from faceswap.arrays import Image
from faceswap.errors import InstanceError

#: Pixels of the largest picture that is decoded: a 24-megapixel photograph passes, a 50-megapixel header does not.
MAX_PIXELS = 25_000_000
#: Luminance of BGR, ITU-R BT.601.
LUMINANCE = np.array([0.114, 0.587, 0.299], np.float32)
#: Channels of a grey picture differ by no more, levels of 255: what a camera's and JPEG's rounding of two chromas makes.
_GREY = 4
_END_OF_JPEG = b"\xff\xd9"
#: Bytes after the end-of-image marker that cameras are known to pad with are few.
_MAX_PADDING = 64


def from_base64(value: object, what: str) -> bytes:
    """The bytes of a `{"b64": "..."}` object; raises InstanceError naming `what`."""
    text = value.get("b64") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise InstanceError("bad_instance", f'{what}: expected {{"b64": "<base64>"}}, got {type(value).__name__}')
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InstanceError("bad_instance", f"{what}: the b64 text is not valid base64") from error


def check_size(blob: bytes, what: str, formats: tuple[str, ...]) -> None:
    """Reads only the header: raises InstanceError unless it is a picture of one of the formats and not too large."""
    try:
        with Pillow.open(io.BytesIO(blob), formats=formats) as header:
            width, height = header.size
    except Pillow.DecompressionBombError as error:
        raise InstanceError("image_too_large", f"{what}: {error}; at most {MAX_PIXELS} pixels are decoded") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        kinds = " or ".join(formats)
        raise InstanceError("bad_image", f"{what}: these {len(blob)} bytes are not a {kinds} picture") from error
    if width * height > MAX_PIXELS:
        raise InstanceError(
            "image_too_large",
            f"{what}: {width}x{height} is {width * height} pixels; at most {MAX_PIXELS} are decoded, send it smaller",
        )


def decode_frame(blob: bytes) -> Image:
    """A camera frame, BGR uint8, from JPEG bytes (any JPEG: grey and CMYK come out as BGR too)."""
    check_size(blob, "image", ("JPEG",))
    if _END_OF_JPEG not in blob[-_MAX_PADDING:]:
        raise InstanceError("bad_image", "image: the JPEG is cut short; send the whole file")
    decoded = cv2.imdecode(np.frombuffer(blob, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise InstanceError("bad_image", "image: the JPEG cannot be decoded; it is damaged")
    return np.asarray(decoded, np.uint8)


def decode_photo(blob: bytes) -> Image:
    """A source photo, BGR uint8, from JPEG or PNG bytes, turned upright by its EXIF orientation."""
    check_size(blob, "source photo", ("JPEG", "PNG"))
    try:
        with Pillow.open(io.BytesIO(blob)) as photo:
            upright = ImageOps.exif_transpose(photo)
            rgba = upright.convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise InstanceError("bad_image", f"source photo: it cannot be decoded ({error})") from error
    backdrop = Pillow.new("RGBA", rgba.size, (255, 255, 255, 255))
    rgb = np.asarray(Pillow.alpha_composite(backdrop, rgba).convert("RGB"), np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def is_grey(image: Image) -> bool:
    """Whether a picture, BGR uint8 (h, w, 3), is in black and white."""
    # Of a coloured one a few pixels nearly always tell.
    for part in (np.ascontiguousarray(image[::16, ::16]), image):
        blue, green, red = cv2.split(part)
        if max(cv2.norm(blue, green, cv2.NORM_INF), cv2.norm(green, red, cv2.NORM_INF)) > _GREY:
            return False
    return True


def without_colour(image: Image) -> Image:
    """The same in black and white, BGR uint8 (h, w, 3)."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)


def encode_jpeg(image: Image, quality: int) -> bytes:
    """JPEG bytes, 4:2:0, `quality` 1 to 100."""
    done, blob = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise InstanceError("bad_image", f"the swapped {image.shape[1]}x{image.shape[0]} frame cannot be encoded as JPEG")
    return blob.tobytes()


def to_base64(blob: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(blob).decode()}
