"""Part of preparing a source: its landmarks turned against the turn that its features feign.

To the landmark network a face with a high forehead or a long chin looks up or down, wherever it looks: in a texture that faces
the camera exactly it reads a turn of some degrees. Laid on a user's mesh, such a face seems turned away from where the user
looks, to that network and to others. What is seen in the texture foretells it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats, Image
from faceswap.geometry import region_of
from faceswap.landmarks import FaceLandmarker
from faceswap.proportions import ProportionSpace

#: Of what is read beyond the ordinary this much is turned back: the rest of a swapped face is the user's, and shows the user's
#: turn. (Table in docs/swap.md.)
SHARE = 0.5
#: What is read on average, degrees about the axes to the right and down: 37 talking heads, each in a photo of its own.
ORDINARY = (-0.7, 0.0)
#: Beyond this, degrees, the network has not understood the face.
LARGEST = 10.0


def straightened(places: Floats, texture: Image, landmarker: FaceLandmarker, space: ProportionSpace) -> Floats:
    """Where the landmarks of a finished texture, BGR uint8 (side, side, 3), are to be taken from: float32 (468, 2).

    `places`: float32 (468, 3), where they are in it; they stay there where the network finds no face.
    """
    read = _read(texture, places, landmarker, space)
    mirrored = _read(np.ascontiguousarray(texture[:, ::-1]), places, landmarker, space)
    if read is None or mirrored is None:
        return places[:, :2]
    # A face and its mirror image, which looks to the other side, are read a degree apart: the mean is nearer.
    feigned = (read + mirrored * (1, -1)) / 2 - ORDINARY
    if np.linalg.norm(feigned) > LARGEST:
        return places[:, :2]
    turn, _ = cv2.Rodrigues(np.radians([*feigned * SHARE, 0.0]))
    middle = places.mean(0)
    return np.asarray(((places - middle) @ turn.T + middle)[:, :2], np.float32)


def _read(texture: Image, places: Floats, landmarker: FaceLandmarker, space: ProportionSpace) -> NDArray[np.float64] | None:
    """The turn that the network sees in a picture of a face from the front, degrees about the axes to the right and down."""
    found = landmarker(texture, region_of(places))
    if found is None:
        return None
    _, pose = space.measure(found.points)
    return np.degrees(cv2.Rodrigues(pose.rotation.T.astype(np.float64))[0][:2, 0])
