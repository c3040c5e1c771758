"""The default engine: the mesh swap, one photo in."""

from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.blend import blend
from faceswap.detail import detail_share
from faceswap.eyes import give_eyes
from faceswap.geometry import Box, bounding_box, inverse, region_of, transform
from faceswap.grid import grid_side, on_grid
from faceswap.harmonise import Harmoniser
from faceswap.light import light_gain
from faceswap.mask import FaceMask, face_mask, openings
from faceswap.mesh import Mesh
from faceswap.occlusion import Occlusion, behind
from faceswap.parameters import PRESETS, Parameters
from faceswap.proportions import ProportionSpace
from faceswap.reshape import reshape_face
from faceswap.source import MARGIN, Level, Source
from faceswap.steps import Steps
from faceswap.track import Face
from faceswap.warp import TextureMap, texture_map


@dataclass(frozen=True)
class Fitted:
    """A source's face lying on the user's, in its light, on an upright grid: `user` and `warped` BGR uint8 (side, side, 3),
    `gain` float32 (side, side, 3) for `warped`, `mask` and `texture` on the same grid; `points` float32 (468, 3): the landmarks
    in its cells; `to_grid`: from frame pixels; `box`: the face's in the frame; `level`: the texture that `texture` leads to."""

    user: Image
    warped: Image
    gain: Floats
    mask: FaceMask
    texture: TextureMap
    points: Floats
    to_grid: Affine
    box: Box
    level: Level

    @property
    def lit(self) -> Image:
        """`warped` in the light of `user`."""
        return np.asarray(cv2.multiply(self.warped, self.gain, dtype=cv2.CV_8U), np.uint8)


class MeshEngine:
    """Not to be shared between threads: the networks keep state while they run."""

    def __init__(self, mesh: Mesh, space: ProportionSpace, occlusion: Occlusion, harmoniser: Harmoniser | None = None) -> None:
        self._mesh, self._space, self._occlusion, self._harmoniser = mesh, space, occlusion, harmoniser
        self._openings = openings(mesh.triangles)

    def __call__(self, frame: Image, camera: Image, face: Face, source: Source, options: Parameters, step: Steps) -> bool:
        """Puts the source's face on this one, behind what is in front of it, changing `frame` (BGR uint8) in place.

        `camera` is the frame as it came: a face swapped before this one is not to be taken for something in front of it.
        False where the harmoniser gave no numbers and the face is without it.
        """
        fitted = self.fit(frame, camera, face, source, options, step)
        if fitted is None:
            return True
        texture, change = fitted.texture, None
        # It gives every face the user's tone, which one that is to keep its own does not want.
        harmoniser = self._harmoniser if options.harmoniser > 0 and options.tone == "user" else None
        if harmoniser:
            with step("harmoniser"):
                change = harmoniser(fitted.user, fitted.lit, fitted.mask, options.harmoniser)
        with step("blend"):
            crisp = fitted.level.with_detail(detail_share(fitted.user, fitted.warped, fitted.mask.skin))
            alpha = fitted.mask.alpha * np.float32(options.opacity * face.presence)
            xy_alpha = np.asarray(cv2.merge([texture.x, texture.y, alpha]), np.float32)
            blend(frame, fitted.box, inverse(fitted.to_grid), crisp, xy_alpha, fitted.gain, change)
        return change is not None or harmoniser is None

    def fit(self, frame: Image, camera: Image, face: Face, source: Source, options: Parameters, step: Steps) -> Fitted | None:
        """All but what goes into the frame, of which only shape and eyes change; None where the face is not in it."""
        region = region_of(face.landmarks, MARGIN)
        side = grid_side(region.size, PRESETS[options.preset])
        to_grid = region.to_square(side)
        with step("occlusion"):
            seen = self._occlusion(on_grid(camera, to_grid, side))
        if options.eyes == "source" and source.eyes is not None:
            with step("eyes"):
                shown = seen * np.float32(options.opacity * face.presence)
                give_eyes(frame, face.landmarks, source.irises.between(face), source.eyes, shown, to_grid)
        with step("shape"):
            movement = self._space.movement(face.proportions, source.proportions, face.pose, options.shape)
            landmarks = reshape_face(frame, face.landmarks, movement, seen, to_grid)
        box = bounding_box(landmarks[:, :2], frame.shape[1], frame.shape[0])
        if box is None:
            return None
        with step("warp"):
            points = transform(landmarks, to_grid)
            level = source.level_for(region.size)
            texture = texture_map(level.points, points, self._mesh.triangles, side)
            remapped = cv2.remap(level.texture, texture.x, texture.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            warped = np.asarray(remapped, np.uint8)
        with step("light"):
            user = on_grid(frame, to_grid, side)
            mask = behind(face_mask(points, texture, self._openings, options.mouth), seen)
            gain = light_gain(user, warped, mask, options.tone)
        return Fitted(user, warped, gain, mask, texture, points, to_grid, box, level)
