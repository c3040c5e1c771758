"""Where the crops that published networks were trained on have a face's five points, and the maps into such crops."""

from collections.abc import Mapping

import numpy as np

from faceswap.arrays import Affine, Floats
from faceswap.geometry import similarity

#: Landmarks at the five places: both eyes (mean of the corners), nose tip, mouth corners.
_FIVE = ((33, 133), (362, 263), (1,), (61,), (291,))

#: By name: float32 (5, 2), pixels of a crop `side` pixels wide, and that side. The numbers are facts of the published models:
#: arcface_112_v2 is InsightFace's (utils/face_align.py, also OpenCV's FaceRecognizerSF); arcface_128 the same shifted into 128
#: pixels as its inswapper does it; arcface_112_v1 and ffhq_512 as FaceFusion lists them (face_helper.py), which SimSwap and
#: GHOST, and BlendSwap, were trained on.
TEMPLATES: Mapping[str, tuple[Floats, int]] = {
    "arcface_112_v1": (
        np.array([[39.730, 51.138], [72.270, 51.138], [56.000, 68.493], [42.463, 87.010], [69.537, 87.010]], np.float32),
        112,
    ),
    "arcface_112_v2": (
        np.array(
            [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
        ),
        112,
    ),
    "arcface_128": (
        np.array(
            [[46.2946, 51.6963], [81.5318, 51.5014], [64.0252, 71.7366], [49.5493, 92.3655], [78.7299, 92.2041]], np.float32
        ),
        128,
    ),
    "ffhq_512": (
        np.array(
            [[192.981, 239.947], [318.903, 240.194], [256.634, 314.019], [201.261, 371.410], [313.089, 371.151]], np.float32
        ),
        512,
    ),
}


def five_points(landmarks: Floats) -> Floats:
    """Both eyes, nose tip and mouth corners of landmarks (468, 3): float32 (5, 2), in the same pixels."""
    return np.array([landmarks[list(points), :2].mean(0) for points in _FIVE], np.float32)


def to_template(landmarks: Floats, template: str, side: int) -> Affine:
    """The map from the picture of these landmarks (468, 3) to its crop, `side` x `side`, on a template of TEMPLATES."""
    places, of = TEMPLATES[template]
    return similarity(five_points(landmarks), places * np.float32(side / of))
