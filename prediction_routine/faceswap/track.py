"""Step 3: follow faces from frame to frame, so that detection runs only now and then, ids stay and nothing trembles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.colours import colours_of
from faceswap.detect import FaceDetector
from faceswap.geometry import LANDMARK_MARGIN, Region, bounds, region_of
from faceswap.landmarks import PRESENCE_THRESHOLD, FaceLandmarker, Landmarks
from faceswap.mesh import LEFT_EYE, RIGHT_EYE
from faceswap.people import HIDDEN_MS, Sighting, close, known_colours, missed, owners
from faceswap.proportions import Pose, Proportions, ProportionSpace
from faceswap.ramp import ramp
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
#: The same while one of several faces is hidden: it is to be swapped again as soon as it shows.
SEARCH_EVERY_MS = 100.0
#: As many passes of the detector are made even where the first finds faces.
PASSES = {"largest": 1, "all": 2}
#: From this score on the landmark network is sure of a face; it says 0.99 and more of nearly all.
SURE = 0.95
#: A face of which less than the second share of landmarks is in the frame is about to be lost: by the first it mostly is.
LEAVING = (0.4, 0.55)
#: With one face wanted, a newcomer takes over only when it is larger than the followed one by this factor: two people side
#: by side would otherwise take turns.
LOYALTY = 1.25
_EYES = np.array((RIGHT_EYE, LEFT_EYE))


@dataclass(frozen=True)
class Face:
    """A face in the frame: its id, `landmarks` float32 (468, 3) in frame pixels, `irises` float32 (2, 3): x, y and radius
    of the right and the left one, `proportions` averaged over the frames it was followed in, `pose`, `score` 0 to 1; `inside`:
    the share of its landmarks that lie in the frame."""

    number: int
    landmarks: Floats
    irises: Floats
    proportions: Proportions
    pose: Pose
    score: float
    inside: float

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def presence(self) -> float:
        """How much of the face is to show, 0 to 1: it fades as it leaves or is covered, instead of going at once."""
        return min(ramp(self.score, PRESENCE_THRESHOLD, SURE), ramp(self.inside, *LEAVING))

    @cached_property
    def region(self) -> Region:
        """Where the landmark network should look for it in the next frame."""
        return region_of(self.landmarks)

    @property
    def size(self) -> float:
        """The side of the square around it, pixels."""
        return self.region.size / LANDMARK_MARGIN

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width and height in frame pixels."""
        left, top, right, bottom = bounds(self.landmarks)
        return round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)


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
        now_ms = time_ms or 0.0
        step_ms = 0.0 if time_ms is None else time_ms - state.time_ms
        sightings = self._followed(image, [track for track in state.tracks if not track.missed_ms])
        detected_ms = state.detected_ms
        if not sightings or time_ms is None or abs(time_ms - detected_ms) >= _detection_due_ms(state, sightings, wanted):
            detected_ms = now_ms
            sightings += self._detected(image, sightings, wanted)

        number = state.next_number
        seen: list[tuple[Face, bytes]] = []
        # Newcomers are numbered from left to right, so that two replicas that see them first agree on their numbers.
        pairs = zip(sightings, owners(sightings, state.tracks), strict=True)
        for sighting, owner in sorted(pairs, key=lambda pair: pair[0].region.x):
            colours = known_colours(sighting, owner, sightings, (state.time_ms, now_ms))
            seen.append((self._face(owner.number if owner else number, sighting, owner, step_ms, (width, height)), colours))
            number = number if owner else following(number)
        seen.sort(key=lambda pair: -pair[0].size)
        kept = _followed_first(seen, state)[:1] if wanted == "largest" else seen[:MAX_FACES]
        return [face for face, _ in kept], State(
            width, height, now_ms, detected_ms, number, _tracks(kept, seen, state.tracks, step_ms)
        )

    def _followed(self, image: Image, tracks: Iterable[Track]) -> list[Sighting]:
        """The faces where the tracks lead; two of them may lead to one face."""
        sightings: list[Sighting] = []
        for track in tracks:
            found = self._landmarker(image, track.region)
            if not found:
                continue
            same = next((i for i, other in enumerate(sightings) if close(found.region, other.region)), None)
            if same is None:
                sightings.append(Sighting(found, found.region, colours_of(image, found.points), (track,)))
            else:
                sightings[same] = replace(sightings[same], tracks=(*sightings[same].tracks, track))
        return sightings

    def _detected(self, image: Image, known: Sequence[Sighting], wanted: str) -> list[Sighting]:
        """Faces that a detection finds besides the known ones."""
        newcomers: list[Sighting] = []
        for made, detections in enumerate(self._detector(image), start=1):
            for detection in detections[:MAX_FACES]:
                if any(close(detection.region, other.region) for other in (*known, *newcomers)):
                    continue
                found = self._landmarker.from_detection(image, detection.region)
                if not found:
                    continue
                if not any(close(found.region, other.region) for other in (*known, *newcomers)):
                    newcomers.append(Sighting(found, found.region, colours_of(image, found.points)))
            if made >= PASSES[wanted] and (known or newcomers):
                break
        return newcomers

    def _face(self, number: int, sighting: Sighting, owner: Track | None, step_ms: float, size: tuple[int, int]) -> Face:
        """The face in a frame of this width and height: what trembled smoothed, its proportions averaged with those before."""
        found = sighting.found
        points = _smoothed(found, owner, step_ms) if owner else found.points
        proportions, pose = self._space.measure(points)
        if owner and owner.proportions:
            proportions = unpack_proportions(owner.proportions).joined(proportions)
        x, y, _ = points.T
        inside = np.count_nonzero((x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1])) / len(points)
        return Face(number, points, _with_their_lids(found, points), proportions, pose, found.score, inside)


def _with_their_lids(found: Landmarks, points: Floats) -> Floats:
    """The irises moved as smoothing moved the landmarks around each eye, so that neither trembles against the other."""
    irises = found.irises.copy()
    irises[:, :2] += (points - found.points)[_EYES, :2].mean(1)
    return irises


def _detection_due_ms(state: State, sightings: Sequence[Sighting], wanted: str) -> float:
    """How long after a detection the next one is due."""
    found = {track.number for sighting in sightings for track in sighting.tracks[:1]}
    hidden = any(track.missed_ms <= HIDDEN_MS and track.number not in found for track in state.tracks)
    return SEARCH_EVERY_MS if hidden and wanted == "all" else DETECT_EVERY_MS[wanted]


def _followed_first(seen: list[tuple[Face, bytes]], state: State) -> list[tuple[Face, bytes]]:
    """By size, that of the followed one counting more."""
    followed = {track.number for track in state.tracks if not track.missed_ms}
    return sorted(seen, key=lambda pair: -pair[0].size * (LOYALTY if pair[0].number in followed else 1))


def _tracks(
    kept: Sequence[tuple[Face, bytes]], seen: Sequence[tuple[Face, bytes]], before: Sequence[Track], step_ms: float
) -> tuple[Track, ...]:
    """Those of the kept faces, then of those that are remembered only, the latest first."""
    there = [_tracked(face, colours, with_shape=i < MAX_SHAPES) for i, (face, colours) in enumerate(kept)]
    numbers = {face.number for face, _ in seen}
    shown = {face.number for face, _ in kept}
    others = [missed(_tracked(*pair, with_shape=False), 0) for pair in seen if pair[0].number not in shown]
    gone = [missed(track, step_ms) for track in before if track.number not in numbers]
    remembered = sorted((track for track in (*others, *gone) if track), key=lambda track: track.missed_ms)
    return (*there, *remembered)[:MAX_FACES]


def _smoothed(found: Landmarks, track: Track, step_ms: float) -> Floats:
    if not track.shape:
        return found.points
    return smooth(found.points, unpack_shape(track.shape, track.region), step_ms, found.region.size / LANDMARK_MARGIN)


def _tracked(face: Face, colours: bytes, with_shape: bool) -> Track:
    region = face.region
    if not with_shape:
        return Track(face.number, region, colours)
    return Track(face.number, region, colours, 0, pack_shape(face.landmarks, region), pack_proportions(face.proportions))
