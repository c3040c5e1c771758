"""Part of preparing a source: glasses do not belong on the user's skin.

A rim is a thin line, darker or lighter than what lies on both sides of it, around each eye, with a bridge between them. The
best closed line around each eye and the best line over the nose are found by dynamic programming, as boundaries are (Amini,
Weymouth and Jain, PAMI 1990). Every face has best lines; glasses have strong ones, all the way, on a face that is smooth
elsewhere. Rims that hardly show are not found, and hardly show in the swap.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats, Mask
from faceswap.canonical import Unfolded
from faceswap.geometry import filled
from faceswap.mesh import LEFT_BROW, LEFT_EYE, OVAL, RIGHT_BROW, RIGHT_EYE
from faceswap.spread import spread

#: Side at which glasses are looked for, pixels.
_SIDE = 256
#: Corners of the eyes; brows' upper edges, mouth corner, the middle between the brows, the nose below its bridge.
_RIGHT, _LEFT, _BROW, _MOUTH, _GLABELLA, _NOSE = (33, 133), (263, 362), 105, 61, 9, 195
#: All lengths below are shares of the distance between the eyes. Rims lie at these distances from the eye, smaller upwards and
#: downwards by a factor. From nearer on, lids count as well: behind glasses they are lines like the rims.
_RIMS, _RIMS_OR_LIDS = ((0.31, 0.72), 0.82), ((0.2, 0.66), 0.85)
_ANGLES, _STEPS = 96, 40
#: Half widths of a rim, pixels, and the strongest that counts, levels of lightness of 255.
_WIDTHS, _STRONGEST = (3, 5, 7), 40.0
#: A rim is judged by its lower half, degrees: above, brows are lines as well. So strong must three quarters of it and the
#: bridge be, and so much stronger than the lines of cheeks and forehead; the former or the latter way of looking will do.
_LOWER = (20, 160)
_STRONG, _STRONG_OR_LIDS = (6.0, 0.7), (8.5, 0.5)
#: Width of what is replaced: at least the first, and as far as it is unlike skin the second; and of the arms.
_RIM, _THICK, _ARM = 0.10, 0.22, 0.12
#: Levels of lightness by which a thick rim differs from skin.
_UNLIKE = 18.0
#: A lens is tinted when the skin in it differs so much from the skin around it, CIE Lab, 8-bit.
_TINTED = 16.0
_TINT_LIMITS = (0.6, 2.5)


@dataclass(frozen=True)
class _Rims:
    """`right` and `left`: closed outlines (96, 2), `bridge` (n, 2), in pixels of the face at _SIDE."""

    right: Floats
    left: Floats
    bridge: Floats


def without_glasses(face: Unfolded, places: Floats) -> Unfolded:
    """The face with skin where it has glasses; as it is where it has none. `places`: landmarks (468, 2 or 3) in its pixels."""
    side = face.texture.shape[0]
    points = np.asarray(places[:, :2] * np.float32(_SIDE / side), np.float32)
    way = cv2.INTER_AREA if side > _SIDE else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(face.texture, (_SIDE, _SIDE), interpolation=way), np.float32)
    lab = cv2.cvtColor(np.clip(small, 0, 255).astype(np.uint8), cv2.COLOR_BGR2LAB).astype(np.float32)
    lightness = np.asarray(cv2.GaussianBlur(lab[:, :, 0], (0, 0), 1.0), np.float32)
    rims = _rims(lightness, points)
    if rims is None:
        return face
    tint = _tint(small, lab, rims, points)
    worn = _worn(lightness, rims, points)
    gain, mask = (np.asarray(cv2.resize(each, (side, side)), np.float32) for each in (tint, worn.astype(np.float32) / 255))
    clear = np.asarray(face.texture * gain, np.float32)
    skin = spread(clear, np.asarray((mask < 0.1) * face.face, np.float32))
    share = np.clip(cv2.GaussianBlur(mask, (0, 0), 0.004 * side) * 1.3, 0, 1)[:, :, None] * face.face[:, :, None]
    return replace(face, texture=np.asarray(clear * (1 - share) + skin * share, np.float32))


def _rims(lightness: Floats, points: Floats) -> _Rims | None:
    right, left = (points[list(eye)].mean(0) for eye in (_RIGHT, _LEFT))
    apart = float(np.linalg.norm(left - right))
    bridge, over_nose = _bridge(lightness, points, right, left)
    rough = 1 + _roughness(lightness, points, apart)
    outlines, found = [], False
    for (radii, flatness), (strong, stronger) in ((_RIMS, _STRONG), (_RIMS_OR_LIDS, _STRONG_OR_LIDS)):
        around = [_around(lightness, centre, (radii[0] * apart, radii[1] * apart), flatness) for centre in (right, left)]
        outlines += [outline for outline, _ in around]
        found |= min(over_nose, *(strength for _, strength in around)) >= max(strong, stronger * rough)
    return _Rims(outlines[0], outlines[1], bridge) if found else None


def _around(lightness: Floats, centre: Floats, radii: tuple[float, float], flatness: float) -> tuple[Floats, float]:
    """The strongest closed line around an eye, (96, 2), and how strong three quarters of its lower half are at least."""
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)
    reach = np.linspace(*radii, _STEPS)
    x = (centre[0] + reach * np.cos(angles)[:, None]).astype(np.float32)
    y = (centre[1] + reach * np.sin(angles)[:, None] * flatness).astype(np.float32)
    lines = _lines(np.asarray(cv2.remap(lightness, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32))
    # Three times round, so that the middle one ends where it began.
    path, number = _best_path(np.tile(lines, (3, 1)))[_ANGLES : 2 * _ANGLES], np.arange(_ANGLES)
    low = (np.degrees(angles) > _LOWER[0]) & (np.degrees(angles) < _LOWER[1])
    strength = float(np.percentile(lines[number, path][low], 25))
    return np.stack([x[number, path], y[number, path]], axis=1), strength


def _bridge(lightness: Floats, points: Floats, right: Floats, left: Floats) -> tuple[Floats, float]:
    """The strongest line over the nose, (n, 2), and how strong it is."""
    apart = float(np.linalg.norm(left - right))
    start, end = int(right[0] + 0.3 * apart), int(left[0] - 0.3 * apart)
    top, bottom = int(points[_GLABELLA, 1] - 0.05 * apart), int(points[_NOSE, 1])
    lines = _lines(np.ascontiguousarray(lightness[top:bottom, start:end].T))
    path = _best_path(lines)
    along = lines[np.arange(len(lines)), path]
    line = np.stack([np.arange(start, end), path + top], axis=1).astype(np.float32)
    return line, float(np.sqrt(np.percentile(along, 20) * np.median(along)))


def _lines(rows: Floats) -> Floats:
    """How much each pixel is darker, or lighter, than both of two that lie as far before and after it in its row."""
    best = np.zeros_like(rows)
    for width in _WIDTHS:
        before, after = np.roll(rows, width, 1), np.roll(rows, -width, 1)
        best = np.maximum(best, np.maximum(np.minimum(before, after) - rows, rows - np.maximum(before, after)))
    best[:, : _WIDTHS[0]] = best[:, -_WIDTHS[0] :] = 0
    return np.asarray(np.minimum(best, _STRONGEST), np.float32)


def _best_path(score: Floats) -> NDArray[np.int64]:
    """The column in each row with the greatest sum of scores, one column aside at most from row to row."""
    rows, columns = score.shape
    steps = np.zeros((rows, columns), np.int64)
    total = score[0]
    for row in range(1, rows):
        padded = np.pad(total, 1, constant_values=-np.inf)
        choices = np.stack([padded[:-2] - 0.3, padded[1:-1], padded[2:] - 0.3])
        steps[row] = choices.argmax(0) - 1
        total = choices.max(0) + score[row]
    path = [int(total.argmax())]
    for row in range(rows - 1, 0, -1):
        path.append(path[-1] + int(steps[row, path[-1]]))
    return np.array(path[::-1])


def _roughness(lightness: Floats, points: Floats, apart: float) -> float:
    """The strength of lines on the cheeks beside the nose and on the forehead: wrinkles, paint, seams."""
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    eyes = points[[*_RIGHT, *_LEFT], 1].mean()
    cheeks = (rows > eyes + 0.58 * apart) & (rows < points[_MOUTH, 1] - 4) & (abs(columns - _SIDE / 2) > 0.32 * apart)
    inside = cv2.erode(filled(_SIDE, points, OVAL), np.ones((15, 15), np.uint8)) > 0
    where = inside & (cheeks | (rows < points[_BROW, 1] - 0.15 * apart))
    lines = np.maximum(_lines(lightness), _lines(np.ascontiguousarray(lightness.T)).T)
    return float(np.percentile(lines[where], 90)) if where.any() else 0.0


def _worn(lightness: Floats, rims: _Rims, points: Floats) -> Mask:
    """255 where rims, bridge and arms are."""
    apart = float(np.linalg.norm(points[list(_LEFT)].mean(0) - points[list(_RIGHT)].mean(0)))
    thin, thick = np.zeros((_SIDE, _SIDE), np.uint8), np.zeros((_SIDE, _SIDE), np.uint8)
    hinges = ((rims.right, rims.right[:, 0].argmin(), 0), (rims.left, rims.left[:, 0].argmax(), _SIDE - 1))
    for mask, width in ((thin, _RIM), (thick, _THICK)):
        for line, closed in ((rims.right, True), (rims.left, True), (rims.bridge, False)):
            cv2.polylines(mask, [line.round().astype(np.int32)], closed, 255, max(1, round(width * apart)))
        for outline, number, edge in hinges:
            x, y = outline[number]
            arm = np.array([(x, y - 0.06 * apart), (edge, y - 0.12 * apart)])
            cv2.polylines(mask, [arm.round().astype(np.int32)], False, 255, round((_ARM if mask is thin else _THICK) * apart))
    skin = spread(lightness[:, :, None].repeat(3, 2), (thick == 0).astype(np.float32))[:, :, 0]
    unlike = np.asarray((np.abs(lightness - skin) > _UNLIKE) * np.uint8(255), np.uint8)
    eyes = np.asarray(cv2.dilate(filled(_SIDE, points, RIGHT_EYE, LEFT_EYE), np.ones((5, 5), np.uint8)), np.uint8)
    features = filled(_SIDE, points, RIGHT_BROW, LEFT_BROW) | eyes
    return np.asarray(cv2.dilate(thin | (thick & unlike), np.ones((3, 3), np.uint8)), np.uint8) & ~features


def _tint(texture: Floats, lab: Floats, rims: _Rims, points: Floats) -> Floats:
    """The gain, (side, side, 3), that gives the skin behind tinted lenses the colour of the skin around them."""
    lenses = np.zeros((_SIDE, _SIDE), np.uint8)
    for outline in (rims.right, rims.left):
        cv2.fillPoly(lenses, [outline.round().astype(np.int32)], 255)
    eyes = cv2.dilate(filled(_SIDE, points, RIGHT_EYE, LEFT_EYE, RIGHT_BROW, LEFT_BROW), np.ones((7, 7), np.uint8))
    inside = (cv2.erode(lenses, np.ones((9, 9), np.uint8)) > 0) & (eyes == 0)
    near = (cv2.dilate(lenses, np.ones((41, 41), np.uint8)) > 0) & (cv2.dilate(lenses, np.ones((13, 13), np.uint8)) == 0)
    outside = near & (eyes == 0) & (filled(_SIDE, points, OVAL) > 0)
    whole = np.ones((_SIDE, _SIDE, 3), np.float32)
    if not inside.any() or not outside.any():
        return whole
    if np.linalg.norm(np.median(lab[inside], axis=0) - np.median(lab[outside], axis=0)) < _TINTED:
        return whole
    wanted, found = (spread(texture, where.astype(np.float32)) for where in (outside, inside))
    gain = np.clip((wanted + 8) / (found + 8), *_TINT_LIMITS)
    share = cv2.GaussianBlur(lenses.astype(np.float32) / 255, (0, 0), 3)[:, :, None]
    return np.asarray(whole * (1 - share) + gain * share, np.float32)
