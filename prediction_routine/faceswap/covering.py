"""Part of preparing a source: what lies within its face's outline and is no face - fringe, hat, background.

A pixel is taken for such when its colour is unlike the skin between brows and lip, like something that surrounds the head
nearby, and when it hangs together with the surroundings. Paint, stripes and lines that hang together with the surroundings
by a thread only stay.
"""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Mask
from faceswap.geometry import filled
from faceswap.mesh import LEFT_BROW, LEFT_EYE, OVAL, RIGHT_BROW, RIGHT_EYE

#: Side at which the picture is divided, pixels; the discs below are in these.
_SIDE = 160
#: Mouth corners, the middle of the upper lip's edge, and the middle between the brows.
_MOUTH, _LIP, _GLABELLA = (61, 291), 164, 9
#: Colours that each half of the skin and the surroundings are described by, and the share of pixels that makes one count.
_SKIN_COLOURS, _SKIN_SHARE = 3, 0.22
_OTHER_COLOURS, _OTHER_SHARE = 6, 0.04
#: Of a difference in lightness these shares count, where a pixel is darker than skin and where it is lighter: light varies
#: more over a face than colour does, and foreheads shine.
_DARKER, _LIGHTER = 0.84, 0.25
#: Half the width of the band along the middle in which the halves run into each other, pixels.
_OVERLAP = 8
#: A colour of the surroundings is nearby within this standard deviation, where it fills this share.
_NEARBY, _PRESENCE = 10.0, 0.03
#: (least distance to skin, CIE Lab on OpenCV's 8-bit scale; largest distance to the surroundings as a share of it): in the
#: upper face, and below the mouth, where a beard meets a collar, only near the outline.
_UPPER, _LOWER = (20.0, 0.6), (30.0, 0.25)
_LOWER_BAND = 19
#: On the forehead, where a fringe is lit, pixels that are less unlike skin belong to it when they are this near to it.
_GROWN, _GROWTH = (11.0, 0.85), 35
#: Below the brows only what is at least this broad is worth replacing: a narrower band along the outline fades in the swap.
_BROAD = 11
#: So many pixels that fill this share of the area they lie in make a fringe; within the width of it, what is unlike skin and
#: gaps between strands belong to it.
_FRINGE, _SOLID, _GAP = 250, 0.8, 21
#: What covers a forehead is painted on where more of it is the same on both sides than the share of its area that it fills,
#: by this much: stripes and ornaments, which hair falls into seldom and never so evenly.
_EVENLY = 0.3


def covering(texture: Image, points: Floats) -> Mask:
    """255 where something covers the face in a texture, BGR uint8 (side, side, 3), else 0; `points` (468, 2) in its pixels."""
    side = texture.shape[0]
    small = np.asarray(cv2.resize(texture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    found = _covering(small, points * np.float32(_SIDE / side))
    return np.asarray(cv2.resize(found, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)


def _covering(picture: Image, points: Floats) -> Mask:
    rows = np.arange(_SIDE)[:, None]
    mouth, brows = points[list(_MOUTH), 1].mean(), points[[*RIGHT_BROW, *LEFT_BROW], 1].min()
    face, brow_areas = filled(_SIDE, points, OVAL), _dilated(filled(_SIDE, points, RIGHT_BROW, LEFT_BROW), 5)
    features = _dilated(brow_areas | _dilated(filled(_SIDE, points, RIGHT_EYE, LEFT_EYE), 5), 3)
    colours = cv2.cvtColor(cv2.bilateralFilter(picture, 5, 20, 3), cv2.COLOR_BGR2LAB).astype(np.float32)
    colours[:, :, 0] *= _DARKER

    middle = (cv2.erode(face, _disc(25)) > 0) & (rows > brows) & (rows < points[_LIP, 1]) & (features == 0)
    around = (_dilated(face, 33) > 0) & (_dilated(face, 5) == 0)
    others = _main_colours(colours[around], _OTHER_COLOURS, _OTHER_SHARE)
    across = _across(points[_GLABELLA], points[_LIP])
    to_skin = _to_skin(colours, middle, across)
    if not len(others) or to_skin is None:
        return np.zeros_like(face)
    to_others = _to_nearby(colours, others, around)

    band = (cv2.erode(face, _disc(_LOWER_BAND)) == 0) & (rows >= mouth)
    surely, maybe, lower = ((to_skin > least) & (to_others < share * to_skin) for least, share in (_UPPER, _GROWN, _LOWER))
    forehead = (rows < brows) & (face > 0)
    grown = maybe & forehead & (_dilated(np.asarray(surely * np.uint8(255)), _GROWTH) > 0)
    unlike = (((surely | grown) & (rows < mouth)) | (lower & band)) & (features == 0)
    if _painted(unlike & forehead, across):
        unlike &= ~forehead
    # What would fall off the surroundings if cut by a disc hangs by a thread.
    whole = np.asarray((unlike | (face == 0)) * np.uint8(255), np.uint8)
    solid = _dilated(np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, _disc(5)), np.uint8), 5) & whole
    _, pieces = cv2.connectedComponents(solid)
    outer = np.unique(pieces[(face == 0) & (solid > 0)])
    found = np.asarray((np.isin(pieces, outer) & (face > 0) & (solid > 0)) * np.uint8(255), np.uint8)
    on_forehead = np.asarray(forehead * np.uint8(255), np.uint8)
    if _is_fringe(found & on_forehead):
        # Whatever its colour, what is no skin and goes on from the fringe hangs there with it; and skin hardly shows through
        # a narrow gap between strands, or between them and the outline.
        unlike_skin = on_forehead & np.asarray(((to_skin > _UPPER[0]) & (features == 0)) * np.uint8(255), np.uint8)
        found |= _dilated(found, _GAP) & unlike_skin
        outside = np.asarray((face == 0) * np.uint8(255), np.uint8)
        closed = np.asarray(cv2.morphologyEx(found | outside, cv2.MORPH_CLOSE, _disc(_GAP)), np.uint8)
        found |= closed & on_forehead
    broad = np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, _disc(_BROAD)), np.uint8)
    return np.asarray(np.where(rows < brows, found, broad), np.uint8)


def _main_colours(pixels: Floats, count: int, share: float) -> Floats:
    """The centres, (n, 3), of the clusters of colours that at least this share of pixels (m, 3) falls to."""
    if len(pixels) < 4 * count:
        return np.zeros((0, 3), np.float32)
    cv2.setRNGSeed(0)  # every replica must come to the same colours
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, labels, centres = cv2.kmeans(pixels, count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    return np.asarray(centres[np.bincount(labels.ravel(), minlength=count) > share * len(pixels)], np.float32)


def _across(top: Floats, bottom: Floats) -> Floats:
    """How far each pixel lies to the right of a line from top to bottom, (side, side)."""
    rows, columns = np.mgrid[:_SIDE, :_SIDE].astype(np.float32)
    down, along = (bottom - top)[1], (bottom - top)[0]
    length = max(float(np.hypot(down, along)), 1e-3)
    return np.asarray(((columns - top[0]) * down - (rows - top[1]) * along) / length, np.float32)


def _painted(covered: Mask, across: Floats) -> bool:
    """Whether what seems to cover the forehead is a pattern of its own skin."""
    found = np.asarray(covered * np.uint8(255), np.uint8)
    area = cv2.countNonZero(cv2.morphologyEx(found, cv2.MORPH_CLOSE, _disc(15)))
    if not area:
        return False
    rows, columns = np.mgrid[:_SIDE, :_SIDE].astype(np.float32)
    mirrored = np.asarray(cv2.remap(_dilated(found, 5), columns - 2 * across, rows, cv2.INTER_NEAREST), np.uint8)
    filled = cv2.countNonZero(found)
    return cv2.countNonZero(found & mirrored) / filled > filled / area + _EVENLY


def _is_fringe(found: Mask) -> bool:
    filled, area = cv2.countNonZero(found), cv2.countNonZero(cv2.morphologyEx(found, cv2.MORPH_CLOSE, _disc(15)))
    return filled >= max(_FRINGE, _SOLID * area)


def _to_skin(colours: Floats, middle: Mask, across: Floats) -> Floats | None:
    """The distance of each pixel to the nearest colour of its own half of the face, since light may come from the side."""
    halves = [_main_colours(colours[middle & half], _SKIN_COLOURS, _SKIN_SHARE) for half in (across < 0, across >= 0)]
    left, right = (half if len(half) else other for half, other in zip(halves, reversed(halves), strict=True))
    if not len(left):
        return None
    to_left, to_right = (_distances(colours, half, _LIGHTER / _DARKER).min(2) for half in (left, right))
    share = np.clip(across / (2 * _OVERLAP) + 0.5, 0, 1)
    return np.asarray(to_left * (1 - share) + to_right * share, np.float32)


def _distances(colours: Floats, centres: Floats, lighter: float = 1.0) -> Floats:
    """Of each pixel (side, side, 3) to each centre (n, 3): (side, side, n). Of being `lighter` only this share counts."""
    difference = colours[:, :, None] - centres
    difference[..., 0] = np.where(difference[..., 0] > 0, difference[..., 0] * lighter, difference[..., 0])
    return np.asarray(np.linalg.norm(difference, axis=3), np.float32)


def _to_nearby(colours: Floats, others: Floats, around: Mask) -> Floats:
    """The distance of each pixel to the nearest of the colours that its own surroundings have."""
    distances = _distances(colours, others)
    nearest = distances.argmin(2)
    for number in range(len(others)):
        where = ((nearest == number) & (around > 0)).astype(np.float32)
        distances[:, :, number][cv2.GaussianBlur(where, (0, 0), _NEARBY) <= _PRESENCE] = np.inf
    return np.asarray(distances.min(2), np.float32)


def _dilated(mask: Mask, width: int) -> Mask:
    return np.asarray(cv2.dilate(mask, _disc(width)), np.uint8)


def _disc(width: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)), np.uint8)
