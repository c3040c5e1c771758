"""What the harmoniser learns from: a person's frame, and another frame of the same person swapped onto it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np

from faceswap.arrays import Floats, Image, Ints, Mask
from faceswap.harmonise import SIDE, Parts, parts
from faceswap.mesh_engine import MeshEngine
from faceswap.parameters import Parameters
from faceswap.source import Source, SourceMaker
from faceswap.steps import Steps
from training.faces import Names
from training.harmoniser.chip import CHIP_SIDE, chip_affine
from training.harmoniser.footage import Shot, photo_of, varied
from training.stored import stored

#: Less of the picture than this is no face to learn from.
LEAST_FACE = 0.1


@dataclass(frozen=True)
class Pairs:
    """Of n pairs, on SIDE x SIDE: `user`, `lit` and `low` BGR uint8 and `alpha` uint8, as `faceswap.harmonise.Parts`; where
    the source shows the same person, `user` is the answer. `chips` float32 (n, 2, 3): the map to the identity network's
    picture. `people` and `source_people` (n,): the clips; `source` int32 (n,): which of `photos` (m, CHIP_SIDE, CHIP_SIDE, 3),
    BGR uint8, aligned for the identity network."""

    user: Image
    lit: Image
    low: Image
    alpha: Mask
    chips: Floats
    people: Names
    source_people: Names
    source: Ints
    photos: Image

    def of(self, people: Sequence[str]) -> "Pairs":
        """The pairs of which both people are among these; all the photos."""
        chosen = np.isin(self.people, people) & np.isin(self.source_people, people)
        return Pairs(
            self.user[chosen], self.lit[chosen], self.low[chosen], self.alpha[chosen], self.chips[chosen],
            self.people[chosen], self.source_people[chosen], self.source[chosen], self.photos,
        )  # fmt: skip

    def save(self, path: Path) -> None:
        np.savez(path, **vars(self))


def load(path: Path) -> Pairs:
    """Raises ValueError where the file was not written by `prepare`."""
    pairs = Pairs(**stored(path, [f.name for f in fields(Pairs)], "make it with `python -m training.harmoniser.prepare`"))
    if pairs.user.shape[1:] != (SIDE, SIDE, 3):
        raise ValueError(f"{path} holds pictures of another size; make it again with `python -m training.harmoniser.prepare`")
    return pairs


@dataclass(frozen=True)
class Candidate:
    """A source that could be swapped in, the person it shows and its photo for the identity network."""

    source: Source
    person: str
    photo: Image


def candidates(
    rng: np.random.Generator, person: str, shots: Sequence[Shot], others: Sequence[Image], make_source: SourceMaker
) -> Iterator[Candidate]:
    """Each shot as a source twice: as it is, and varied."""
    for shot in shots:
        photo = photo_of(shot)
        affine = chip_affine(photo.face.landmarks)
        chip = np.asarray(
            cv2.warpAffine(photo.frame, affine, (CHIP_SIDE, CHIP_SIDE), borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
        for given in (photo, varied(rng, photo, others[int(rng.integers(len(others)))])):
            yield Candidate(make_source([(given.frame, given.face)]), person, chip)


class Pairing:
    """Makes pairs with a mesh engine that has no harmoniser."""

    def __init__(self, engine: MeshEngine) -> None:
        self._engine = engine
        self._rows: list[tuple[Parts, Floats, str, str, int]] = []

    def add(self, shot: Shot, person: str, number: int, candidate: Candidate) -> None:
        """The candidate, number `number` of all, swapped onto the shot of `person`."""
        own = person == candidate.person
        # The same person's shape is the same: what a photo says of it otherwise is a mistake that the answer would not have;
        # and the answer is the frame, eyes and all.
        options = Parameters(shape=0.0, eyes="user") if own else Parameters()
        frame = shot.frame.copy()
        fitted = self._engine.fit(frame, shot.frame, shot.face, candidate.source, options, Steps())
        if fitted is None or float(fitted.mask.alpha.mean()) < LEAST_FACE:
            return
        to_chip = chip_affine(fitted.points * np.float32(SIDE / fitted.user.shape[0])).astype(np.float32)
        self._rows.append((parts(fitted.user, fitted.lit, fitted.mask), to_chip, person, candidate.person, number))

    def pairs(self, photos: Sequence[Image]) -> Pairs:
        """All that were added; `photos`: of every candidate."""
        given, chips, people, source_people, numbers = zip(*self._rows, strict=True)
        return Pairs(
            np.stack([g.user for g in given]),
            np.stack([g.lit for g in given]),
            np.stack([g.low for g in given]),
            np.stack([np.asarray(g.alpha * 255, np.uint8) for g in given]),
            np.asarray(chips, np.float32),
            np.array(people, np.str_),
            np.array(source_people, np.str_),
            np.array(numbers, np.int32),
            np.stack(photos),
        )
