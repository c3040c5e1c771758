"""The default engine: the mesh swap, one photo in."""

import math

import cv2
import numpy as np

from faceswap.arrays import Affine, Image
from faceswap.blend import blend
from faceswap.detail import detail_share
from faceswap.eyes import colour_irises
from faceswap.geometry import bounding_box, inverse, region_of, transform
from faceswap.light import light_gain
from faceswap.mask import face_mask, openings
from faceswap.mesh import Mesh
from faceswap.occlusion import Occlusion, behind
from faceswap.parameters import PRESETS, Parameters
from faceswap.proportions import ProportionSpace
from faceswap.reshape import reshape_face
from faceswap.source import MARGIN, Source
from faceswap.steps import Steps
from faceswap.track import Face
from faceswap.warp import texture_map

#: Cells a side of the grid: fewer lose the eyelids, more cost time that no one sees.
GRID_LIMITS = (96, 256)


class MeshEngine:
    """Not to be shared between threads: the occlusion network keeps state while it runs."""

    def __init__(self, mesh: Mesh, space: ProportionSpace, occlusion: Occlusion) -> None:
        self._mesh, self._space, self._occlusion = mesh, space, occlusion
        self._openings = openings(mesh.triangles)

    def __call__(self, frame: Image, camera: Image, face: Face, source: Source, options: Parameters, step: Steps) -> None:
        """Puts the source's face on this one, behind what is in front of it, changing `frame` (BGR uint8) in place.

        `camera` is the frame as it came: a face swapped before this one is not to be taken for something in front of it.
        """
        region = region_of(face.landmarks, MARGIN)
        side = _grid_side(region.size, PRESETS[options.preset])
        to_grid = region.to_square(side)
        with step("occlusion"):
            seen = self._occlusion(_cropped(camera, to_grid, side))
        if options.eyes == "source" and source.eyes is not None:
            with step("eyes"):
                colour_irises(frame, face.landmarks, face.irises, source.eyes, seen, to_grid)
        with step("shape"):
            movement = self._space.movement(face.proportions, source.proportions, face.pose, options.shape)
            landmarks = reshape_face(frame, face.landmarks, movement, seen, to_grid)
        box = bounding_box(landmarks[:, :2], frame.shape[1], frame.shape[0])
        if box is None:
            return
        with step("warp"):
            points = transform(landmarks, to_grid)
            level = source.level_for(region.size)
            texture = texture_map(level.points, points, self._mesh.triangles, side)
            warped = cv2.remap(level.texture, texture.x, texture.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        with step("light"):
            user, other = _cropped(frame, to_grid, side), np.asarray(warped, np.uint8)
            mask = behind(face_mask(points, texture, self._openings, options.mouth), seen)
            gain = light_gain(user, other, mask, options.tone)
            crisp = level.with_detail(detail_share(user, other, mask.skin))
        with step("blend"):
            alpha = mask.alpha * np.float32(options.opacity * face.presence)
            xy_alpha = np.asarray(cv2.merge([texture.x, texture.y, alpha]), np.float32)
            blend(frame, box, inverse(to_grid), crisp, xy_alpha, gain)


def _cropped(frame: Image, to_grid: Affine, side: int) -> Image:
    # Mirrored at the frame's edge: what is drawn out of it into streaks looks like something in front of the face.
    crop = cv2.warpAffine(frame, to_grid, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(crop, np.uint8)


def _grid_side(region_size: float, share: float) -> int:
    """A multiple of 16, so that a moving face does not change its grid with every frame."""
    return int(np.clip(math.ceil(region_size * share / 16) * 16, *GRID_LIMITS))
