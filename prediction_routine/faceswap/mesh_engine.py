"""The default engine: the mesh swap, one photo in."""

import math

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.blend import blend
from faceswap.detail import detail_share
from faceswap.geometry import bounding_box, inverse, region_of, transform
from faceswap.light import light_gain
from faceswap.mask import face_mask
from faceswap.mesh import Mesh
from faceswap.occlusion import Occlusion, behind
from faceswap.parameters import PRESETS, Parameters
from faceswap.source import MARGIN, Source
from faceswap.warp import texture_map

#: Cells a side of the grid: fewer lose the eyelids, more cost time that no one sees.
GRID_LIMITS = (96, 256)


def swap_face(frame: Image, landmarks: Floats, source: Source, mesh: Mesh, occlusion: Occlusion, options: Parameters) -> None:
    """Puts the source's face on the face with these landmarks (468, 3), behind what is in front of it, changing `frame`
    (BGR uint8) in place."""
    region = region_of(landmarks, MARGIN)
    box = bounding_box(landmarks[:, :2], frame.shape[1], frame.shape[0])
    if box is None:
        return
    side = _grid_side(region.size, PRESETS[options.preset])
    to_grid = region.to_square(side)
    points = transform(landmarks, to_grid)
    level = source.level_for(region.size)

    texture = texture_map(level.points, points, mesh.triangles, side)
    warped = cv2.remap(level.texture, texture.x, texture.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    unlit = cv2.warpAffine(frame, to_grid, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    user, other = np.asarray(unlit, np.uint8), np.asarray(warped, np.uint8)
    mask = behind(face_mask(points, texture.visible, options.mouth), occlusion(user))
    gain = light_gain(user, other, mask, options.tone)
    crisp = level.with_detail(detail_share(user, other, mask.skin))

    alpha = mask.alpha * np.float32(options.opacity)
    xy_alpha = np.asarray(cv2.merge([texture.x, texture.y, alpha]), np.float32)
    blend(frame, box, inverse(to_grid), crisp, xy_alpha, gain)


def _grid_side(region_size: float, share: float) -> int:
    """A multiple of 16, so that a moving face does not change its grid with every frame."""
    return int(np.clip(math.ceil(region_size * share / 16) * 16, *GRID_LIMITS))
