"""The engine for one-shot networks that a user brings as ONNX files: a photo of the source is enough, nothing is trained."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.geometry import bounding_box, crop, inverse, region_of, transform
from faceswap.grid import grid_side, on_grid
from faceswap.mask import whole_face_mask
from faceswap.model_folder import EngineEntry, ModelFolder, ModelFolderError
from faceswap.occlusion import Occlusion, behind
from faceswap.one_shot import Interface, InterfaceError, read_interface
from faceswap.onnx_file import OnnxFileError, read_signature, shape_text
from faceswap.parameters import PRESETS, Parameters
from faceswap.paste import inset, paste
from faceswap.portrait import Portrait
from faceswap.providers import open_session
from faceswap.source import MARGIN
from faceswap.source_encoder import SourceEncoder
from faceswap.steps import Steps
from faceswap.track import Face

#: The crop fades out over this share of its side: networks are least to be trusted at its edge.
EDGE = 0.08


@dataclass(frozen=True)
class Swapped:
    """The user's face as the source's, a crop BGR uint8 (side, side, 3); `shown`: how much of it may, float32 (side, side)."""

    picture: Image
    shown: Floats


class OnnxEngine:
    """Threads share it: onnxruntime's sessions may be run by several at once."""

    identities: Mapping[str, Any] = {}
    embeddings: Mapping[str, Floats] = {}
    takes_photos = True

    def __init__(self, name: str, interface: Interface, network: Path, encoder: SourceEncoder) -> None:
        """Raises ModelFolderError for a network that does not take or give what its interface says."""
        self.interface = interface
        self._name, self._encoder = name, encoder
        try:
            self._slots = interface.slots(read_signature(network))
        except (OnnxFileError, InterfaceError) as error:
            raise ModelFolderError(f"{network}: {error}") from error
        self._session, self._provider = open_session(network)
        self._inset = inset(interface.side, EDGE)
        # Run once: the first run takes longest, and shapes that the file leaves open show.
        outputs = self._run(np.zeros(interface.target_shape, np.float32), np.zeros(interface.source_shape, np.float32))
        for output, expected in zip(outputs, (interface.target_shape, interface.mask_shape), strict=False):
            if output.shape != expected:
                raise ModelFolderError(f"{network} gave {shape_text(output.shape)} where {shape_text(expected)} was expected")

    @property
    def facts(self) -> Mapping[str, str]:
        return {"provider": self._provider}

    def prepare(self, portraits: Sequence[Portrait]) -> Floats:
        return self._encoder(portraits)

    def painter(self, occlusion: Occlusion) -> "OnnxPainter":
        return OnnxPainter(self, occlusion)

    def swap(self, picture: Image, prepared: Floats) -> Swapped | None:
        """Of a crop BGR uint8 (side, side, 3); None where the network gives no picture of numbers."""
        try:
            output, *mask = self._run(self.interface.as_input(picture), prepared)
        except Exception:  # onnxruntime's own errors have no common class; the frame is not to be lost by any
            logging.getLogger(__name__).exception("the engine %s failed", self._name)
            return None
        if not all(np.isfinite(part).all() for part in (output, *mask)):
            return None
        shown = self._inset * np.clip(mask[0][0, 0], 0, 1) if mask else self._inset
        return Swapped(self.interface.as_picture(output), shown)

    def _run(self, target: Floats, source: Floats) -> list[Floats]:
        """The swapped face, and the mask where there is one."""
        wanted = [self._slots.output, *([self._slots.mask] if self._slots.mask else [])]
        outputs = self._session.run(wanted, {self._slots.target: target, self._slots.source: source})
        return [np.asarray(output, np.float32) for output in outputs]


class OnnxPainter:
    """Not to be shared between threads, as its occlusion network is not."""

    def __init__(self, engine: OnnxEngine, occlusion: Occlusion) -> None:
        self._engine, self._occlusion = engine, occlusion

    def __call__(self, frame: Image, camera: Image, face: Face, prepared: Any, options: Parameters, step: Steps) -> bool:
        """As engines.Painter. Eyes and mouth are the network's, which follows the user's; of the options `opacity`, `mouth` and
        `preset` count, the last for the fineness of the mask."""
        box = bounding_box(face.landmarks[:, :2], frame.shape[1], frame.shape[0])
        if box is None:
            return True
        interface = self._engine.interface
        to_crop = interface.to_input(face.landmarks)
        with step("network"):
            swapped = self._engine.swap(crop(camera, to_crop, interface.side), prepared)
        if swapped is None:
            return False
        region = region_of(face.landmarks, MARGIN)
        cells = grid_side(region.size, PRESETS[options.preset])
        to_grid = region.to_square(cells)
        with step("occlusion"):
            seen = self._occlusion(on_grid(camera, to_grid, cells))
        with step("blend"):
            shown = _on_other_grid(swapped.shown, to_crop, to_grid, cells)
            mask = behind(whole_face_mask(transform(face.landmarks, to_grid), shown, options.mouth), seen)
            alpha = mask.alpha * np.float32(options.opacity * face.presence)
            paste(frame, box, swapped.picture, to_crop, alpha, to_grid)
        return True


def _on_other_grid(values: Floats, to_own: Affine, to_other: Affine, side: int) -> Floats:
    """Of a map from frame pixels, the values (n, n) on the grid of another, float32 (side, side); 0 beyond their edge."""
    own, other = (np.vstack([affine, (0, 0, 1)]) for affine in (to_own, inverse(to_other)))
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(values, (own @ other)[:2], (side, side), flags=way), np.float32)


def load(entry: EngineEntry, _: ModelFolder) -> OnnxEngine:
    """The engine of a manifest's entry; raises ModelFolderError saying what does not fit."""
    network = entry.files.get("network")
    if network is None:
        raise ModelFolderError(f"the engine {entry.name} names no file of the role network")
    try:
        interface = read_interface(entry.settings)
    except InterfaceError as error:
        raise ModelFolderError(f"the settings of the engine {entry.name}: {error}") from error
    encoder = SourceEncoder(interface, network, entry.files.get("embedding"), entry.files.get("converter"))
    return OnnxEngine(entry.name, interface, network, encoder)
