"""Whether a face in a photo will do as a source, and if not, why.

The limits were set on portraits, paintings and film frames of 60 people, none of which is refused, and on the same made
smaller, blurred, or with something drawn over the eyes (docs/models.md).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.errors import InstanceError
from faceswap.geometry import crop, region_of, transform
from faceswap.mesh import LEFT_EYE, RIGHT_EYE, Mesh
from faceswap.pose import turn

#: Codes of the photos that are refused.
NO_FACE, TOO_SMALL, TOO_BLURRED = "no_face_in_source", "face_too_small", "face_too_blurred"
TURNED_AWAY, EYES_HIDDEN = "face_turned_away", "eyes_hidden"
REFUSALS = frozenset({NO_FACE, TOO_SMALL, TOO_BLURRED, TURNED_AWAY, EYES_HIDDEN})

#: Pixels along the face's longer side: below the first it shows too little of a person; a face whose detail would fit into
#: less than the second is a blur, however large; one below the third is taken with a remark.
SMALLEST, SHARPEST_TOO_BLURRED, SOFT = 40, 22, 45
#: Degrees from the camera's axis.
LARGEST_TURN = 60.0

#: Sides at which sharpness is judged: what a face shows beyond the first hardly matters to the swap, and a blur that is wide
#: there can only be measured at the second. The test blur, in their pixels, and the blur that a camera's or a scaler's own
#: filter leaves at a sharp edge.
_FINE, _COARSE, _TEST_BLUR, _SHARP = 256, 64, 1.0, 0.7
#: Of its pixels of detail, so few or fewer are doubtful at the first.
_DOUBTFUL = 48
#: Side at which eyes are looked at, of a square 1.25 times the face.
_EYE_SIDE = 192
#: Points of skin that is seldom covered: cheeks, nose, and beside it.
_SKIN = (50, 280, 4, 195, 205, 425)


@dataclass(frozen=True)
class Quality:
    """`turn`: degrees from the camera's axis; `detail`: pixels along the face that hold detail, at most its own size."""

    turn: float
    detail: float

    @property
    def soft(self) -> bool:
        """Whether the person should be told that another photo would do better."""
        return self.detail < SOFT


def judge(photo: Image, landmarks: Floats, mesh: Mesh) -> Quality:
    """How good a source the face with these landmarks (468, 3) makes; raises InstanceError with one of REFUSALS."""
    size = region_of(landmarks, 1).size
    if size < SMALLEST:
        raise InstanceError(
            TOO_SMALL,
            f"The face in the photo is only {size:.0f} pixels long; it should have {SMALLEST} at the very least, better 200. "
            "Choose a photo taken from closer, or the original instead of a thumbnail.",
        )
    turned = turn(landmarks, mesh)
    if turned > LARGEST_TURN:
        raise InstanceError(
            TURNED_AWAY,
            f"The face in the photo is turned about {turned:.0f} degrees away from the camera, and more than half of it is "
            "hidden. Choose one in which both eyes look out of the picture.",
        )
    detail = _detail(photo, landmarks)
    if detail < SHARPEST_TOO_BLURRED:
        raise InstanceError(
            TOO_BLURRED,
            "The face in the photo is too blurred to tell its features. Choose a photo that is in focus and not shaken.",
        )
    if _eyes_hidden(photo, landmarks, sharp=detail >= SOFT):
        raise InstanceError(
            EYES_HIDDEN,
            "The eyes cannot be seen in the photo. Choose one without sunglasses, and with nothing in front of the eyes.",
        )
    return Quality(turned, detail)


def _detail(photo: Image, landmarks: Floats) -> float:
    """Pixels along the face that hold detail."""
    fine = _detail_at(photo, landmarks, _FINE)
    return fine if fine > _DOUBTFUL else min(fine, _detail_at(photo, landmarks, _COARSE))


def _detail_at(photo: Image, landmarks: Floats, side: int) -> float:
    """The face's size over the blur of its strong edges, looked at in a square of this side at most.

    The blur of an edge follows from how much a known blur weakens it (Zhuo and Sim, Pattern Recognition 2011).
    """
    region = region_of(landmarks, 1)
    side = int(np.clip(region.size, 16, side))
    grey = cv2.cvtColor(crop(photo, region.to_square(side), side), cv2.COLOR_BGR2GRAY).astype(np.float32)
    border = side // 10
    before, after = (
        _gradient(picture)[border:-border, border:-border]
        for picture in (grey, np.asarray(cv2.GaussianBlur(grey, (0, 0), _TEST_BLUR), np.float32))
    )
    strong = after >= np.percentile(after, 90)
    weaker = float(np.median(before[strong] / np.maximum(after[strong], 1e-3)))
    blur = _TEST_BLUR / np.sqrt(max(weaker**2 - 1, 1e-3))
    return float(side / max(1.0, blur / _SHARP))


def _gradient(grey: Floats) -> Floats:
    return np.asarray(cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)), np.float32)


def _eyes_hidden(photo: Image, landmarks: Floats, sharp: bool) -> bool:
    affine = region_of(landmarks, 1.25).to_square(_EYE_SIDE)
    points = transform(landmarks, affine)[:, :2]
    colour = crop(photo, affine, _EYE_SIDE)
    grey = np.asarray(cv2.GaussianBlur(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), (0, 0), 0.8), np.float32)
    cheeks = np.zeros(grey.shape, np.uint8)
    for x, y in points[list(_SKIN)]:
        cv2.circle(cheeks, (int(x), int(y)), 5, 255, -1)
    lit = grey / np.float32(max(float(np.median(grey[cheeks > 0])) if cheeks.any() else 0.0, 1.0))
    return all(_hidden(lit, points[eye[0]], points[eye[8]], sharp) for eye in (RIGHT_EYE, LEFT_EYE))


def _hidden(lit: Floats, corner: Floats, other: Floats, sharp: bool) -> bool:
    """Whether there is no eye between two corners, in a picture whose skin is 1.

    An open eye is the place of greatest contrast in a face, and of a closed one the lashes are still dark. Sunglasses are
    dark and even, and so is the skin below the eye; a hand is even, and nowhere dark. What is said of even skin holds only
    for pictures that are `sharp`.
    """
    width, centre = float(np.linalg.norm(corner - other)), np.asarray((corner + other) / 2, np.float32)
    opening = lit[_ellipse(lit.shape, centre, width, 0.45 * width) > 0]
    around = _ellipse(lit.shape, centre, 1.7 * width, 1.3 * width) & ~_ellipse(lit.shape, centre, 1.25 * width, 0.75 * width)
    around[: int(max(0, centre[1]))] = 0
    if not opening.size or not around.any():
        return False
    low, high = np.percentile(opening, (5, 95))
    contrast, below = float(high - low), float(np.median(lit[around > 0]))
    covered_by_dark = (contrast < 0.25 and below < 0.5) or (contrast < 0.12 and below < 0.6)
    return covered_by_dark or (sharp and (contrast < 0.12 or (contrast < 0.25 and low > 0.6)))


def _ellipse(shape: tuple[int, ...], centre: Floats, width: float, height: float) -> Image:
    mask = np.zeros(shape, np.uint8)
    box = ((float(centre[0]), float(centre[1])), (max(width, 2.0), max(height, 2.0)), 0.0)
    cv2.ellipse(mask, box, 255, -1)
    return mask
