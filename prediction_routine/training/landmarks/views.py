"""What the network is shown: a face moved about as tracking does, in other light, before other cameras, hidden; or none."""

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats
from training.bare import changed
from training.camera import seen
from training.canvas import Canvas, floats, noise
from training.landmarks.crops import SIDE, Crops
from training.occluders import draw, some_kind

Generator = np.random.Generator

#: Side of the network's input, pixels.
INPUT = 256
#: How often there is no face; how often the crop is far off, so that only part of the face is in it.
NO_FACE, ASTRAY = 0.08, 0.1
#: How often the frame ends within the face, and its last pixels are drawn out as `faceswap.geometry.crop` does.
LEAVING = 0.06
#: How often light and skin are changed, the picture is small, some other camera is used, there is hardly any light.
CHANGED, SMALL, CAMERA, NIGHT = 0.35, 0.2, 0.6, 0.06
#: How many things are before the face, and how often.
COUNTS = (0.7, 0.14, 0.08, 0.08)
#: Where tracking puts the crop: standard deviations of the shift (pixels), of the size's logarithm and of the turn (radians);
#: and where it is far off.
NEAR, FAR = (7.0, 0.07, 0.08), (80.0, 0.4, 0.8)


def view(rng: Generator, crops: Crops) -> Floats:
    """One input of the landmark network: RGB float32 (INPUT, INPUT, 3), 0 to 1."""
    picture = _nothing(rng, crops) if rng.random() < NO_FACE else _face(rng, crops)
    moved = _moved(rng, FAR if rng.random() < ASTRAY else NEAR)
    picture = floats(cv2.warpAffine(picture, moved, (INPUT, INPUT), borderMode=cv2.BORDER_REPLICATE))
    if rng.random() < SMALL:
        picture = _enlarged(rng, picture)
    if rng.random() < NIGHT:
        picture = picture * np.float32(np.exp(rng.uniform(-3, -1)))
    if rng.random() < CAMERA:
        picture = seen(rng, picture)
    return floats(np.clip(picture[:, :, ::-1] / 255, 0, 1))


def _face(rng: Generator, crops: Crops) -> Floats:
    index, other = rng.integers(len(crops.pictures), size=2)
    canvas = Canvas(
        crops.pictures[index].astype(np.float32), crops.points[index],
        crops.empty[other].astype(np.float32), crops.pictures[other].astype(np.float32),
    )  # fmt: skip
    picture = changed(rng, canvas) if rng.random() < CHANGED else canvas.picture
    for _ in range(int(rng.choice(len(COUNTS), p=COUNTS))):
        picture = draw(some_kind(rng), rng, canvas).on(picture)
    return _leaving(rng, picture) if rng.random() < LEAVING else picture


def _leaving(rng: Generator, picture: Floats) -> Floats:
    """The picture as if the frame ended somewhere in its middle, on any side."""
    turns, end = int(rng.integers(4)), int(rng.uniform(0.3, 0.8) * SIDE)
    turned = np.rot90(picture, turns).copy()
    turned[:, end:] = turned[:, end - 1 : end]
    return floats(np.ascontiguousarray(np.rot90(turned, -turns)))


def _nothing(rng: Generator, crops: Crops) -> Floats:
    """What was beside a face, or noise of some coarseness."""
    if rng.random() < 0.8:
        return floats(crops.empty[rng.integers(len(crops.empty))])
    return floats(noise(rng, SIDE, int(rng.integers(2, 160)), 3) * 255)


def _moved(rng: Generator, spread: tuple[float, float, float]) -> Affine:
    """From a crop to the network's input; every other one is mirrored."""
    shift, size, turn = spread
    angle, scale = float(rng.normal(0, turn)), float(np.exp(rng.normal(0, size)))
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    middle = SIDE / 2 + rng.normal(0, shift, 2)
    turned = np.array([[cos, sin], [-sin, cos]])
    affine = np.hstack([turned, (INPUT / 2 - turned @ middle)[:, None]])
    if rng.random() < 0.5:
        affine[0] = -affine[0]
        affine[0, 2] += INPUT - 1
    return np.asarray(affine, np.float64)


def _enlarged(rng: Generator, picture: Floats) -> Floats:
    """A face far away: 30 to 160 pixels enlarged to the input's size."""
    small = (int(rng.integers(30, 160)),) * 2
    shrunk = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    return floats(cv2.resize(shrunk, (INPUT, INPUT), interpolation=cv2.INTER_LINEAR))
