"""Part of preparing a source: several photos of one person made into one unfolded face.

Every place is taken from the photo that shows it best, none is an average: averages of two pictures of one face are blurred,
and doubled where they do not quite meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from faceswap.arrays import Floats
from faceswap.canonical import Unfolded
from faceswap.delight import low_frequencies
from faceswap.spread import blurred

#: Colours are matched in what a Gaussian of this share of the side leaves.
_COLOUR = 0.12
_GAIN_LIMITS = (0.4, 2.5)
_FLOOR = 8.0
#: Another photo must show a place better than the first by this factor, so that features stay of one piece.
_LOYALTY = 1.6
#: Standard deviations, shares of the side: of the comparison, and of the seams.
_REGION, _SEAM = 0.03, 0.012


@dataclass(frozen=True)
class View:
    """A face out of one photo, and how many pixels of the photo its texture was made of, along a side."""

    face: Unfolded
    pixels: float


def fuse(views: Sequence[View]) -> Unfolded:
    """One face out of views of the same side; the first gives the colour, the light and whatever it shows well."""
    first, *others = views
    if not others:
        return first.face
    finest = max(view.pixels for view in views)
    faces = [first.face, *(_coloured_like(first.face, view.face) for view in others)]
    side = first.face.texture.shape[0]
    worth = np.stack(
        [
            blurred(face.known, first.face.face + np.float32(1e-4), _REGION * side) * (view.pixels / finest) * loyalty
            for face, view, loyalty in zip(faces, views, (_LOYALTY, *[1.0] * len(others)), strict=True)
        ]
    )
    best = worth.argmax(0)
    chosen = np.stack([cv2.GaussianBlur((best == i).astype(np.float32), (0, 0), _SEAM * side) for i in range(len(faces))])
    chosen /= chosen.sum(0)
    return Unfolded(
        texture=_mixed([face.texture for face in faces], chosen[..., None]),
        shown=_mixed([face.shown for face in faces], chosen),
        covered=_mixed([face.covered for face in faces], chosen),
        face=first.face.face,
    )


def _mixed(pictures: Sequence[Floats], shares: Floats) -> Floats:
    return np.asarray(sum(picture * share for picture, share in zip(pictures, shares, strict=True)), np.float32)


def _coloured_like(first: Unfolded, other: Unfolded) -> Unfolded:
    """The other face in the light and colour of the first, as far as both show the same."""
    both, sigma = first.known * other.known, _COLOUR * first.texture.shape[0]
    wanted, found = (low_frequencies(face.texture, both, sigma) for face in (first, other))
    gain = np.clip((wanted + _FLOOR) / (found + _FLOOR), *_GAIN_LIMITS)
    return replace(other, texture=np.asarray(other.texture * gain, np.float32))
