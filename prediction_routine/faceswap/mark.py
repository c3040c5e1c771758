"""The two marks that say an image is AI-made: one that people see, one that programs read."""

from functools import lru_cache

import cv2
import numpy as np

from faceswap.arrays import Floats, Image

#: IPTC's term for a picture in which a trained model's output is composited with a camera's
#: (http://cv.iptc.org/newscodes/digitalsourcetype/, XMP property Iptc4xmpExt:DigitalSourceType of IPTC Photo Metadata).
DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
TEXT = "AI"
#: Height of the mark as a share of the frame's shorter side, and its limits in pixels.
HEIGHT = 0.05
HEIGHT_LIMITS = (14, 64)
_PAPER, _INK, _OPACITY = 28.0, 255.0, 0.72

_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    f"<Iptc4xmpExt:DigitalSourceType>{DIGITAL_SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
).encode()
_PAYLOAD = _XMP_HEADER + _XMP
_APP1 = b"\xff\xe1" + (len(_PAYLOAD) + 2).to_bytes(2, "big") + _PAYLOAD
_START_OF_IMAGE = b"\xff\xd8"
_APP0 = b"\xff\xe0"


def draw_mark(frame: Image) -> None:
    """Draws the visible mark into the frame's lower right corner, in place. A frame too small to hold it gets none."""
    height = int(np.clip(HEIGHT * min(frame.shape[:2]), *HEIGHT_LIMITS))
    paint, alpha = _badge(height)
    rows, columns = paint.shape[:2]
    margin = height // 2
    top, left = frame.shape[0] - rows - margin, frame.shape[1] - columns - margin
    if top < 0 or left < 0:
        return
    corner = frame[top : top + rows, left : left + columns]
    corner[:] = (paint * alpha + corner * (1 - alpha)).round().astype(np.uint8)


def tag_jpeg(jpeg: bytes) -> bytes:
    """The JPEG with the IPTC digital source type in its XMP, behind the JFIF header where there is one."""
    at = len(_START_OF_IMAGE)
    if jpeg[at : at + 2] == _APP0:
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return jpeg[:at] + _APP1 + jpeg[at:]


@lru_cache(maxsize=8)
def _badge(height: int) -> tuple[Floats, Floats]:
    """A dark pill with light letters: colour (height, width, 3) and alpha (height, width, 1), float32.

    Painted four times as large and reduced: OpenCV's letters are rough at this size. Its letters are each their own
    mirror image, so that the mark stays legible on a page that shows the picture mirrored.
    """
    scale, font, thickness = 4, cv2.FONT_HERSHEY_DUPLEX, max(2, round(height * 4 / 11))
    big = height * scale
    letter = cv2.getFontScaleFromHeight(font, round(big * 0.5))
    (text_width, text_height), _ = cv2.getTextSize(TEXT, font, letter, thickness)
    width = text_width + round(big * 0.9)
    ink = np.zeros((big, width), np.uint8)
    cv2.putText(ink, TEXT, ((width - text_width) // 2, (big + text_height) // 2), font, letter, 255, thickness, cv2.LINE_AA)
    pill = np.zeros_like(ink)
    radius = big // 2
    cv2.line(pill, (radius, radius), (width - radius - 1, radius), 255, big - 2, cv2.LINE_AA)
    size = (round(width / scale), height)
    ink_share = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32)[:, :, None] / 255
    pill_share = cv2.resize(pill, size, interpolation=cv2.INTER_AREA).astype(np.float32)[:, :, None] / 255
    paint = np.repeat(_PAPER + (_INK - _PAPER) * ink_share, 3, axis=2)
    alpha = pill_share * (_OPACITY + (1 - _OPACITY) * ink_share)
    return paint.astype(np.float32), alpha.astype(np.float32)
