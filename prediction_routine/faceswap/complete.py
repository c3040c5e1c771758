"""Part of preparing a source: what an unfolded face lacks, from its other half, or else as skin goes on from around it."""

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Mask
from faceswap.canonical import Unfolded
from faceswap.spread import blurred, spread

#: Standard deviation with which known and unknown parts run into each other, share of the side.
SOFTNESS = 0.02
#: Standard deviation of the grain of skin, pixels.
_GRAIN = 0.8
#: The other half takes over where the own is known less well by more than this share, and the more so the less.
_TOLERANCE, _EAGERNESS = 0.4, 2.0
#: Along the outline so much is never sure to be face, and patches of less than the second width that nothing covers are
#: what was overlooked of the covering; shares of the side.
_OUTLINE, _ISLAND = 0.008, 0.05
#: Less than this of what covers a face does not show.
_COVERED = 0.15


def complete(face: Unfolded) -> Image:
    """The whole face, BGR uint8 (side, side, 3).

    Outside its outline the colours of its edge go on, so that reading near it finds nothing foreign.
    """
    sigma = SOFTNESS * face.texture.shape[0]
    own = blurred(face.known, face.face + np.float32(1e-4), sigma)
    other = own[:, ::-1]
    ahead = (other - own) / (np.maximum(other, own) + np.float32(1e-2))
    better = np.clip(_EAGERNESS * (ahead - _TOLERANCE), 0, 1)
    both = _mixed(face.texture, better[:, :, None])

    inside = cv2.erode(face.face, _disc(_OUTLINE * face.texture.shape[0]))
    clear = np.asarray(inside * (_mixed(face.covered, better) < _COVERED), np.float32)
    bare = np.asarray(cv2.morphologyEx(clear, cv2.MORPH_OPEN, _disc(_ISLAND * len(inside))), np.float32)
    skin = spread(both, bare) + _grain(both, bare)[:, :, None] * face.face[:, :, None]
    share = (np.clip(2 * blurred(bare, face.face + np.float32(1e-4), sigma / 4) - 1, 0, 1) * bare)[:, :, None]
    return np.asarray(np.clip(np.round(both * share + skin * (1 - share)), 0, 255), np.uint8)


def _mixed(picture: Floats, mirrored: Floats) -> Floats:
    """A picture with this share, 0 to 1, of its mirror image."""
    return np.asarray(picture * (1 - mirrored) + picture[:, ::-1] * mirrored, np.float32)


def _grain(texture: Floats, bare: Floats) -> Floats:
    """Noise as fine and as strong as the bare skin's own detail, float32 (side, side): without it a filled place is a
    smooth patch."""
    luminance = np.asarray(texture.mean(2), np.float32)
    detail = np.abs(luminance - cv2.GaussianBlur(luminance, (0, 0), 2 * _GRAIN))[bare > 0]
    noise = np.random.default_rng(0).standard_normal(bare.shape).astype(np.float32)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), _GRAIN), np.float32)
    strength = float(np.median(detail)) if detail.size else 0.0
    return np.asarray(noise * np.float32(strength / max(float(noise.std()), 1e-6)), np.float32)


def _disc(width: float) -> Mask:
    size = max(1, round(width)) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
