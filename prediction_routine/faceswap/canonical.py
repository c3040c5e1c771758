"""Part of preparing a source: its face unfolded onto the canonical mesh, seen from the front.

There the two halves of every face are each other's mirror image, so what the photo does not show of one side can be taken
from the other, and light from the side can be told from the face.
"""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Ints
from faceswap.mesh import Mesh
from faceswap.spread import spread
from faceswap.warp import texture_map

#: A triangle counts as unseen where the photo shows it at less than the first share of its usual size, as seen from the
#: second on.
SEEN = (0.15, 0.5)
#: Standard deviation with which seen and unseen parts run into each other, share of the side.
SOFTNESS = 0.025
#: Light is what a Gaussian of this share of the side leaves; of its difference between the halves this share is taken out.
LIGHT = 0.07
EVENNESS = 0.7
_GAIN_LIMITS = (0.6, 1.7)
_FLOOR = 8.0


def frontal(mesh: Mesh, side: int, margin: float) -> Floats:
    """The canonical face seen from the front, float32 (468, 3) in pixels of a square `margin` times its longer side."""
    points = mesh.vertices * np.array([1, -1, -1], np.float32)
    low, high = points.min(0), points.max(0)
    scale = side / (margin * float((high - low)[:2].max()))
    return np.asarray((points - (low + high) / 2) * scale + [side / 2, side / 2, 0], np.float32)


def unfold(texture: Image, points: Floats, mesh: Mesh, margin: float) -> Image:
    """The face in a texture (side, side, 3), at `points` float32 (468, 3) in its pixels, as it looks from the front.

    Outside the face's outline the colours of its edge go on, so that reading near it finds nothing foreign.
    """
    side = texture.shape[0]
    places = frontal(mesh, side, margin)
    found = texture_map(points[:, :2], places, mesh.triangles, side)
    own = np.asarray(cv2.remap(texture, found.x, found.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
    face = (found.visible > 0).astype(np.float32)
    seen = _seen(points, places, mesh.triangles)[np.maximum(found.triangles, 0)] * face
    lit = _evenly_lit(_filled(own, seen, face), face)
    inside = np.asarray(cv2.erode(face, np.ones((3, 3), np.uint8)), np.float32)
    return np.asarray(np.clip(np.where(inside[:, :, None] > 0, lit, spread(lit, inside)), 0, 255), np.uint8)


def _seen(points: Floats, places: Floats, triangles: Ints) -> Floats:
    """How well the photo shows each triangle, 0 to 1."""
    share = _areas(points, triangles) / _areas(places, triangles)
    usual = float(np.percentile(share, 75))
    return np.asarray(np.clip((share / max(usual, 1e-6) - SEEN[0]) / (SEEN[1] - SEEN[0]), 0, 1), np.float32)


def _areas(points: Floats, triangles: Ints) -> Floats:
    """Signed, so that a triangle turned away counts as less than nothing."""
    a, b, c = (points[triangles[:, i], :2] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return np.asarray(area, np.float32)


def _filled(own: Floats, seen: Floats, face: Floats) -> Floats:
    """The face with the mirrored other half where that is the better seen one."""
    softness = SOFTNESS * own.shape[0]
    weight = cv2.GaussianBlur(seen, (0, 0), softness) / (cv2.GaussianBlur(face, (0, 0), softness) + 1e-3)
    better = np.clip(weight[:, ::-1] - weight, 0, 1)[:, :, None]
    return np.asarray(own * (1 - better) + own[:, ::-1] * better, np.float32)


def _evenly_lit(texture: Floats, face: Floats) -> Floats:
    """Both halves in the mean of their light."""
    sigma = LIGHT * texture.shape[0]
    luminance = texture @ np.array([0.114, 0.587, 0.299], np.float32)
    light = cv2.GaussianBlur(luminance * face, (0, 0), sigma) / (cv2.GaussianBlur(face, (0, 0), sigma) + 1e-3)
    gain = np.clip((np.sqrt(light * light[:, ::-1]) + _FLOOR) / (light + _FLOOR), *_GAIN_LIMITS) ** EVENNESS
    return np.asarray(texture * gain[:, :, None], np.float32)
