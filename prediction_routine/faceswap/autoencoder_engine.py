"""The autoencoder engine: the face of somebody who was trained (docs/train.md), as the user's pose and expression ask for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.beard import bare_skin
from faceswap.blend import blend
from faceswap.errors import InstanceError
from faceswap.geometry import bounding_box, crop, inverse, region_of, transform
from faceswap.grid import on_grid
from faceswap.light import light_gain
from faceswap.mask import FaceMask, whole_face_mask
from faceswap.model_folder import EngineEntry, ModelFolder
from faceswap.occlusion import Occlusion, behind
from faceswap.parameters import Parameters
from faceswap.portrait import Portrait
from faceswap.source import MARGIN
from faceswap.steps import Steps
from faceswap.track import Face
from faceswap.trained import FaceNetwork, Identity, identities_of, open_network

#: The grid has no more cells than a distant face has pixels, in steps of 16, so that what is made for it does not alias.
SMALLEST_GRID = 32


def load(entry: EngineEntry, _: ModelFolder) -> "AutoencoderEngine":
    """The engine of a manifest's entry; raises ModelFolderError naming the file that does not fit."""
    return AutoencoderEngine(identities_of(entry))


class AutoencoderEngine:
    """Serves people who were trained, and no photos. Threads share it; a painter is one thread's."""

    takes_photos = False

    def __init__(self, identities: Mapping[str, Identity]) -> None:
        """Raises ModelFolderError naming the file that does not fit."""
        self._trained = dict(identities)
        for identity in identities.values():
            open_network(identity)
        #: By name; what is prepared is the name.
        self.identities = {name: name for name in identities}
        self.embeddings = {name: identity.embedding for name, identity in identities.items()}
        self.facts = {"weights": ", ".join(sorted({identity.form for identity in identities.values()})) or "none"}

    def prepare(self, _: Sequence[Portrait], /) -> Any:
        raise InstanceError(
            "bad_source",
            "the autoencoder works from people it was trained on, not from photos; choose the source model:NAME, NAME being "
            f"one of {', '.join(self.identities) or 'none that it has'}, or another engine",
        )

    def painter(self, occlusion: Occlusion, /) -> "AutoencoderPainter":
        return AutoencoderPainter(occlusion, {name: open_network(identity) for name, identity in self._trained.items()})


class AutoencoderPainter:
    """Not to be shared between threads: the networks keep state while they run."""

    def __init__(self, occlusion: Occlusion, networks: Mapping[str, FaceNetwork]) -> None:
        self._occlusion, self._networks = occlusion, networks

    def __call__(self, frame: Image, camera: Image, face: Face, prepared: str, options: Parameters, step: Steps, /) -> bool:
        """Puts the face of the person whose name is `prepared` on this one, changing `frame` (BGR uint8) in place; False, and
        the frame as it was, where the network's answer is not all numbers."""
        network = self._networks[prepared]
        box = bounding_box(face.landmarks[:, :2], frame.shape[1], frame.shape[0])
        if box is None:
            return True
        region = region_of(face.landmarks, MARGIN)
        with step("autoencoder"):
            answer = decoded(network, crop(camera, region.to_square(network.side), network.side))
        if answer is None:
            return False
        side = _grid_side(region.size, network.side)
        to_grid = region.to_square(side)
        with step("occlusion"):
            user = on_grid(camera, to_grid, side)
            seen = self._occlusion(user)
        with step("light"):
            made, predicted = _sized(answer, side)
            mask = behind(whole_face_mask(transform(face.landmarks, to_grid), predicted, options.mouth), seen)
            bare = replace(mask, skin=bare_skin(user, mask.skin) & bare_skin(made, mask.skin))
            gain = light_gain(user, made, bare, options.tone)
        with step("blend"):
            blend(frame, box, inverse(to_grid), made, _places(mask, options.opacity * face.presence), gain)
        return True


def decoded(network: FaceNetwork, picture: Image) -> Floats | None:
    """BGR and mask, float32 (side, side, 4), 0 to 1, of a crop BGR uint8 (side, side, 3); None where the network fails, or
    does not give numbers."""
    try:
        answer = network(np.multiply(picture[None], np.float32(1 / 255), dtype=np.float32))[0]
    except RuntimeError:
        return None
    return np.clip(answer, 0, 1) if np.isfinite(answer).all() else None


def _grid_side(region_size: float, network_side: int) -> int:
    return int(np.clip(math.ceil(region_size / 16) * 16, SMALLEST_GRID, network_side))


def _sized(answer: Floats, side: int) -> tuple[Image, Floats]:
    """The face, BGR uint8 (side, side, 3), and its mask, float32 (side, side)."""
    if answer.shape[0] != side:
        answer = np.asarray(cv2.resize(answer, (side, side), interpolation=cv2.INTER_AREA), np.float32)
    picture = np.asarray(np.round(answer[:, :, :3] * 255), np.uint8)
    return picture, np.ascontiguousarray(answer[:, :, 3])


def _places(mask: FaceMask, strength: float) -> Floats:
    """What `blend` reads: the made face lies on the grid as it is."""
    rows, columns = np.indices(mask.alpha.shape, np.float32)
    return np.asarray(cv2.merge([columns, rows, mask.alpha * np.float32(strength)]), np.float32)
