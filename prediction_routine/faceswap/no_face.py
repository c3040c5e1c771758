"""What comes back when the frame shows no face."""

import cv2
import numpy as np

from faceswap.arrays import Image
from faceswap.source_type import ALTERED, DRAWN

#: What such a frame says of itself. It is not swapped, and must not claim to be.
SOURCE_TYPES = {"blur": ALTERED, "hold": DRAWN}
_CARD = (58, 54, 50)
_TEXT = "No face in view"


def without_face(frame: Image, choice: str) -> Image:
    """`pass`: the frame as it was; `blur`: beyond recognition; `hold`: a neutral card of the same size."""
    height, width = frame.shape[:2]
    if choice == "blur":
        # Reducing to a few cells first makes the blur cheap and leaves nothing to restore.
        cells = cv2.resize(frame, (12, max(1, round(12 * height / width))), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    if choice == "hold":
        card = np.full_like(frame, _CARD)
        scale = width / 640
        (text_width, text_height), _ = cv2.getTextSize(_TEXT, cv2.FONT_HERSHEY_DUPLEX, scale, max(1, round(scale)))
        at = ((width - text_width) // 2, (height + text_height) // 2)
        cv2.putText(card, _TEXT, at, cv2.FONT_HERSHEY_DUPLEX, scale, (210, 210, 210), max(1, round(scale)), cv2.LINE_AA)
        return card
    return frame
