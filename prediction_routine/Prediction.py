"""The custom prediction routine: `ModelPrediction`, loaded from a model folder, swaps faces in frames."""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from queue import LifoQueue
from typing import Any

import cv2

from faceswap import images
from faceswap.arrays import Floats
from faceswap.engines import load_engines
from faceswap.errors import InstanceError
from faceswap.geometry import crop, region_of
from faceswap.identity import IdentityEncoder
from faceswap.model_folder import MESH, ModelFolder, ModelFolderError, read_model_folder
from faceswap.parameters import ParameterRules, Parameters
from faceswap.pipeline import HARMONISER, Frame, FrameSwapper, Likeness, SwappedFrame
from faceswap.portrait import Portrait
from faceswap.quality import REFUSALS
from faceswap.source import Source
from faceswap.sources import SourceCache, check_photos

_log = logging.getLogger(__name__)

#: The crop that `prepare` shows: its side in pixels, and how much of the photo around the face it takes in.
CROP_SIDE, CROP_MARGIN = 256, 1.7
NAMED_SOURCE = "model:"
#: Frames swapped at once: Python runs one thread at a time between the heavy parts, so more would only take memory.
SWAPPERS = 2


class ModelPrediction:
    """Stateless but for a cache of prepared sources; safe to call from several threads at once."""

    def __init__(self, model: ModelFolder) -> None:
        self._model = model
        if HARMONISER not in model.files:
            _log.warning("the model folder %s holds no harmoniser: faces are lit by the mesh engine alone", model.name)
        self._engines = load_engines(model)
        chosen = [MESH, *(name for name, engine in self._engines.items() if engine.takes_photos)]
        if model.default_engine not in chosen:
            raise ModelFolderError(
                f"default_engine is {model.default_engine}, which takes no photos; it may be {', '.join(chosen)}"
            )
        self._rules = ParameterRules(chosen, model.default_engine)
        self._sources: SourceCache[Source] = SourceCache()
        self._prepared: dict[str, SourceCache[Any]] = {name: SourceCache() for name in self._engines}
        #: What `prepare` answered: the same photos make the same answer, and every stream asks when it opens.
        self._answers: SourceCache[dict[str, Any]] = SourceCache()
        self._identity = IdentityEncoder(model.files["identity"])
        # The idle ones, the last used on top, so that the others are only made when they are needed.
        self._swappers: LifoQueue[FrameSwapper | None] = LifoQueue()
        for swapper in (*[None] * (SWAPPERS - 1), self._new_swapper()):
            self._swappers.put(swapper)

    @property
    def engines(self) -> dict[str, dict[str, Any]]:
        """The engines of the model folder by name, the mesh first: the facts of each, and the names of its `identities`."""
        kinds = {entry.name: entry.kind for entry in self._model.engines}
        return {MESH: {"harmoniser": HARMONISER in self._model.files}} | {
            name: {"kind": kinds[name], **engine.facts, "identities": sorted(engine.identities)}
            for name, engine in self._engines.items()
        }

    def forget_unused(self) -> None:
        """Lets go of sources whose time is up, which otherwise would wait for the next call."""
        for held in self._caches():
            held.drop_expired()

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
            options = self._rules.check(kwargs)
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
                return self._prepare(instance, options)
            if instance.get("forget") is True:
                return self._forget(_text(instance, "source"))
            return self._swap(instance, options)
        except InstanceError as error:
            return error.as_json()

    def _describe(self) -> dict[str, Any]:
        return {
            "model": {
                "name": self._model.name,
                "version": self._model.version,
                "engines": list(self.engines),
                "engine_facts": self.engines,
                "parameters": self._rules.schemas,
            }
        }

    def _prepare(self, instance: Mapping[str, Any], options: Parameters) -> dict[str, Any]:
        source, photos = _text(instance, "source"), _photos(instance)
        if source.startswith(NAMED_SOURCE):
            return _prepared(None, [], self._identities_named(source))
        given = photos.get(source)
        if given is None:
            raise InstanceError("bad_source", f"source_images holds no photos of the source {source}")
        check_photos(source, given)
        held = self._sources if options.engine == MESH else self._prepared[options.engine]
        answered = self._answers.get(source)
        if answered is not None and self._sources.get(source) is not None and held.get(source) is not None:
            return answered
        try:
            with self._swapper() as swapper:
                portraits = swapper.portraits(given)
                made = swapper.source(portraits)
            prepared = self._engines[options.engine].prepare(portraits) if options.engine != MESH else None
        except InstanceError as error:
            if error.code not in REFUSALS:
                raise
            reason = {"code": error.code, "message": error.message}
            return {"source": {"ok": False, "reasons": [reason], "crop": None, "embedding": None}}
        self._sources.get_or_make(source, lambda: made)
        if prepared is not None:
            self._prepared[options.engine].get_or_make(source, lambda: prepared)
        first = portraits[0]
        shown = crop(first.photo, region_of(first.face.landmarks, CROP_MARGIN).upright().to_square(CROP_SIDE), CROP_SIDE)
        embeddings = [self._identity(portrait.photo, portrait.face.landmarks) for portrait in portraits]
        answer = _prepared(images.to_base64(images.encode_jpeg(shown, 90)), _remarks(portraits), embeddings)
        return self._answers.get_or_make(source, lambda: answer)

    def _caches(self) -> list[SourceCache[Any]]:
        return [self._sources, self._answers, *self._prepared.values()]

    def _forget(self, source: str) -> dict[str, Any]:
        """What this replica holds of the source; another one keeps what it has for TTL_SECONDS after its last use."""
        forgotten = [held.forget(source) for held in self._caches()]
        return {"source": {"forgotten": any(forgotten)}}

    def _identities_named(self, source: str) -> list[Floats]:
        """Who the trained person is, by each engine that was trained on somebody of that name."""
        name = source.removeprefix(NAMED_SOURCE)
        found = [engine.embeddings[name] for engine in self._engines.values() if name in engine.identities]
        if not found:
            raise self._nobody_named(source)
        return found

    def _swap(self, instance: Mapping[str, Any], options: Parameters) -> dict[str, Any]:
        frame = _frame(instance)
        photos = _photos(instance)
        for source, given in photos.items():
            check_photos(source, given)
        wanted = [source for source in dict.fromkeys([frame.source, *frame.assign.values()]) if source]
        held = {source: self._held(source, photos, options.engine) for source in wanted}
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

    def _held(self, source: str, photos: Mapping[str, list[bytes]], engine: str) -> Likeness | None:
        """The source for this engine; None where its photos are needed, whether for the engine or in case that it fails."""
        if source.startswith(NAMED_SOURCE):
            return self._trained(source, engine)
        if source in photos:
            return self._make(source, photos[source], engine)
        mesh = self._sources.get(source)
        prepared = self._prepared[engine].get(source) if engine != MESH else None
        if mesh is None or (engine != MESH and prepared is None):
            return None
        return _likeness(mesh, engine, prepared)

    def _make(self, source: str, photos: list[bytes], engine: str) -> Likeness:
        @cache
        def portraits() -> list[Portrait]:
            with self._swapper() as swapper:
                return swapper.portraits(photos)

        def prepare() -> Any:
            return self._engines[engine].prepare(portraits())

        prepared = self._prepared[engine].get_or_make(source, prepare) if engine != MESH else None
        return _likeness(self._sources.get_or_make(source, lambda: self._texture(portraits())), engine, prepared)

    def _texture(self, portraits: Sequence[Portrait]) -> Source:
        with self._swapper() as swapper:
            return swapper.source(portraits)

    def _trained(self, source: str, wanted: str) -> Likeness:
        """Of the wanted engine, or else of whichever was trained on somebody of this name."""
        name = source.removeprefix(NAMED_SOURCE)
        for engine in sorted(self._engines, key=lambda engine: engine != wanted):
            identities = self._engines[engine].identities
            if name in identities:
                return Likeness(None, engine, identities[name])
        raise self._nobody_named(source)

    def _nobody_named(self, source: str) -> InstanceError:
        known = sorted({name for engine in self._engines.values() for name in engine.identities})
        there = f"there are {', '.join(known)}" if known else "it holds none"
        return InstanceError("bad_source", f"{source}: this model folder holds no trained identity of that name; {there}")

    @contextmanager
    def _swapper(self) -> Iterator[FrameSwapper]:
        """One that no other thread uses meanwhile: its networks keep state while they run."""
        swapper = self._swappers.get()
        try:
            swapper = swapper or self._new_swapper()
            yield swapper
        finally:
            self._swappers.put(swapper)

    def _new_swapper(self) -> FrameSwapper:
        return FrameSwapper(self._model, self._engines)


def _likeness(mesh: Source, engine: str, prepared: Any) -> Likeness:
    return Likeness(mesh) if engine == MESH else Likeness(mesh, engine, prepared)


def _prepared(crop: dict[str, str] | None, remarks: list[dict[str, str]], embeddings: Sequence[Floats]) -> dict[str, Any]:
    """`embeddings`: of the face in each photo, the best photo first."""
    numbers = [[round(float(value), 6) for value in embedding] for embedding in embeddings]
    return {"source": {"ok": True, "reasons": remarks, "crop": crop, "embedding": numbers[0], "embeddings": numbers}}


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
        "notes": [asdict(note) for note in swapped.notes],
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
