"""Who is in a picture, as a vector: SFace (Zhong et al., IEEE TIP 2021), compared by cosine."""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image

#: Landmarks at the five places that SFace aligns by: both eyes (mean of the corners), nose tip, mouth corners.
_FIVE = ((33, 133), (362, 263), (1,), (61,), (291,))


class IdentityEncoder:
    def __init__(self, model: bytes) -> None:
        self._net = cv2.FaceRecognizerSF.create("onnx", np.frombuffer(model, np.uint8), np.empty(0, np.uint8))

    def __call__(self, image: Image, landmarks: Floats) -> Floats:
        """The unit embedding, float32 (128,), of the face with these landmarks (468, 3) in a BGR image."""
        five = np.array([landmarks[list(points), :2].mean(0) for points in _FIVE], np.float32)
        low, high = landmarks[:, :2].min(0), landmarks[:, :2].max(0)
        row = np.concatenate([low, high - low, five.ravel(), [1]]).astype(np.float32)
        feature = self._net.feature(self._net.alignCrop(image, row)).ravel()
        return np.asarray(feature / max(float(np.linalg.norm(feature)), 1e-9), np.float32)
