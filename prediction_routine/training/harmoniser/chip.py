"""The picture of a face that dlib's face recognition network expects."""

import numpy as np

from faceswap.arrays import Affine, Floats
from faceswap.geometry import similarity

#: Its height and width, pixels.
CHIP_SIDE = 150
#: MediaPipe's landmarks nearest to dlib's five: outer and inner corner of the left eye, of the right eye, base of the nose.
_FIVE = (263, 362, 33, 133, 2)
#: Where dlib has the five in a face of size 1, and how much it leaves around that (`get_face_chip_details`).
_PLACES = np.array(
    [[0.8595675, 0.2134982], [0.6460605, 0.2289674], [0.1205751, 0.2137275], [0.3340851, 0.2290642], [0.4901123, 0.6277975]]
)
_PADDING = 0.25


def chip_affine(landmarks: Floats) -> Affine:
    """The map from pixels of the frame to those of the picture, CHIP_SIDE x CHIP_SIDE, from MediaPipe landmarks (468 or 478, 3)
    in pixels of the frame; `faceswap.geometry.crop` cuts it out.

    As dlib's `get_face_chip_details` with five points, size 150 and padding 0.25. Its place in the unit square counts from
    the corner of the first pixel, landmarks and maps here from the pixel's middle, hence the half.
    """
    places = (_PLACES + _PADDING) / (1 + 2 * _PADDING) * CHIP_SIDE - 0.5
    return similarity(landmarks[list(_FIVE), :2], places.astype(np.float32))
