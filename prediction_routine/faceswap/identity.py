"""Who is in a picture, as a vector: SFace (Zhong et al., IEEE TIP 2021), compared by cosine."""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.onnx_network import OnnxNetwork
from faceswap.templates import to_template

#: Side of its input, pixels, and where it has the face in it (OpenCV's FaceRecognizerSF).
_SIDE, _TEMPLATE = 112, "arcface_112_v2"


class IdentityEncoder:
    """Threads may share it."""

    def __init__(self, model: bytes) -> None:
        self._network = OnnxNetwork(model)

    def __call__(self, image: Image, landmarks: Floats) -> Floats:
        """The unit embedding, float32 (128,), of the face with these landmarks (468, 3) in a BGR image."""
        face = cv2.warpAffine(image, to_template(landmarks, _TEMPLATE, _SIDE), (_SIDE, _SIDE), flags=cv2.INTER_LINEAR)
        rgb = np.asarray(cv2.cvtColor(face, cv2.COLOR_BGR2RGB), np.float32)
        feature = self._network(np.ascontiguousarray(rgb.transpose(2, 0, 1)))
        return np.asarray(feature / max(float(np.linalg.norm(feature)), 1e-9), np.float32)
