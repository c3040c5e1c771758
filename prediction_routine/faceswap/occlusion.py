"""Part of step 7: what is in front of the target's face - a hand, a cup, hair, glasses - and so is kept.

A small network, trained on faces with things drawn before them (docs/visibility.md), looks at the upright crop of the face.
"""

from dataclasses import replace

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.mask import FaceMask
from faceswap.networks import Network, unfolded
from faceswap.ramp import ramp

#: The network's answer is soft for some pixels around an edge; the picture's is not. Its logits are multiplied by this.
SHARPNESS = 4.0
#: Light and detail are read from skin that is seen at least this much.
SURELY_SEEN = 0.8
#: Below the first share of skin that is seen nothing is swapped, above the second all of it: a face that is nearly
#: covered, or none, would show as patches.
NEARLY_HIDDEN = (0.08, 0.2)


class Occlusion:
    """Not to be shared between threads, as its network is not."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, crop: Image) -> Floats:
        """How much of the bare face is seen, float32 (side, side), 0 (something is in front) to 1.

        `crop`: BGR uint8 (side, side, 3), the face upright in it, with the margin of `faceswap.source.MARGIN`.
        """
        side, inner = crop.shape[0], self._network.side
        if side != inner:
            way = cv2.INTER_AREA if side > inner else cv2.INTER_LINEAR
            crop = np.asarray(cv2.resize(crop, (inner, inner), interpolation=way), np.uint8)
        logits = self._network(crop[None])[0]
        hidden = np.clip(unfolded(logits[0])[:, :, 0] * np.float32(-SHARPNESS), -30, 30)
        if side != inner:
            hidden = np.asarray(cv2.resize(hidden, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)
        return np.asarray(1 / (1 + cv2.exp(hidden)), np.float32)


def behind(mask: FaceMask, visible: Floats) -> FaceMask:
    """The mask with what is in front left to the user; `visible` float32 (side, side), as Occlusion gives it."""
    share = float(cv2.mean(visible, mask=mask.skin)[0])
    alpha = mask.alpha * visible * np.float32(ramp(share, *NEARLY_HIDDEN))
    seen = cv2.inRange(visible, np.array(SURELY_SEEN), np.array(1.0))
    return replace(mask, alpha=np.asarray(alpha, np.float32), skin=mask.skin & np.asarray(seen, np.uint8))
