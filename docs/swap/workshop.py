"""The parts of the swap, opened one by one: the same objects that `faceswap.pipeline.FrameSwapper` is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.canonical import Unfolded, frontal, unfold
from faceswap.complete import complete
from faceswap.covering import covering
from faceswap.delight import evenly_lit
from faceswap.detect import FaceDetector
from faceswap.errors import InstanceError
from faceswap.fuse import View, fuse
from faceswap.geometry import crop, region_of, transform
from faceswap.glasses import without_glasses
from faceswap.harmonise import Harmoniser
from faceswap.images import decode_frame
from faceswap.mesh import read_mesh
from faceswap.mesh_engine import Fitted, MeshEngine
from faceswap.model_folder import read_model_folder
from faceswap.networks import Network
from faceswap.occlusion import Occlusion
from faceswap.parameters import Parameters
from faceswap.pipeline import HARMONISER, Frame, FrameSwapper, Likeness
from faceswap.portrait import Portrait
from faceswap.proportions import ProportionSpace
from faceswap.source import MARGIN, TEXTURE_SIDE, Source
from faceswap.steps import Steps
from tests.footage import jpeg


@dataclass(frozen=True)
class Preparation:
    """What becomes of a photo: the face `upright`, BGR uint8 (side, side, 3), `covered` (255 where something hides it), the
    face `unfolded`, `bare` of glasses, `even` in its light, and `whole`, BGR uint8."""

    upright: Image
    covered: Image
    unfolded: Unfolded
    bare: Unfolded
    even: Unfolded
    whole: Image


class Workshop:
    def __init__(self, model: Path) -> None:
        """Raises faceswap.model_folder.ModelFolderError."""
        folder = read_model_folder(model)
        files = folder.files
        self.mesh = read_mesh(files["face_mesh"])
        self.space = ProportionSpace(self.mesh)
        self.detector = FaceDetector(Network(files["face_detector"]), Network(files["full_range_face_detector"]))
        self.occlusion = Occlusion(Network(files["visibility"]))
        self.harmoniser = Harmoniser(Network(files[HARMONISER])) if HARMONISER in files else None
        self._engine = MeshEngine(self.mesh, self.space, self.occlusion, self.harmoniser)
        self._swapper = FrameSwapper(folder)

    def portrait(self, photo: Image) -> Portrait:
        return self._swapper.portrait(jpeg(photo, 98))

    def source(self, photo: Image) -> Source:
        return self._swapper.source([self.portrait(photo)])

    def prepared(self, photo: Image) -> Preparation:
        """As faceswap.source.SourceMaker does it."""
        landmarks = self.portrait(photo).face.landmarks
        affine = region_of(landmarks, MARGIN).to_square(TEXTURE_SIDE)
        upright, points = crop(photo, affine, TEXTURE_SIDE), transform(landmarks, affine)
        covered = covering(upright, points[:, :2])
        unfolded = unfold(upright, points, covered, self.mesh, MARGIN)
        bare = without_glasses(unfolded, self.frontal())
        even = evenly_lit(bare)
        return Preparation(upright, covered, unfolded, bare, even, complete(fuse([View(even, TEXTURE_SIDE)])))

    def frontal(self) -> Floats:
        """The landmarks in a prepared texture, float32 (468, 3)."""
        return frontal(self.mesh, TEXTURE_SIDE, MARGIN)

    def swapped(self, frame: Image, source: Source, **options: object) -> Image:
        """A frame with its largest face swapped, marked as everything is that leaves the routine. Raises InstanceError where
        no face is found."""
        parameters = Parameters(quality=98, **options)
        given = Frame(jpeg(frame, 98), "photo", {}, None, 0.0)
        swapped = self._swapper.swap(given, lambda _: Likeness(source), parameters)
        if not swapped.faces:
            raise InstanceError("no_face", "no face is found in the frame")
        return decode_frame(swapped.jpeg)

    def fitted(self, frame: Image, source: Source) -> tuple[Fitted, Image]:
        """The source's face on the frame's, and the frame as the step before left it: in the source's shape."""
        changed = frame.copy()
        face = self.portrait(frame).face
        fitted = self._engine.fit(changed, frame, face, source, Parameters(), Steps())
        if fitted is None:
            raise InstanceError("no_face", "the face is not in the frame")
        return fitted, np.asarray(changed, np.uint8)
