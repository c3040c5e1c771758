"""Every usable face in a video: found and followed as in serving, judged as a source photo is, and cut out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Mask
from faceswap.detect import FaceDetector
from faceswap.errors import InstanceError
from faceswap.geometry import crop, filled, region_of, transform
from faceswap.identity import IdentityEncoder
from faceswap.landmarks import FaceLandmarker
from faceswap.mesh import OVAL, read_mesh
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.occlusion import Occlusion
from faceswap.proportions import ProportionSpace
from faceswap.quality import judge
from faceswap.source import MARGIN as SEEN_MARGIN
from faceswap.state import State
from faceswap.track import Face, FaceTracker
from training.autoencoder.errors import TrainingError
from training.autoencoder.faceset import MARGIN, SIDE

#: Less of a face in the frame, or less of it bare, is left out.
LEAST_INSIDE, LEAST_BARE = 0.97, 0.75
CUT_OFF, COVERED = "face_cut_off", "face_covered"
_SEEN_SIDE = 128


@dataclass(frozen=True)
class Candidate:
    """`picture` BGR uint8 (SIDE, SIDE, 3), `points` float32 (468, 2) in its pixels, `visible` uint8 (SIDE, SIDE), `embedding`
    unit float32 (128,), `frame` its number in the video, `detail`: pixels along the face that hold detail."""

    picture: Image
    points: Floats
    visible: Mask
    embedding: Floats
    frame: int
    detail: float


class Gatherer:
    """Cuts faces out of videos; counts in `left_out` why others were not taken."""

    def __init__(self, model: ModelFolder) -> None:
        files = model.files
        self._mesh = read_mesh(files["face_mesh"])
        detector = FaceDetector(Network(files["face_detector"]), Network(files["full_range_face_detector"]))
        landmarker = FaceLandmarker(Network(files["face_landmarks"]))
        self._track = FaceTracker(detector, landmarker, ProportionSpace(self._mesh))
        self._occlusion = Occlusion(Network(files["visibility"]))
        self._identity = IdentityEncoder(files["identity"])
        self.left_out: Counter[str] = Counter()

    def faces_of(self, video: Path, every: int) -> Iterator[Candidate]:
        """The faces of every so many frames; raises TrainingError for what is no video."""
        opened = cv2.VideoCapture(str(video))
        rate = opened.get(cv2.CAP_PROP_FPS) or 25.0
        state: State | None = None
        number = 0
        while True:
            read, picture = opened.read()
            if not read:
                break
            if number % every == 0:
                frame = np.asarray(picture, np.uint8)
                found, state = self._track(frame, state, 1000 * number / rate, "all")
                for face in found:
                    candidate = self._candidate(frame, face, number)
                    if candidate:
                        yield candidate
            number += 1
        if not number:
            raise TrainingError(f"{video} cannot be read as a video; check that it plays, or convert it to MP4 (H.264)")

    def _candidate(self, frame: Image, face: Face, number: int) -> Candidate | None:
        if face.inside < LEAST_INSIDE:
            self.left_out[CUT_OFF] += 1
            return None
        try:
            quality = judge(frame, face.landmarks, self._mesh)
        except InstanceError as error:
            self.left_out[error.code] += 1
            return None
        affine = region_of(face.landmarks, MARGIN).to_square(SIDE)
        points = transform(face.landmarks, affine)[:, :2]
        visible = self._visible(frame, face, points)
        outline = filled(SIDE, points, OVAL) > 0
        if (visible[outline] > 127).mean() < LEAST_BARE:
            self.left_out[COVERED] += 1
            return None
        embedding = self._identity(frame, face.landmarks)
        return Candidate(crop(frame, affine, SIDE), points, visible, embedding, number, quality.detail)

    def _visible(self, frame: Image, face: Face, points: Floats) -> Mask:
        seen = self._occlusion(crop(frame, region_of(face.landmarks, SEEN_MARGIN).to_square(_SEEN_SIDE), _SEEN_SIDE))
        back = cv2.invertAffineTransform(region_of(points, SEEN_MARGIN).to_square(_SEEN_SIDE))
        grown = cv2.warpAffine(seen, back, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(grown * 255, np.uint8)


def frames_in(video: Path) -> int:
    """How many frames the video says it has; 0 where it says nothing of use."""
    return max(0, int(cv2.VideoCapture(str(video)).get(cv2.CAP_PROP_FRAME_COUNT)))
