"""Pairs as the training takes them: at random, mirrored, in other light and other mistakes of light."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from faceswap.arrays import AnyArray, Floats, Ints
from faceswap.harmonise import SIDE
from training.harmoniser.chip import CHIP_SIDE
from training.harmoniser.pairs import Pairs

#: How much the whole picture's colours vary, and the lit face's besides: as one, and from place to place (natural logarithm).
PICTURE, FACE, PLACES = 0.15, 0.06, 0.12
#: How often the lit face is a little out of focus.
SOFT = 0.2


@dataclass(frozen=True)
class Batch:
    """Float32, pictures BGR 0 to 1: `user`, `lit`, `low` (n, SIDE, SIDE, 3), `alpha` (n, SIDE, SIDE, 1); `chips`
    (n, 2, 3) and `source` (n,) as in Pairs."""

    user: Floats
    lit: Floats
    low: Floats
    alpha: Floats
    chips: Floats
    source: Ints

    @property
    def given(self) -> Floats:
        """The network's input, as `faceswap.harmonise.network_input` makes it."""
        rest = 1 - self.alpha
        pictures = [picture * self.alpha + self.user * rest for picture in (self.lit, self.low)]
        return np.concatenate([*pictures, self.alpha], 3, dtype=np.float32)


def plain(pairs: Pairs, chosen: AnyArray) -> Batch:
    """The chosen pairs as they are."""
    user, lit, low = (each[chosen].astype(np.float32) / np.float32(255) for each in (pairs.user, pairs.lit, pairs.low))
    alpha = pairs.alpha[chosen][..., None].astype(np.float32) / np.float32(255)
    return Batch(user, lit, low, alpha, pairs.chips[chosen], pairs.source[chosen])


def batches(pairs: Pairs, rng: np.random.Generator, own: bool, count: int) -> Iterator[Batch]:
    """Without end, so many pairs each: of one person, or of two."""
    kind = np.flatnonzero((pairs.people == pairs.source_people) == own)
    while True:
        yield _varied(rng, plain(pairs, rng.choice(kind, count)))


def _varied(rng: np.random.Generator, batch: Batch) -> Batch:
    count = len(batch.alpha)
    pictures = [batch.user, batch.lit, batch.low, batch.alpha]
    mirrored = rng.random(count) < 0.5
    user, lit, low, alpha = (np.where(mirrored[:, None, None, None], p[:, :, ::-1], p) for p in pictures)
    chips = batch.chips.copy()
    chips[mirrored] = _mirrored(batch.chips[mirrored])
    light = _colours(rng, count, PICTURE)
    user, low = user * light, low * light
    lit = lit * (light * _colours(rng, count, FACE) * np.exp(_fields(rng, count)))
    for i in np.flatnonzero(rng.random(count) < SOFT):
        lit[i] = cv2.GaussianBlur(lit[i], (0, 0), rng.uniform(0.4, 1.0))
    user, lit, low = (np.clip(p, 0, 1, dtype=np.float32) for p in (user, lit, low))
    return Batch(user, lit, low, alpha, chips, batch.source)


def _mirrored(chips: Floats) -> Floats:
    """The maps for mirrored pictures; what they lead to is mirrored too, so the eyes stay where they are expected."""
    flip_in = np.array([[-1, 0, SIDE - 1], [0, 1, 0], [0, 0, 1]], np.float32)
    flipped = np.asarray(chips @ flip_in, np.float32)
    flipped[:, 0] *= -1
    flipped[:, 0, 2] += CHIP_SIDE - 1
    return flipped


def _colours(rng: np.random.Generator, count: int, strength: float) -> Floats:
    return np.exp(rng.normal(0, strength, (count, 1, 1, 3))).astype(np.float32)


def _fields(rng: np.random.Generator, count: int) -> Floats:
    """Smooth in place, most of it the same in all colours; (count, SIDE, SIDE, 3)."""
    cells = int(rng.integers(2, 6))
    coarse = rng.normal(0, 1, (count, cells, cells, 1)) + rng.normal(0, 0.35, (count, cells, cells, 3))
    strength = PLACES * rng.random((count, 1, 1, 1)) * 2
    fields = [cv2.resize(each, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for each in (coarse * strength).astype(np.float32)]
    return np.stack(fields)
