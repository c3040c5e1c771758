"""What the network trains on: a face, perhaps with something before it, and which of it is seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Mask
from faceswap.geometry import region_of
from faceswap.mesh import OVAL, POINTS
from training.bare import changed
from training.camera import motion, seen
from training.canvas import Canvas, Layer, blank, floats, noise, polygon
from training.faces import FaceSet
from training.occluders import draw, some_kind

#: Side of the network's picture, pixels, and how far it reaches beyond the face: as `faceswap.source.MARGIN`.
SIDE = 128
MARGIN = 1.25
#: How many occluders a sample has, and how often.
COUNTS = (0.35, 0.45, 0.15, 0.05)
#: An occluder outside the face counts this much, and so does a band this wide along the outline inside it (share of the
#: side): landmarks are not that sure of where the face ends.
OUTSIDE_WEIGHT = 0.15
BAND, BAND_WEIGHT = 0.02, 0.3
#: How far landmarks are led astray by what covers them: shift and scale of the crop, shares of its side, and degrees.
SHIFT, SCALE, TURN = 0.05, 0.08, 8.0


@dataclass(frozen=True)
class Sample:
    """`pixels` float32 (SIDE, SIDE, 3), BGR 0 to 1; `visible` float32 (SIDE, SIDE), 1 where the bare face is seen; `weight`
    float32 (SIDE, SIDE): how much each pixel's answer counts."""

    pixels: Floats
    visible: Floats
    weight: Floats


def sample(rng: np.random.Generator, faces: FaceSet, kinds: Sequence[str] | None = None) -> Sample:
    """One sample at random; `kinds` says which of occluders.KINDS come before the face."""
    index, other = rng.integers(len(faces.pictures), size=2)
    scrap = faces.scraps[rng.integers(len(faces.scraps))]
    canvas = Canvas(
        faces.pictures[index].astype(np.float32), faces.points[index],
        scrap.astype(np.float32), faces.pictures[other].astype(np.float32),
    )  # fmt: skip
    if kinds is None:
        kinds = [some_kind(rng) for _ in range(rng.choice(len(COUNTS), p=COUNTS))]
    picture, hidden = changed(rng, canvas), blank(canvas.side)
    for kind in kinds:
        layer = _softened(rng, draw(kind, rng, canvas))
        picture = layer.on(_shadow(rng, picture, layer))
        hidden = np.maximum(hidden, layer.alpha)
    crop = _crop(rng, canvas.points)
    weight = _weight(canvas, faces.certain[index], hidden)
    size = (SIDE, SIDE)
    pixels = seen(rng, floats(cv2.warpAffine(picture, crop, size, borderMode=cv2.BORDER_REPLICATE)))
    return Sample(
        pixels / np.float32(255),
        floats(np.clip(1 - floats(cv2.warpAffine(hidden, crop, size)), 0, 1)),
        floats(cv2.warpAffine(weight, crop, size)),
    )


def batch(rng: np.random.Generator, faces: FaceSet, count: int) -> tuple[Floats, Floats, Floats]:
    """Pixels, visible and weight of `count` samples, stacked."""
    samples = [sample(rng, faces) for _ in range(count)]
    return np.stack([s.pixels for s in samples]), np.stack([s.visible for s in samples]), np.stack([s.weight for s in samples])


def _softened(rng: np.random.Generator, layer: Layer) -> Layer:
    """The layer out of focus, moving, or faintly see-through."""
    kind, alpha, colour = rng.random(), layer.alpha, layer.colour
    if kind < 0.35:
        alpha = floats(cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.3, 2.0)))
    elif kind < 0.5:
        kernel = motion(rng, 13)
        alpha, colour = (floats(cv2.filter2D(plane, -1, kernel)) for plane in (alpha, colour))
    if rng.random() < 0.05:
        alpha = alpha * np.float32(rng.uniform(0.5, 0.95))
    if rng.random() < 0.3:  # unevenly lit
        colour = colour * (np.float32(0.6) + np.float32(0.8) * noise(rng, alpha.shape[0], int(rng.integers(2, 5))))[:, :, None]
    return Layer(np.clip(colour, 0, 255).astype(np.float32), floats(alpha))


def _shadow(rng: np.random.Generator, picture: Floats, layer: Layer) -> Floats:
    """The picture in the shadow that the layer throws on it."""
    if rng.random() < 0.5:
        return picture
    shift = np.array([[1, 0, rng.normal(0, 5)], [0, 1, rng.normal(2, 5)]])
    side = picture.shape[0]
    shade = cv2.GaussianBlur(cv2.warpAffine(layer.alpha, shift, (side, side)), (0, 0), rng.uniform(0.8, 7))
    return floats(picture * (1 - np.float32(rng.uniform(0.1, 0.6)) * shade)[:, :, None])


def _crop(rng: np.random.Generator, points: Floats) -> Affine:
    """The map into the network's picture, led astray as landmarks are; every other one mirrored."""
    region = region_of(np.hstack([points, np.zeros((POINTS, 1), np.float32)]), MARGIN)
    size = region.size * (1 + rng.normal(0, SCALE / 2))
    x, y = np.array([region.x, region.y]) + rng.normal(0, SHIFT / 2, 2) * size
    angle = region.angle + np.radians(rng.normal(0, TURN / 2))
    affine = type(region)(float(x), float(y), float(size), float(angle)).to_square(SIDE)
    if rng.random() < 0.5:
        affine[0] = -affine[0]
        affine[0, 2] += SIDE - 1
    return affine


def _weight(canvas: Canvas, certain: Mask, hidden: Floats) -> Floats:
    """How much each pixel of the canvas counts: what is surely bare skin, and what surely is not."""
    face = polygon(canvas.side, canvas.points[list(OVAL)])
    depth = cv2.distanceTransform(np.asarray(face > 0.5, np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    inside = np.where(depth < BAND * canvas.side, np.float32(BAND_WEIGHT), np.float32(1)) * face
    known = np.maximum(certain.astype(np.float32) / np.float32(255), hidden > 0.5)
    return floats(np.maximum(inside * known, (hidden > 0.5) * np.float32(OUTSIDE_WEIGHT)))
