"""An engine without a network: it paints a face's box in the mean colour of the source photo, or fails when asked to."""

from collections.abc import Sequence

import numpy as np

from faceswap.model_folder import EngineEntry, ModelFolder, ModelFolderError
from faceswap.portrait import Portrait


class TintEngine:
    def __init__(self, settings: dict) -> None:
        self.facts = {"provider": "none"}
        self.fails, self.takes_photos = settings.get("fails", False), settings.get("takes_photos", True)
        self.identities = {name: np.array([0, 0, 255.0]) for name in settings.get("identities", [])}
        self.embeddings = {name: np.eye(128, dtype=np.float32)[0] for name in self.identities}
        self.prepared = 0

    def prepare(self, portraits: Sequence[Portrait]) -> np.ndarray:
        self.prepared += 1
        return portraits[0].photo.mean((0, 1))

    def painter(self, occlusion):
        def paint(frame, camera, face, prepared, options, step):
            if self.fails:
                return False
            left, top, width, height = map(int, face.box)
            with step("tint"):
                frame[max(top, 0) : top + height, max(left, 0) : left + width] = prepared
            return True

        return paint


def load(entry: EngineEntry, model: ModelFolder) -> TintEngine:
    if "colour" not in entry.files:
        raise ModelFolderError(f"the engine {entry.name} lacks its colour")
    return TintEngine(dict(entry.settings))
