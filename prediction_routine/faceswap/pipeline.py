"""The whole swap of one frame, and everything that is needed to do it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from faceswap import state as states
from faceswap.arrays import Image
from faceswap.detect import FaceDetector
from faceswap.engines import Engine
from faceswap.errors import InstanceError
from faceswap.harmonise import Harmoniser
from faceswap.images import decode_frame, decode_photo, encode_jpeg, is_grey, without_colour
from faceswap.landmarks import FaceLandmarker
from faceswap.mark import draw_mark
from faceswap.mesh import read_mesh
from faceswap.mesh_engine import MeshEngine
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.no_face import SOURCE_TYPES, without_face
from faceswap.occlusion import Occlusion
from faceswap.parameters import Parameters
from faceswap.portrait import Portrait
from faceswap.proportions import ProportionSpace
from faceswap.quality import NO_FACE, judge
from faceswap.source import Source, SourceMaker
from faceswap.source_type import SWAPPED, tag_jpeg
from faceswap.steps import Steps
from faceswap.track import Face, FaceTracker


@dataclass(frozen=True)
class Frame:
    """One frame to swap: `source` for every face unless `assign` says otherwise by face id, None leaving a face alone."""

    jpeg: bytes
    source: str | None
    assign: Mapping[str, str | None]
    state: object
    time_ms: float | None


@dataclass(frozen=True)
class Likeness:
    """A source made ready: `mesh` for the mesh engine, None for a trained identity, of whom there is no photo; and for another
    `engine` what it `prepared`."""

    mesh: Source | None
    engine: str | None = None
    prepared: Any = None


@dataclass(frozen=True)
class Note:
    """Something that a caller should know of a frame that was answered nevertheless."""

    code: str
    message: str


@dataclass(frozen=True)
class SwappedFace:
    """A face of the frame and the id of the source it got, None where it was left alone."""

    face: Face
    source: str | None


@dataclass(frozen=True)
class SwappedFrame:
    """`jpeg`: same size as the frame; `timings`: milliseconds of each step; `notes` on what did not go as it was asked for."""

    jpeg: bytes
    faces: tuple[SwappedFace, ...]
    state: str
    timings: Mapping[str, float]
    notes: tuple[Note, ...] = ()


#: The purpose of its file, which a model folder may lack.
HARMONISER = "harmoniser"
NO_ENGINES: Mapping[str, Engine] = MappingProxyType({})


class FrameSwapper:
    """Swaps frames, and finds the faces in source photos. One thread at a time: the networks keep state while they run."""

    def __init__(self, model: ModelFolder, engines: Mapping[str, Engine] = NO_ENGINES) -> None:
        """`engines`: those besides the mesh, by name."""
        files = model.files
        detector = FaceDetector(Network(files["face_detector"]), Network(files["full_range_face_detector"]))
        self._mesh = read_mesh(files["face_mesh"])
        space = ProportionSpace(self._mesh)
        landmarker = FaceLandmarker(Network(files["face_landmarks"]))
        self._track = FaceTracker(detector, landmarker, space)
        self._make_source = SourceMaker(self._mesh, space, landmarker)
        harmoniser = Harmoniser(Network(files[HARMONISER])) if HARMONISER in files else None
        occlusion = Occlusion(Network(files["visibility"]))
        self._mesh_engine = MeshEngine(self._mesh, space, occlusion, harmoniser)
        self._painters = {name: engine.painter(occlusion) for name, engine in engines.items()}

    def swap(self, frame: Frame, source_of: Callable[[str], Likeness], options: Parameters) -> SwappedFrame:
        """Raises InstanceError for a frame that is no picture, and whatever `source_of` raises for an unknown source."""
        step = Steps()
        with step("decode"):
            image = decode_frame(frame.jpeg)
        with step("track"):
            state = states.decode(frame.state)
            faces, next_state = self._track(image, state, frame.time_ms, options.faces)
        chosen = [SwappedFace(face, frame.assign.get(face.id, frame.source)) for face in faces]
        changes = [(c.face, source_of(c.source)) for c in chosen if c.source and options.opacity > 0]
        grey = bool(changes) and is_grey(image)
        camera = image.copy() if len(changes) > 1 else image
        notes = []
        for face, source in reversed(changes):  # the nearest, largest face is painted last
            notes += self._paint(image, camera, face, source, options, step)
        if grey:
            image = without_colour(image)
        with step("encode"):
            jpeg = self._finish(image, frame.jpeg, bool(faces), bool(changes), options)
        return SwappedFrame(jpeg, tuple(chosen), states.encode(next_state), step.milliseconds, tuple(notes))

    def _paint(self, image: Image, camera: Image, face: Face, source: Likeness, options: Parameters, step: Steps) -> list[Note]:
        """By the source's engine, or by the mesh engine where that gives no picture of numbers."""
        notes = []
        if source.engine is not None:
            if self._painters[source.engine](image, camera, face, source.prepared, options, step):
                return []
            shown = "the mesh engine's is shown" if source.mesh else "it is left as it is"
            notes.append(Note("engine_failed", f"The engine {source.engine} gave no picture for face {face.id}; {shown}."))
        if source.mesh is not None and not self._mesh_engine(image, camera, face, source.mesh, options, step):
            message = f"The harmoniser gave no picture for face {face.id}; the mesh's own light is shown."
            notes.append(Note("harmoniser_failed", message))
        return notes

    def portrait(self, photo: bytes) -> Portrait:
        """The largest face of a source photo (JPEG or PNG); raises InstanceError with one of quality.REFUSALS."""
        image = decode_photo(photo)
        faces, _ = self._track(image, None, None, "all")
        if not faces:
            raise InstanceError(
                NO_FACE,
                "No face was found in the photo. Choose one in which a single face is large, sharp and turned to the camera.",
            )
        return Portrait(image, faces[0], len(faces) - 1, judge(image, faces[0].landmarks, self._mesh))

    def portraits(self, photos: Sequence[bytes]) -> list[Portrait]:
        """The same of several photos, the one that faces the camera most first; the error says which of them it means."""
        found = []
        for number, photo in enumerate(photos, start=1):
            try:
                found.append(self.portrait(photo))
            except InstanceError as error:
                if len(photos) == 1:
                    raise
                raise InstanceError(error.code, f"Photo {number} of {len(photos)}: {error.message}") from error
        return sorted(found, key=lambda portrait: portrait.quality.turn)

    def source(self, portraits: Sequence[Portrait]) -> Source:
        """The source that photos of one person make, best first."""
        return self._make_source([(portrait.photo, portrait.face) for portrait in portraits])

    @staticmethod
    def _finish(image: Image, original: bytes, any_face: bool, changed: bool, options: Parameters) -> bytes:
        if not any_face and options.no_face != "pass":
            hidden = encode_jpeg(without_face(image, options.no_face), options.quality)
            return tag_jpeg(hidden, SOURCE_TYPES[options.no_face]) if options.mark else hidden
        if not changed:
            return original
        if not options.mark:
            return encode_jpeg(image, options.quality)
        draw_mark(image, options.mark_text, options.mark_position)
        return tag_jpeg(encode_jpeg(image, options.quality), SWAPPED)
