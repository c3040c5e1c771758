"""Part of preparing a source: its face unfolded onto the canonical mesh, seen from the front.

There the two halves of every face are each other's mirror image, so what the photo does not show of one side can be taken
from the other, and light from the side can be told from the face.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Ints, Mask
from faceswap.mesh import Mesh
from faceswap.ramp import ramps
from faceswap.warp import texture_map

#: A triangle counts as unseen where the photo shows it at less than the first share of its usual size, as seen from the
#: second on.
SEEN = (0.15, 0.5)
#: What covers a face mixes with it this far beyond its edge, share of the side.
_EDGE = 0.014


@dataclass(frozen=True)
class Unfolded:
    """A face seen from the front: `texture` BGR float32 (side, side, 3), and of each pixel, float32 (side, side), 0 to 1:
    `shown`, how well the photo shows it, `covered`, whether something lies before it, `face`, whether it is inside the
    outline."""

    texture: Floats
    shown: Floats
    covered: Floats
    face: Floats

    @property
    def known(self) -> Floats:
        """How well it is known what the face looks like there, 0 to 1."""
        return np.asarray(self.shown * (1 - self.covered), np.float32)


def frontal(mesh: Mesh, side: int, margin: float) -> Floats:
    """The canonical face seen from the front, float32 (468, 3) in pixels of a square `margin` times its longer side."""
    points = mesh.vertices * np.array([1, -1, -1], np.float32)
    low, high = points.min(0), points.max(0)
    scale = side / (margin * float((high - low)[:2].max()))
    return np.asarray((points - (low + high) / 2) * scale + [side / 2, side / 2, 0], np.float32)


def unfold(photo: Image, points: Floats, covered: Mask, mesh: Mesh, margin: float) -> Unfolded:
    """The face at `points` float32 (468, 3) in a picture (side, side, 3); `covered` (side, side) is 255 where it is hidden."""
    side = photo.shape[0]
    places = frontal(mesh, side, margin)
    found = texture_map(points[:, :2], places, mesh.triangles, side)
    texture, hidden = (
        np.asarray(cv2.remap(each, found.x, found.y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)
        for each in (photo, covered)
    )
    face = (found.visible > 0).astype(np.float32)
    width = 2 * round(_EDGE * side) + 1
    around = cv2.dilate(hidden / np.float32(255), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    shown = _seen(points, places, mesh.triangles)[np.maximum(found.triangles, 0)]
    return Unfolded(texture, np.asarray(shown * face, np.float32), np.asarray(around * face, np.float32), face)


def _seen(points: Floats, places: Floats, triangles: Ints) -> Floats:
    """How well the photo shows each triangle, 0 to 1."""
    share = _areas(points, triangles) / _areas(places, triangles)
    usual = float(np.percentile(share, 75))
    return ramps(share / max(usual, 1e-6), *SEEN)


def _areas(points: Floats, triangles: Ints) -> Floats:
    """Signed, so that a triangle turned away counts as less than nothing."""
    a, b, c = (points[triangles[:, i], :2] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return np.asarray(area, np.float32)
