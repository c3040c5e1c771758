"""Step 7: which part of the frame the swapped face covers, and how softly it ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats, Ints, Mask
from faceswap.mesh import INNER_LIPS, LEFT_BROW, LEFT_EYE, OUTER_LIPS, OVAL, RIGHT_BROW, RIGHT_EYE
from faceswap.warp import TextureMap

#: Shares of the grid's side: over what width the face fades in from its outline, and how softly the user's own eyes and
#: mouth begin.
RAMP = 0.022
#: On the forehead the user's skin goes on beyond the mesh, and the fading widens to this at its top, so that no line shows.
FOREHEAD_RAMP = 0.055
KEPT_FEATHER = 0.004
#: Of the user's eyes this much is kept, so that the lids' edges are the source's.
KEPT_EYES = 0.75
#: Light is read where a predicted mask says at least this.
SURELY_FACE = 0.5
#: The user's whole mouth reaches beyond the lips' outline by this factor, and begins this softly, a share of the grid's side.
WHOLE_MOUTH = 1.15
MOUTH_FEATHER = 0.015
_EYES, _INNER_LIPS, _BROWS = (np.array(points) for points in ((RIGHT_EYE, LEFT_EYE), INNER_LIPS, RIGHT_BROW + LEFT_BROW))


@dataclass(frozen=True)
class FaceMask:
    """`alpha` float32 (side, side), 0 to 1: how much of the swapped face shows; `skin` uint8 (side, side), 255 where the
    face shows skin: not eyes, not the inner mouth; `depth` float32 (side, side): cells to the face's outline."""

    alpha: Floats
    skin: Mask
    depth: Floats


def openings(triangles: Ints) -> Mask:
    """Which triangles (n, 3) span an eye or the inner mouth, uint8 (n + 1,): 255 or 0; the last one stands for no triangle."""
    spans = [np.isin(triangles, outline).all(1) for outline in (RIGHT_EYE, LEFT_EYE, INNER_LIPS)]
    return np.append(np.any(spans, axis=0), False).astype(np.uint8) * np.uint8(255)


def face_mask(landmarks: Floats, texture: TextureMap, opened: Mask, lips: str = "source") -> FaceMask:
    """Landmarks float32 (468, 3) in grid cells; `texture` on the same grid; `opened`: what `openings` gives; `lips` of the
    `source` or, with all of the mouth, of the `user`."""
    visible = texture.visible
    side = visible.shape[0]
    eyes = _scaled(landmarks[_EYES], KEPT_EYES)
    # Not where the nose or the near lip is in front of them.
    shown = cv2.dilate(opened.take(texture.triangles, mode="wrap"), np.ones((3, 3), np.uint8))
    kept = _filled([landmarks[_INNER_LIPS], *eyes], side) & np.asarray(shown, np.uint8)
    alpha, depth = _faded(visible, landmarks, lips)
    alpha *= cv2.GaussianBlur(~kept, (0, 0), KEPT_FEATHER * side) * np.float32(1 / 255)
    return FaceMask(alpha, visible & ~kept, depth)


def whole_face_mask(landmarks: Floats, predicted: Floats, lips: str = "source") -> FaceMask:
    """The same of a face that brings its own eyes and inner mouth, `predicted` float32 (side, side) being how much is face."""
    side = predicted.shape[0]
    outline = _filled([landmarks[list(OVAL)]], side)
    alpha, depth = _faded(outline, landmarks, lips)
    features = _filled([landmarks[list(part)] for part in (RIGHT_EYE, LEFT_EYE, INNER_LIPS)], side)
    there = np.asarray((predicted > SURELY_FACE) * np.uint8(255), np.uint8)
    return FaceMask(alpha * predicted, outline & there & ~features, depth)


def _faded(visible: Mask, landmarks: Floats, lips: str) -> tuple[Floats, Floats]:
    """`alpha` and `depth` of the face that is 255 in `visible`, without the mouth where the lips are the user's."""
    side = visible.shape[0]
    depth = np.asarray(cv2.distanceTransform(visible, cv2.DIST_L2, cv2.DIST_MASK_3), np.float32)
    ramp = np.clip(depth / (_ramp_widths(landmarks, side) * side), 0, 1)
    alpha = np.asarray(ramp * ramp * (3 - 2 * ramp), np.float32)
    if lips == "user":
        mouth = _filled([_scaled(landmarks[list(OUTER_LIPS)], WHOLE_MOUTH)], side)
        alpha *= cv2.GaussianBlur(~mouth, (0, 0), MOUTH_FEATHER * side) * np.float32(1 / 255)
    return alpha, depth


def _ramp_widths(landmarks: Floats, side: int) -> Floats:
    """Of each row of the grid, in which the face is upright: float32 (side, 1)."""
    brows, top = float(landmarks[_BROWS, 1].min()), float(landmarks[OVAL[0], 1])
    rows = np.arange(side, dtype=np.float32)[:, None]
    height = np.clip((brows - rows) / max(brows - top, 1.0), 0, 1)
    return np.asarray(RAMP + (FOREHEAD_RAMP - RAMP) * height, np.float32)


def _scaled(outline: Floats, share: float) -> Floats:
    """One (n, 3) or several (m, n, 3)."""
    middle = outline.mean(-2, keepdims=True)
    return np.asarray((outline - middle) * np.float32(share) + middle, np.float32)


def _filled(outlines: Sequence[Floats], side: int) -> Mask:
    mask = np.zeros((side, side), np.uint8)
    shift = 4
    polygons = [np.round(outline[:, :2] * (1 << shift)).astype(np.int32) for outline in outlines]
    cv2.fillPoly(mask, polygons, 255, lineType=cv2.LINE_AA, shift=shift)
    return mask
