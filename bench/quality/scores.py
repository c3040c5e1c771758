"""One clip and one portrait to their figures."""

import time
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.quality import figures
from bench.quality.crossing import crossed
from bench.quality.judge import Judge
from bench.quality.material import RETURNED, SENT, Clip, Portrait, returned
from faceswap.arrays import Floats, Image
from faceswap.images import from_base64, to_base64
from faceswap.sources import source_id
from faceswap.track import Face
from Prediction import ModelPrediction
from tests.footage import decoded, jpeg

Scores = Mapping[str, float]
#: Of a frame in which no face is found, and of a pair that is refused.
WORST: Scores = {"source": 0.0, "user": 1.0, "retrieval": 0.0, "pose": 45.0, "expression": 1.0, "found": 0.0}
#: Of a swap that loses the face: no movement can be told.
UNSTEADY: Scores = {"jitter": 5.0, "lag": float(figures.LONGEST_LAG)}
#: How much of the face's outline is looked at for flicker and detail, for self-swap, and what is left out of the background.
INNER, WHOLE, AROUND = 0.8, 1.1, 1.5
#: A face that differs by less than this from the camera's, levels, was not swapped.
UNCHANGED = 3.0
#: Frames in flight: the state of so many frames before goes with each. The first as many are not timed.
IN_FLIGHT = 2


class Refused(Exception):
    """The routine takes the photo for no source; the message is for its owner."""


@dataclass(frozen=True)
class Swapped:
    """What came back: BGR uint8 (h, w, 3), and milliseconds a frame."""

    pictures: list[Image]
    milliseconds: float


class Routine:
    """The prediction routine with one set of parameters."""

    def __init__(self, model: ModelPrediction, parameters: Mapping[str, Any]) -> None:
        """Raises ValueError for parameters that the routine does not take."""
        self._model, self._parameters = model, {"quality": RETURNED, "mark": False} | dict(parameters)
        answer = self._ask({"describe": True})
        if "error" in answer:
            raise ValueError(answer["error"]["message"])

    def swap(self, frames: Sequence[bytes], photo: bytes, rate: float) -> Swapped:
        """Raises Refused."""
        source = source_id([photo])
        prepared = self._ask({"prepare": True, "source": source, "source_images": {source: [to_base64(photo)]}})
        reasons = [prepared["error"]] if "error" in prepared else prepared["source"]["reasons"]
        if "error" in prepared or not prepared["source"]["ok"]:
            raise Refused("; ".join(reason["message"] for reason in reasons))
        states: deque[str | None] = deque([None] * IN_FLIGHT)
        pictures, times = [], []
        for number, frame in enumerate(frames):
            instance = {"image": to_base64(frame), "source": source, "time_ms": 1000 * number / rate, "state": states.popleft()}
            start = time.perf_counter()
            answer = self._ask(instance)
            times.append((time.perf_counter() - start) * 1000)
            if "error" in answer:
                raise Refused(answer["error"]["message"])
            states.append(answer["state"])
            pictures.append(decoded(from_base64(answer["image"], "image")))
        return Swapped(pictures, float(np.median(times[IN_FLIGHT:])))

    def _ask(self, instance: dict[str, Any]) -> dict[str, Any]:
        return self._model.predict([instance], **self._parameters)[0]


def score_pair(judge: Judge, swapped: Swapped, clip: Clip, portrait: Portrait, known: Mapping[str, Floats]) -> Scores:
    """A clip's person with the portrait's face; `known`: the embeddings of all portraits and camera persons by name."""
    faces = [judge.face(picture) for picture in swapped.pictures]
    each = [
        _look(judge, picture, face, camera, clip, portrait, known) if face else WORST
        for picture, face, camera in zip(swapped.pictures, faces, clip.faces, strict=True)
    ]
    return {
        **{name: float(np.mean([scores[name] for scores in each])) for name in WORST},
        **_steadiness(clip, faces),
        **_surface(clip, swapped.pictures),
        "milliseconds": swapped.milliseconds,
    }


def score_own_face(clip: Clip, swapped: Swapped) -> float:
    """Of the clip's person with the face of `clip.other`: decibels."""
    return _likeness(clip, swapped.pictures, _areas(clip, WHOLE))


def score_crossing(routine: Routine, clip: Clip, portrait: Portrait) -> tuple[float, Image]:
    """Decibels of what crosses the face, and the last picture; raises Refused."""
    covered, bars = crossed([decoded(frame) for frame in clip.frames], clip.faces, zlib.crc32(clip.name.encode()))
    sent = [jpeg(picture, SENT) for picture in covered]
    swapped, levels = routine.swap(sent, portrait.photo, clip.rate), []
    for frame, picture, bar, face in zip(sent, swapped.pictures, bars, _areas(clip, INNER), strict=True):
        wanted, bare = returned(frame), face & ~bar
        if bar.any() and bare.any():
            changed = np.abs(picture[bare].astype(np.float32) - wanted[bare]).mean() > UNCHANGED
            levels.append(figures.decibels(wanted, picture, bar) if changed else 0.0)
    return float(np.mean(levels or [0.0])), swapped.pictures[-1]


def _look(
    judge: Judge, picture: Image, face: Face, camera: Face, clip: Clip, portrait: Portrait, known: Mapping[str, Floats]
) -> Scores:
    """One frame."""
    identity = judge.identity(picture, face)
    nearest = max(known, key=lambda name: float(identity @ known[name]))
    return {
        "source": float(identity @ portrait.identity),
        "user": float(identity @ clip.identity),
        "retrieval": float(nearest == portrait.name),
        "pose": figures.angle(camera.pose.rotation, face.pose.rotation),
        "expression": float(np.abs(judge.expression(camera) - judge.expression(face)).mean()),
        "found": 1.0,
    }


def _steadiness(clip: Clip, faces: Sequence[Face | None]) -> Scores:
    there = [face for face in faces if face]
    if len(there) < len(faces):
        return UNSTEADY
    camera, swapped = (np.stack([face.landmarks[:, :2] for face in some]) for some in (clip.faces, there))
    return {"jitter": figures.unrest(swapped) / figures.unrest(camera), "lag": figures.lag(camera, swapped)}


def _surface(clip: Clip, pictures: Sequence[Image]) -> Scores:
    areas = _areas(clip, INNER)
    always = np.logical_and.reduce(areas)
    away = [~area for area in _areas(clip, AROUND)]
    unrest = [figures.unrest([picture[always] for picture in some]) for some in (pictures, clip.plain)]
    crisp = [figures.detail(p, a) / figures.detail(c, a) for p, c, a in zip(pictures, clip.plain, areas, strict=True)]
    return {"flicker": unrest[0] / unrest[1], "detail": float(np.mean(crisp)), "background": _likeness(clip, pictures, away)}


def _likeness(clip: Clip, pictures: Sequence[Image], areas: Sequence[figures.Area]) -> float:
    """Decibels to the camera's frames inside the areas."""
    return float(np.mean([figures.decibels(c, p, a) for c, p, a in zip(clip.plain, pictures, areas, strict=True)]))


def _areas(clip: Clip, grown: float) -> list[figures.Area]:
    return [figures.face_area(p.shape, f.landmarks, grown) for p, f in zip(clip.plain, clip.faces, strict=True)]
