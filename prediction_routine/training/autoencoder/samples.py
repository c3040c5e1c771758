"""One training sample: a face moved about, warped and in other light, and the face and mask that should come out."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.geometry import Region, filled, inverse, region_of, transform
from faceswap.mesh import OVAL
from faceswap.source import MARGIN
from training.autoencoder.faceset import PersonFaces

#: How often a sample is mirrored. Seldom: a face is not symmetrical.
MIRRORED = 0.1
#: How often a sample gets the other person's colours: what comes out must not depend on whose light it is.
OTHERS_COLOURS = 0.3
#: Largest turn (radians), shift (share of the crop) and change of size.
TURN, SHIFT, SIZE = 0.09, 0.03, 0.05
#: Cells of the warp's grid, and the standard deviation of its points, a share of the crop's side.
WARP_CELLS, WARP = 5, 0.018
#: Standard deviations of the logarithms of exposure, of each channel's gain, and of gamma.
EXPOSURE, CAST, GAMMA = 0.12, 0.05, 0.1
#: What surrounds the face counts this much of what the face does, and the mask this much of a channel.
AROUND, MASK = 0.05, 0.3
#: How often a sample is blurred or noisy.
SOFT, NOISY = 0.2, 0.3


@dataclass(frozen=True)
class View:
    """`picture` BGR uint8 (side, side, 3), as the face should come out; `mask` float32 (side, side): 1 where the bare
    face shows."""

    picture: Image
    mask: Floats

    @property
    def truth(self) -> Floats:
        """float32 (side, side, 4): BGR 0 to 1, and the mask."""
        truth = np.empty((*self.mask.shape, 4), np.float32)
        truth[:, :, :3] = pixels(self.picture)
        truth[:, :, 3] = self.mask
        return truth


def pixels(picture: Image) -> Floats:
    """BGR uint8 to float32, 0 to 1."""
    return np.asarray(picture * np.float32(1 / 255), np.float32)


def view(faces: PersonFaces, index: int, side: int, affine: Affine | None = None) -> View:
    """A face as serving crops it, or as `affine` - from the stored picture to the crop - does."""
    points = faces.points[index]
    affine = region_of(points, MARGIN).to_square(side) if affine is None else affine
    picture, seen = (_cropped(image, affine, side) for image in (faces.pictures[index], faces.visible[index]))
    outline = filled(side, transform(points, affine), OVAL)
    return View(picture, np.asarray((outline > 0) * (seen * np.float32(1 / 255)), np.float32))


def decibels(truth: Floats, answer: Floats) -> float:
    """PSNR of an answer, both float32 (side, side, 4), 0 to 1, where the truth's mask is more than half."""
    inside = truth[:, :, 3] > 0.5
    error = float(np.square(truth[:, :, :3] - answer[:, :, :3])[inside].mean())
    return 10 * float(np.log10(1 / max(error, 1e-9)))


def sample(
    rng: np.random.Generator, faces: PersonFaces, index: int, other: View, side: int, warp: float
) -> tuple[Floats, Floats]:
    """Input float32 (side, side, 3), and what should come out of it, float32 (side, side, 8): the truth, and how much each of
    its four channels counts. `other`: a face of the other person, for its colours; `warp` 0 to 1: how strongly the input is
    bent."""
    region = region_of(faces.points[index], MARGIN)
    moved = Region(
        region.x + region.size * rng.uniform(-SHIFT, SHIFT),
        region.y + region.size * rng.uniform(-SHIFT, SHIFT),
        region.size * rng.uniform(1 - SIZE, 1 + SIZE),
        region.angle + rng.uniform(-TURN, TURN),
    )
    affine = moved.to_square(side)
    wanted = view(faces, index, side, affine)
    bent = relit(rng, warped(rng, faces.pictures[index], affine, side, warp), wanted.mask, other)
    truth = np.empty((side, side, 8), np.float32)
    truth[:, :, :4] = wanted.truth
    truth[:, :, 4:7] = wanted.mask[:, :, None] + np.float32(AROUND)
    truth[:, :, 7] = MASK
    if rng.random() < MIRRORED:
        return bent[:, ::-1], truth[:, ::-1]
    return bent, truth


def warped(rng: np.random.Generator, picture: Image, affine: Affine, side: int, strength: float) -> Image:
    """The crop of a picture, its inside pulled about by a smooth random field."""
    field = rng.normal(0, strength * WARP * side, (WARP_CELLS, WARP_CELLS, 2)).astype(np.float32)
    field = np.asarray(cv2.resize(field, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
    columns, rows = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    places = cv2.transform(np.dstack([columns, rows]) + field, inverse(affine))
    bent = cv2.remap(picture, places[:, :, 0], places[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(bent, np.uint8)


def relit(rng: np.random.Generator, picture: Image, mask: Floats, other: View) -> Floats:
    """In other light and through another camera, float32 0 to 1."""
    curve = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[:, None], 3, 1)
    if rng.random() < OTHERS_COLOURS:
        curve = in_colours_of(curve, View(picture, mask), other)
    gain = np.exp(rng.normal(0, EXPOSURE) + rng.normal(0, CAST, 3)).astype(np.float32)
    curve = np.asarray(np.clip(curve * gain, 0, 1) ** np.exp(rng.normal(0, GAMMA)), np.float32)
    if rng.random() < SOFT:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.6))), np.uint8)
    changed = cv2.LUT(picture, curve[None])
    if rng.random() < NOISY:
        noise = rng.standard_normal(changed.shape, np.float32) * np.float32(rng.uniform(0.003, 0.02))
        changed = np.clip(changed + noise, 0, 1)
    return np.asarray(changed, np.float32)


def in_colours_of(curve: Floats, face: View, other: View) -> Floats:
    """A curve (256, 3) that gives each channel of a face the mean and spread that it has in the other (Reinhard et al., IEEE
    CG&A 2001, in BGR)."""
    (own_mean, own_spread), (mean, spread) = (_statistics(seen) for seen in (face, other))
    changed = (curve - own_mean) * (spread / np.maximum(own_spread, 0.02)) + mean
    return np.asarray(np.clip(changed, 0, 1), np.float32)


def _statistics(face: View) -> tuple[Floats, Floats]:
    mean, spread = cv2.meanStdDev(face.picture, mask=np.asarray(face.mask > 0.5, np.uint8))
    return np.asarray(mean[:, 0] / 255, np.float32), np.asarray(spread[:, 0] / 255, np.float32)


def batch(
    rng: np.random.Generator, faces: PersonFaces, among: Sequence[int], others: Sequence[View], size: int, side: int,
    warp: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """So many samples of the faces with these numbers: inputs and truths."""
    made = [sample(rng, faces, int(rng.choice(among)), others[int(rng.integers(len(others)))], side, warp) for _ in range(size)]
    return np.stack([given for given, _ in made]), np.stack([truth for _, truth in made])


def _cropped(image: Image, affine: Affine, side: int) -> Image:
    moved = cv2.warpAffine(image, affine, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.uint8)
