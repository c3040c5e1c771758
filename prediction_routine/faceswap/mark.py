"""The two marks that say an image is AI-made: one that people see, one that programs read."""

from functools import lru_cache

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Mask

#: IPTC's term for a picture in which a trained model's output is composited with a camera's
#: (http://cv.iptc.org/newscodes/digitalsourcetype/, XMP property Iptc4xmpExt:DigitalSourceType of IPTC Photo Metadata).
DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
#: Each letter is its own mirror image, and they stand one above the other: pages that show the picture mirrored keep the
#: mark legible.
LETTERS = "AI"
#: Width of the mark as a share of the frame's shorter side, and its limits in pixels.
WIDTH = 0.046
WIDTH_LIMITS = (12, 56)
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
    width = int(np.clip(WIDTH * min(frame.shape[:2]), *WIDTH_LIMITS))
    paint, alpha = _badge(width)
    rows, columns = paint.shape[:2]
    margin = width // 2
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
def _badge(width: int) -> tuple[Floats, Floats]:
    """A dark upright pill with light letters: colour (height, width, 3) and alpha (height, width, 1), float32.

    Painted as its left half at eight times the size, mirrored and reduced: OpenCV's letters are rough at this size, and
    not quite symmetric.
    """
    scale, font = 8, cv2.FONT_HERSHEY_SIMPLEX
    big = width * scale
    tall = round(big * 1.9)
    letter, thickness = cv2.getFontScaleFromHeight(font, round(big * 0.42)), max(2, round(big * 0.085))
    ink, pill = np.zeros((tall, big), np.uint8), np.zeros((tall, big), np.uint8)
    for number, character in enumerate(LETTERS):
        (text_width, text_height), _ = cv2.getTextSize(character, font, letter, thickness)
        baseline = round(tall * (0.34 + 0.33 * number)) + text_height // 2
        cv2.putText(ink, character, ((big - text_width) // 2, baseline), font, letter, 255, thickness, cv2.LINE_AA)
    radius = big // 2
    cv2.line(pill, (radius, radius), (radius, tall - radius), 255, big - 2 * scale, cv2.LINE_AA)
    ink_share, pill_share = (_mirrored_and_reduced(layer, width, round(tall / scale)) for layer in (ink, pill))
    paint = np.repeat(_PAPER + (_INK - _PAPER) * ink_share, 3, axis=2)
    alpha = pill_share * (_OPACITY + (1 - _OPACITY) * ink_share)
    return paint.astype(np.float32), alpha.astype(np.float32)


def _mirrored_and_reduced(layer: Mask, width: int, height: int) -> Floats:
    """Its left half and that half's mirror image, (height, width, 1), 0 to 1."""
    half = layer[:, : layer.shape[1] // 2]
    whole = np.hstack([half, half[:, ::-1]])
    reduced = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced[:, :, None] / 255, np.float32)
