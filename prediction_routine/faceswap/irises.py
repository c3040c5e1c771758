"""Before step 3: where the irises go. They look where the user looks; how large they are, and how they stand, is the source's.

Both differ by person, and from one reading of a face to the next by as much; both change little while someone looks about. Eyes
that the user crosses are crossed all the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceswap.arrays import Floats
from faceswap.mesh import LEFT_EYE, RIGHT_EYE
from faceswap.track import Face

#: So far, in widths of an eye, the user's eyes may look apart or together and still be taken to look one way. (Standard
#: deviations over talking heads: .03 while one of them looks about, .08 between them.)
ONE_WAY = 0.1
#: The corners of both eyes, each from left to right in an upright picture.
_CORNERS = np.array(((RIGHT_EYE[0], RIGHT_EYE[8]), (LEFT_EYE[8], LEFT_EYE[0])))
_HALVES = np.array((0.5, -0.5))


@dataclass(frozen=True)
class Irises:
    """`radius`: of both, centimetres of the canonical face; `apart`: how much further along its eye (real part) and
    down (imaginary part) the right iris lies than the left one, widths of an eye; `facing` as `Pose.facing`."""

    radius: float
    apart: complex
    facing: float

    def between(self, face: Face) -> Floats:
        """These irises between a face's lids, looking where its own look: x, y and radius, float32 (2, 3), frame pixels."""
        middles, along, places = _places(face)
        otherwise = complex(places[0] - places[1]) - self.apart
        # A face that is turned tells less of how its eyes stand, and what it tells of the source's says less.
        one_way = ONE_WAY * self.facing * face.pose.facing
        crossed = otherwise * max(1 - one_way / max(abs(otherwise), 1e-6), 0.0)
        placed = middles + (places.mean() + _HALVES * (self.apart + crossed)) * along
        return np.column_stack([placed.real, placed.imag, np.full(2, self.radius * face.pose.scale)]).astype(np.float32)


def irises_of(face: Face) -> Irises:
    _, _, (right, left) = _places(face)
    return Irises(float(face.irises[0, 2]) / face.pose.scale, complex(right - left), face.pose.facing)


def _places(face: Face) -> tuple[NDArray[np.complex128], NDArray[np.complex128], NDArray[np.complex128]]:
    """Of the right and the left eye, as x + iy: its middle, the way from its one corner to the other, and where in it the iris
    is: from the middle, in widths of the eye."""
    x, y = face.landmarks[_CORNERS, :2].transpose(2, 1, 0)
    begin, end = x + 1j * y
    middles, along = (begin + end) / 2, np.where(begin == end, 1, end - begin)
    return middles, along, (face.irises[:, 0] + 1j * face.irises[:, 1] - middles) / along
