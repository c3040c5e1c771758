"""The engines that a model folder adds to the mesh: what each must offer, and how they are loaded.

An engine is loaded once in a process and shared by its threads; what paints a frame is made once for each of them. The modules
that run engines import their runtimes, so they are imported only where a folder has such an engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from faceswap.arrays import Floats, Image
from faceswap.model_folder import EngineEntry, ModelFolder, ModelFolderError
from faceswap.occlusion import Occlusion
from faceswap.parameters import Parameters
from faceswap.portrait import Portrait
from faceswap.steps import Steps
from faceswap.track import Face


@dataclass(frozen=True)
class Kind:
    """The `module` with `load(entry, model) -> Engine`, which raises ModelFolderError for files that do not fit, and the file
    of `requirements` with the packages that it needs besides those of the server."""

    module: str
    requirements: str


#: By the `kind` of a manifest's entry.
KINDS: dict[str, Kind] = {
    "onnx": Kind("faceswap.onnx_engine", "requirements-onnx.txt"),
    "autoencoder": Kind("faceswap.autoencoder_engine", "requirements.txt"),
}


class Painter(Protocol):
    """Used by one thread at a time."""

    def __call__(self, frame: Image, camera: Image, face: Face, prepared: Any, options: Parameters, step: Steps, /) -> bool:
        """Puts the source's face on this one, behind what is in front of it, changing `frame` (BGR uint8) in place.

        `camera` is the frame as it came, without the faces that were swapped before; `prepared` is what the engine made of the
        source. False, and the frame as it was, where the network's answer is no picture: the mesh engine then does this face.
        """


class Engine(Protocol):
    """Threads share it."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What `describe` and /healthz say of it, such as the provider that runs it."""

    @property
    def identities(self) -> Mapping[str, Any]:
        """The people it was trained on, asked for as the source `model:NAME`: by name, what its painters need of them."""

    @property
    def embeddings(self) -> Mapping[str, Floats]:
        """Who each of these people is, as `IdentityEncoder` tells it, by name."""

    @property
    def takes_photos(self) -> bool:
        """Whether it may be chosen by the parameter `engine`; otherwise it serves its identities only, and prepares nothing."""

    def prepare(self, portraits: Sequence[Portrait], /) -> Any:
        """What its painters need of a source (not None), out of photos of one person, best first; done once a source and kept.

        Raises InstanceError where it cannot work from photos, or not from these.
        """

    def painter(self, occlusion: Occlusion, /) -> Painter: ...


def load_engines(model: ModelFolder) -> dict[str, Engine]:
    """The engines besides the mesh, by name; raises ModelFolderError."""
    return {entry.name: _load(entry, model) for entry in model.engines}


def _load(entry: EngineEntry, model: ModelFolder) -> Engine:
    kind = KINDS.get(entry.kind)
    if kind is None:
        known = ", ".join(sorted(KINDS)) or "none"
        raise ModelFolderError(f"the engine {entry.name} is of the kind {entry.kind!r}; kinds that this server runs: {known}")
    try:
        module = import_module(kind.module)
    except ModuleNotFoundError as error:
        raise ModelFolderError(
            f"the engine {entry.name} needs the package {error.name}, which is not installed: "
            f"pip install -r {kind.requirements} in prediction_routine/, or take the engine out of the manifest"
        ) from error
    engine: Engine = module.load(entry, model)
    return engine
