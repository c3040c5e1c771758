"""The custom prediction routine: `ModelPrediction`, loaded from a model folder, swaps faces in frames."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import LifoQueue
from typing import Any

import cv2

from faceswap import images
from faceswap.errors import InstanceError
from faceswap.geometry import crop, region_of
from faceswap.identity import IdentityEncoder
from faceswap.model_folder import ModelFolder, read_model_folder
from faceswap.parameters import ENGINES, SCHEMAS, Parameters, check_parameters
from faceswap.pipeline import Frame, FrameSwapper, Portrait, SwappedFrame
from faceswap.quality import REFUSALS
from faceswap.source import Source
from faceswap.sources import SourceCache, check_photos

#: The crop that `prepare` shows: its side in pixels, and how much of the photo around the face it takes in.
CROP_SIDE, CROP_MARGIN = 256, 1.7
NAMED_SOURCE = "model:"
#: Frames swapped at once: Python runs one thread at a time between the heavy parts, so more would only take memory.
SWAPPERS = 2


class ModelPrediction:
    """Stateless but for a cache of prepared sources; safe to call from several threads at once."""

    def __init__(self, model: ModelFolder) -> None:
        self._model = model
        self._sources = SourceCache()
        self._identity = IdentityEncoder(model.files["identity"])
        # The idle ones, the last used on top, so that the others are only made when they are needed.
        self._swappers: LifoQueue[FrameSwapper | None] = LifoQueue()
        for swapper in (*[None] * (SWAPPERS - 1), FrameSwapper(model)):
            self._swappers.put(swapper)

    @classmethod
    def from_path(cls, model_dir: str) -> "ModelPrediction":
        """Loads the model from a local folder; raises faceswap.model_folder.ModelFolderError."""
        cv2.setNumThreads(1)
        return cls(read_model_folder(Path(model_dir)))

    def predict(self, instances: Sequence[Any], **kwargs: Any) -> list[dict[str, Any]]:
        """One JSON-serialisable prediction for each instance; a bad one gets `{"error": ...}` and disturbs no other.

        `kwargs` are the parameters whose schemas `{"describe": true}` gives.
        """
        try:
            options = check_parameters(kwargs)
        except InstanceError as error:
            return [error.as_json() for _ in instances]
        return [self._predict_one(instance, options) for instance in instances]

    def _predict_one(self, instance: Any, options: Parameters) -> dict[str, Any]:
        try:
            if not isinstance(instance, Mapping):
                raise InstanceError("bad_instance", f"an instance is an object, not {type(instance).__name__}")
            if instance.get("describe") is True:
                return self._describe()
            if instance.get("prepare") is True:
                return self._prepare(instance)
            return self._swap(instance, options)
        except InstanceError as error:
            return error.as_json()

    def _describe(self) -> dict[str, Any]:
        model = self._model
        return {"model": {"name": model.name, "version": model.version, "engines": list(ENGINES), "parameters": SCHEMAS}}

    def _prepare(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        source, photos = _text(instance, "source"), _photos(instance)
        given = photos.get(source)
        if given is None:
            raise InstanceError("bad_source", f"source_images holds no photos of the source {source}")
        check_photos(source, given)
        try:
            with self._swapper() as swapper:
                portraits = swapper.portraits(given)
                made = swapper.source(portraits)
        except InstanceError as error:
            if error.code not in REFUSALS:
                raise
            reason = {"code": error.code, "message": error.message}
            return {"source": {"ok": False, "reasons": [reason], "crop": None, "embedding": None}}
        self._sources.get_or_make(source, lambda: made)
        first = portraits[0]
        shown = crop(first.photo, region_of(first.face.landmarks, CROP_MARGIN).upright().to_square(CROP_SIDE), CROP_SIDE)
        embedding = self._identity(first.photo, first.face.landmarks)
        return {
            "source": {
                "ok": True,
                "reasons": _remarks(portraits),
                "crop": images.to_base64(images.encode_jpeg(shown, 90)),
                "embedding": [round(float(value), 6) for value in embedding],
            }
        }

    def _swap(self, instance: Mapping[str, Any], options: Parameters) -> dict[str, Any]:
        frame = _frame(instance)
        photos = _photos(instance)
        for source, given in photos.items():
            check_photos(source, given)
        wanted = [source for source in dict.fromkeys([frame.source, *frame.assign.values()]) if source]
        held = {source: self._held(source, photos) for source in wanted}
        missing = [source for source, found in held.items() if found is None]
        if missing:
            raise InstanceError(
                "source_unknown",
                "this replica does not hold these sources; send the instance again with their photos in source_images",
                missing=missing,
            )
        sources = {source: found for source, found in held.items() if found is not None}
        with self._swapper() as swapper:
            return _prediction(swapper.swap(frame, sources.__getitem__, options))

    def _held(self, source: str, photos: Mapping[str, list[bytes]]) -> Source | None:
        if source.startswith(NAMED_SOURCE):
            raise InstanceError("bad_source", f"{source}: this model folder holds no trained identity of that name")
        if source in photos:
            return self._sources.get_or_make(source, lambda: self._make(photos[source]))
        return self._sources.get(source)

    def _make(self, photos: list[bytes]) -> Source:
        with self._swapper() as swapper:
            return swapper.source(swapper.portraits(photos))

    @contextmanager
    def _swapper(self) -> Iterator[FrameSwapper]:
        """One that no other thread uses meanwhile: its networks keep state while they run."""
        swapper = self._swappers.get()
        try:
            swapper = swapper or FrameSwapper(self._model)
            yield swapper
        finally:
            self._swappers.put(swapper)


def _remarks(portraits: Sequence[Portrait]) -> list[dict[str, str]]:
    """What a person should know of photos that do."""
    remarks = []
    if any(portrait.others for portrait in portraits):
        remarks.append({"code": "several_faces", "message": "The photo shows several faces; the largest is used."})
    if all(portrait.quality.soft for portrait in portraits):
        message = (
            "The face in the photo is small or not quite sharp, and the swap will be soft. A larger, sharper one does better."
        )
        remarks.append({"code": "face_soft", "message": message})
    return remarks


def _prediction(swapped: SwappedFrame) -> dict[str, Any]:
    return {
        "image": images.to_base64(swapped.jpeg),
        "faces": [
            {"id": s.face.id, "box": list(s.face.box), "score": round(s.face.score, 4), "source": s.source}
            for s in swapped.faces
        ],
        "state": swapped.state,
        "timings": dict(swapped.timings),
    }


def _frame(instance: Mapping[str, Any]) -> Frame:
    jpeg = images.from_base64(instance.get("image"), "image")
    source = _text(instance, "source") if instance.get("source") is not None else None
    assign = _optional(instance, "assign")
    if not isinstance(assign, Mapping) or not all(value is None or isinstance(value, str) for value in assign.values()):
        raise InstanceError("bad_instance", "assign: expected an object of face id -> source id or null")
    time_ms = instance.get("time_ms")
    if time_ms is not None and (
        isinstance(time_ms, bool) or not isinstance(time_ms, (int, float)) or not math.isfinite(time_ms)
    ):
        raise InstanceError("bad_instance", f"time_ms: expected a finite number of milliseconds, got {time_ms!r}")
    return Frame(jpeg, source, assign, instance.get("state"), None if time_ms is None else float(time_ms))


def _photos(instance: Mapping[str, Any]) -> dict[str, list[bytes]]:
    given = _optional(instance, "source_images")
    if not isinstance(given, Mapping) or not all(isinstance(photos, list) for photos in given.values()):
        raise InstanceError("bad_instance", 'source_images: expected an object of source id -> [{"b64": "..."}]')
    return {
        str(source): [images.from_base64(photo, f"source_images of {source}") for photo in photos]
        for source, photos in given.items()
    }


def _optional(instance: Mapping[str, Any], name: str) -> Any:
    value = instance.get(name)
    return {} if value is None else value


def _text(instance: Mapping[str, Any], name: str) -> str:
    value = instance.get(name)
    if not isinstance(value, str) or not value:
        raise InstanceError("bad_instance", f"{name}: expected a source id, got {value!r:.60}")
    return value
