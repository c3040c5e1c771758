"""An option of step 6: the user's irises in the source's colour. Gaze, pupils, highlights and blinks stay the user's."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.geometry import Box, bounding_box, shifted
from faceswap.images import LUMINANCE
from faceswap.mesh import LEFT_EYE, RIGHT_EYE
from faceswap.ramp import ramps

#: The coloured ring, shares of the iris' radius: within the first is the pupil, beyond the second the dark rim.
RING = (0.45, 0.9)
#: Irises smaller than this, in pixels, show no colour that could be told.
SMALLEST_RADIUS = 2.5
#: Where less than this share of the ring shows between the lids, the eye is closed.
LEAST_SHOWN = 0.25
#: An iris is made lighter or darker by no more than this, nor brighter for a source in a bright room.
GAIN_LIMITS = (0.4, 2.6)
EXPOSURE_LIMITS = (0.6, 1.5)
#: Brighter than this many times the iris is a highlight.
HIGHLIGHT = (1.8, 2.6)
#: Middle of either cheek: how bright the skin is there tells how bright the room is.
_CHEEKS = (50, 280)


@dataclass(frozen=True)
class EyeColour:
    """`iris` float32 (3,): BGR, 0 to 255, as the photo shows it; `skin`: the luminance of the cheeks beside it."""

    iris: Floats
    skin: float


@dataclass(frozen=True)
class _Eye:
    """A box of the picture with, float32 (h, w) each, the `distance` of its pixels from the middle of the iris in radii and
    `open`, how much of each lies between the lids, 0 to 1."""

    box: Box
    distance: Floats
    open: Floats


def eye_colour(photo: Image, landmarks: Floats, irises: Floats) -> EyeColour | None:
    """The colour of the eyes in a photo (BGR uint8), None where they are too small or closed.

    `landmarks` float32 (468, 3) and `irises` float32 (2, 3) - x, y and radius of the right and the left - in pixels.
    """
    colours = [colour for eye in _eyes(photo, landmarks, irises) if (colour := _colour(photo, eye)) is not None]
    if not colours:
        return None
    return EyeColour(np.mean(colours, axis=0, dtype=np.float32), _skin_luminance(photo, landmarks))


def colour_irises(frame: Image, landmarks: Floats, irises: Floats, colour: EyeColour, seen: Floats, to_seen: Affine) -> None:
    """Gives the irises in `frame` (BGR uint8) this colour, in place; landmarks and irises as for `eye_colour`.

    `seen` float32 (side, side) is 1 where the bare face is seen and 0 where something is in front of it; `to_seen` leads there
    from frame pixels.
    """
    exposure = float(np.clip(_skin_luminance(frame, landmarks) / max(colour.skin, 1.0), *EXPOSURE_LIMITS))
    for eye in _eyes(frame, landmarks, irises):
        part = frame[eye.box.rows, eye.box.columns]
        own = _colour(frame, eye)
        if own is None:
            continue
        own_luminance, luminance = (float(iris @ LUMINANCE) + 1 for iris in (own, colour.iris))
        gain = np.clip(exposure * luminance / own_luminance, *GAIN_LIMITS)
        brightness = part @ LUMINANCE / own_luminance
        coloured = brightness[:, :, None] * colour.iris * (gain * own_luminance / luminance)
        from_box = shifted(to_seen, eye.box.x, eye.box.y)
        size = (eye.box.width, eye.box.height)
        bare = cv2.warpAffine(
            seen, from_box, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        share = bare * eye.open * ramps(eye.distance, 1.05, 0.85) * ramps(eye.distance, 0.3, RING[0])
        share *= 1 - ramps(brightness, *HIGHLIGHT)
        part[:] = np.clip(part + (coloured - part) * share[:, :, None], 0, 255)


def _eyes(image: Image, landmarks: Floats, irises: Floats) -> Iterator[_Eye]:
    for (x, y, radius), outline in zip(irises.tolist(), (RIGHT_EYE, LEFT_EYE), strict=True):
        if radius < SMALLEST_RADIUS:
            continue
        reach = np.array([[x - 1.2 * radius, y - 1.2 * radius], [x + 1.2 * radius, y + 1.2 * radius]], np.float32)
        box = bounding_box(reach, image.shape[1], image.shape[0])
        if box is None:
            continue
        rows, columns = np.mgrid[box.rows, box.columns].astype(np.float32)
        distance = np.hypot(columns - x, rows - y) / radius
        lids = np.zeros((box.height, box.width), np.uint8)
        corners = ((landmarks[list(outline), :2] - (box.x, box.y)) * 16).round().astype(np.int32)
        cv2.fillPoly(lids, [corners], 255, lineType=cv2.LINE_AA, shift=4)
        yield _Eye(box, np.asarray(distance, np.float32), lids.astype(np.float32) * np.float32(1 / 255))


def _colour(image: Image, eye: _Eye) -> Floats | None:
    """The median of the coloured ring, float32 (3,), None where the lids hide it."""
    ring = (eye.distance > RING[0]) & (eye.distance < RING[1])
    shown = ring & (eye.open > 0.5)
    if shown.sum() < max(LEAST_SHOWN * ring.sum(), 1):
        return None
    return np.asarray(np.median(image[eye.box.rows, eye.box.columns][shown], axis=0), np.float32)


def _skin_luminance(image: Image, landmarks: Floats) -> float:
    patches = [cv2.getRectSubPix(image, (5, 5), landmarks[cheek, :2].tolist()) for cheek in _CHEEKS]
    return float((np.stack(patches) @ LUMINANCE).mean())
