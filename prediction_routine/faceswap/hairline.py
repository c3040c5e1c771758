"""Part of preparing a source: what hangs over its forehead - fringe, hat rim - does not belong on the user's skin.

GrabCut (Rother, Kolmogorov and Blake, SIGGRAPH 2004) tells hair from skin by colour and edges, given that the middle of the
face is skin and what surrounds the head is not. What it finds inside the face's outline counts as hair only where it hangs
together with its surroundings and looks more like them than like the skin: stripes, shadows and face paint stay.
"""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Mask
from faceswap.mesh import EYE_CORNERS, LEFT_BROW, LEFT_EYE, OVAL, RIGHT_BROW, RIGHT_EYE
from faceswap.spread import spread

#: Side at which the picture is divided, pixels: the cut takes time with the number of pixels.
_SIDE = 160
_ROUNDS = 3
#: Hair is at least this far from the skin (CIE Lab, OpenCV's 8-bit scale); a lesser difference is a shadow.
MIN_DIFFERENCE = 22.0
#: And its distance to what is around the head is at most this share of that.
LIKE_SURROUNDINGS = 0.6
#: Pixels of the smallest patch that counts.
_SMALLEST = 8


def without_hair(texture: Image, points: Floats) -> Image:
    """The texture, BGR uint8 (side, side, 3), with the hair over its forehead made skin; `points` (468, 2) in its pixels."""
    side = texture.shape[0]
    small = np.asarray(cv2.resize(texture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    places = points * np.float32(_SIDE / side)
    hair = cv2.dilate(_hair(small, places), _disc(5))
    if not hair.any():
        return texture
    skin = cv2.resize(_skin_everywhere(small, places, np.asarray(hair, np.uint8)), (side, side), interpolation=cv2.INTER_CUBIC)
    share = cv2.GaussianBlur(cv2.resize(hair, (side, side)), (0, 0), 1.5 * side / _SIDE).astype(np.float32)[:, :, None] / 255
    return np.asarray(texture * (1 - share) + np.clip(skin, 0, 255) * share, np.uint8)


def _hair(picture: Image, points: Floats) -> Mask:
    """255 where hair or a hat covers the face, else 0."""
    rows = np.arange(_SIDE)[:, None]
    eyes, brows = points[list(EYE_CORNERS), 1].mean(), points[[*RIGHT_BROW, *LEFT_BROW], 1]
    face = _filled(points, OVAL)
    protected = cv2.dilate(_filled(points, RIGHT_BROW, LEFT_BROW), _disc(5))
    outside_above = (face == 0) & (rows < eyes)

    labels = np.where(outside_above, cv2.GC_BGD, cv2.GC_PR_FGD).astype(np.uint8)
    labels[(cv2.dilate(face, _disc(5)) > 0) & outside_above] = cv2.GC_PR_BGD
    certain = (cv2.erode(face, _disc(13)) > 0) & (rows > brows.max()) | (protected > 0) & (face > 0)
    labels[certain] = cv2.GC_FGD
    if not (labels == cv2.GC_BGD).any() or not certain.any():
        return np.zeros_like(face)
    cut = labels.copy()
    cv2.setRNGSeed(0)  # of the clustering inside: every replica must come to the same cut
    whole = (0, 0, _SIDE, _SIDE)  # not used where labels are given
    cv2.grabCut(picture, cut, whole, np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)
    apart = np.isin(cut, (cv2.GC_BGD, cv2.GC_PR_BGD)) & (face > 0) & (protected == 0) & (rows < brows.min() + 0.02 * _SIDE)
    patches = cv2.morphologyEx(np.asarray(apart * np.uint8(255), np.uint8), cv2.MORPH_OPEN, _square(3))

    colours = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)
    skin = np.median(colours[certain & (protected == 0)], axis=0)
    surroundings = (cv2.dilate(face, _disc(17)) > 0) & outside_above
    hair = np.zeros_like(face)
    count, numbers = cv2.connectedComponents(patches)
    for number in range(1, count):
        patch = np.asarray(numbers == number, np.uint8)
        around = (cv2.dilate(patch, _square(13)) > 0) & surroundings
        touches = (cv2.dilate(patch, _square(5)) > 0) & outside_above
        if patch.sum() >= _SMALLEST and touches.any() and around.any():
            colour = np.median(colours[patch > 0], axis=0)
            to_skin, to_around = (np.linalg.norm(colour - other) for other in (skin, np.median(colours[around], axis=0)))
            if to_skin > MIN_DIFFERENCE and to_around < LIKE_SURROUNDINGS * to_skin:
                hair[patch > 0] = 255
    return hair


def _skin_everywhere(picture: Image, points: Floats, hair: Mask) -> Floats:
    """The colour of the nearest skin for every pixel."""
    features = cv2.dilate(_filled(points, RIGHT_BROW, LEFT_BROW, RIGHT_EYE, LEFT_EYE), _disc(5))
    known = (_filled(points, OVAL) > 0) & (hair == 0) & (features == 0)
    return spread(picture.astype(np.float32), known.astype(np.float32))


def _filled(points: Floats, *outlines: tuple[int, ...]) -> Mask:
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [points[list(outline)].round().astype(np.int32)], 255)
    return mask


def _disc(width: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)), np.uint8)


def _square(width: int) -> Mask:
    return np.ones((width, width), np.uint8)
