"""Step 3: follow faces from frame to frame, so that detection runs only now and then, ids stay and nothing trembles."""

from collections.abc import Iterable
from dataclasses import dataclass

from faceswap.arrays import Floats, Image
from faceswap.detect import FaceDetector
from faceswap.geometry import region_of
from faceswap.landmarks import FaceLandmarker, Landmarks
from faceswap.proportions import Pose, Proportions, ProportionSpace
from faceswap.smooth import smooth
from faceswap.state import (
    MAX_FACES,
    MAX_SHAPES,
    State,
    Track,
    following,
    pack_proportions,
    pack_shape,
    unpack_proportions,
    unpack_shape,
)

#: How long after a detection the next one is due while a face is being followed, ms: with one face wanted, only a
#: larger newcomer matters; with all, every newcomer does.
DETECT_EVERY_MS = {"largest": 2000.0, "all": 400.0}
#: Two regions are one face when their centres are closer than this share of the larger side.
SAME_FACE = 0.25
#: With one face wanted, a newcomer takes over only when it is larger than the followed one by this factor: two people side
#: by side would otherwise take turns.
LOYALTY = 1.25


@dataclass(frozen=True)
class Face:
    """A face in the frame: its id, `landmarks` float32 (468, 3) in frame pixels, `irises` float32 (2, 3): x, y and radius
    of the right and the left one, `proportions` averaged over the frames it was followed in, `pose`, `score` 0 to 1."""

    number: int
    landmarks: Floats
    irises: Floats
    proportions: Proportions
    pose: Pose
    score: float

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def size(self) -> float:
        """The side of the square around it, pixels."""
        return region_of(self.landmarks, 1).size

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width and height in frame pixels."""
        low, high = self.landmarks[:, :2].min(0), self.landmarks[:, :2].max(0)
        x, y, width, height = (round(float(v), 1) for v in (*low, *(high - low)))
        return x, y, width, height


class FaceTracker:
    def __init__(self, detector: FaceDetector, landmarker: FaceLandmarker, space: ProportionSpace) -> None:
        self._detector = detector
        self._landmarker = landmarker
        self._space = space

    def __call__(self, image: Image, state: State | None, time_ms: float | None, wanted: str) -> tuple[list[Face], State]:
        """The faces of a frame, largest first, and the state for a frame after it.

        `wanted` is `largest` (one face) or `all`. Without `time_ms` nothing tells how old the last detection is, so
        every frame is searched.
        """
        height, width = image.shape[:2]
        if state is None or (state.width, state.height) != (width, height):
            state = State(width, height, 0.0, 0.0, 1, ())
        step_ms = 0.0 if time_ms is None else time_ms - state.time_ms
        faces = self._followed(image, state.tracks, step_ms)
        due = time_ms is None or abs(time_ms - state.detected_ms) >= DETECT_EVERY_MS[wanted]
        number, detected_ms = state.next_number, state.detected_ms
        if due or not faces:
            detected_ms = time_ms or 0.0
            for landmarks in self._detected(image, faces, wanted):
                faces.append(self._face(number, landmarks, landmarks.points))
                number = following(number)
        faces.sort(key=lambda face: -face.size)
        if wanted == "largest":
            followed = {track.number for track in state.tracks}
            faces = sorted(faces, key=lambda face: -face.size * (LOYALTY if face.number in followed else 1))[:1]
        faces = faces[:MAX_FACES]
        tracks = tuple(_tracked(face, with_shape=i < MAX_SHAPES) for i, face in enumerate(faces))
        return faces, State(width, height, time_ms or 0.0, detected_ms, number, tracks)

    def _followed(self, image: Image, tracks: Iterable[Track], step_ms: float) -> list[Face]:
        """The faces of `step_ms` ago where they are now, what trembled smoothed."""
        faces: list[Face] = []
        for track in tracks:
            found = self._landmarker(image, track.region)
            if found and not _known(found, faces):
                faces.append(self._face(track.number, found, _smoothed(found.points, track, step_ms), track.proportions))
        return faces

    def _face(self, number: int, found: Landmarks, points: Floats, remembered: bytes = b"") -> Face:
        proportions, pose = self._space.measure(points)
        if remembered:
            proportions = unpack_proportions(remembered).joined(proportions)
        return Face(number, points, found.irises, proportions, pose, found.score)

    def _detected(self, image: Image, known: list[Face], wanted: str) -> list[Landmarks]:
        """Faces that a detection finds besides the known ones."""
        newcomers: list[Landmarks] = []
        for detection in self._detector(image, every=wanted == "all")[:MAX_FACES]:
            if any(_close(detection.region.x, detection.region.y, detection.region.size, face.landmarks) for face in known):
                continue
            found = self._landmarker.from_detection(image, detection.region)
            if found and not _known(found, known) and not any(_same(found.points, other.points) for other in newcomers):
                newcomers.append(found)
        return newcomers


def _smoothed(points: Floats, track: Track, step_ms: float) -> Floats:
    if not track.shape:
        return points
    return smooth(points, unpack_shape(track.shape, track.region), step_ms, region_of(points, 1).size)


def _tracked(face: Face, with_shape: bool) -> Track:
    region = region_of(face.landmarks)
    if not with_shape:
        return Track(face.number, region)
    return Track(face.number, region, pack_shape(face.landmarks, region), pack_proportions(face.proportions))


def _known(found: Landmarks, faces: list[Face]) -> bool:
    return any(_same(found.points, face.landmarks) for face in faces)


def _same(points: Floats, others: Floats) -> bool:
    region = region_of(points)
    return _close(region.x, region.y, region.size, others)


def _close(x: float, y: float, size: float, landmarks: Floats) -> bool:
    other = region_of(landmarks)
    return max(abs(x - other.x), abs(y - other.y)) < SAME_FACE * max(size, other.size)
