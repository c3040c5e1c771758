"""Who is in a picture, as a vector: SFace (Zhong et al., IEEE TIP 2021), compared by cosine."""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.geometry import similarity
from faceswap.onnx_network import OnnxNetwork

#: Landmarks at the five places that SFace aligns by: both eyes (mean of the corners), nose tip, mouth corners.
_FIVE = ((33, 133), (362, 263), (1,), (61,), (291,))
#: Side of its input, and where it has the five in it (OpenCV's FaceRecognizerSF), pixels.
_SIDE = 112
_PLACES = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


class IdentityEncoder:
    """Threads may share it."""

    def __init__(self, model: bytes) -> None:
        self._network = OnnxNetwork(model)

    def __call__(self, image: Image, landmarks: Floats) -> Floats:
        """The unit embedding, float32 (128,), of the face with these landmarks (468, 3) in a BGR image."""
        five = np.array([landmarks[list(points), :2].mean(0) for points in _FIVE], np.float32)
        face = cv2.warpAffine(image, similarity(five, _PLACES), (_SIDE, _SIDE), flags=cv2.INTER_LINEAR)
        rgb = np.asarray(cv2.cvtColor(face, cv2.COLOR_BGR2RGB), np.float32)
        feature = self._network(np.ascontiguousarray(rgb.transpose(2, 0, 1)))
        return np.asarray(feature / max(float(np.linalg.norm(feature)), 1e-9), np.float32)
