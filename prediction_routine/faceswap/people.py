"""Part of step 3: which of the people already known a face belongs to, by where it is and by what it looks like."""

from collections.abc import Sequence
from dataclasses import dataclass

from faceswap.colours import difference, learned
from faceswap.geometry import Region
from faceswap.landmarks import Landmarks
from faceswap.state import Track

#: Colours nearer to each other than this are one person's (faceswap.colours says what is usual).
ALIKE = 4.5
#: Being where someone was just before outweighs this much difference.
SAME_PLACE = 4.0
#: How long someone who is not seen counts as just hidden, ms, and how long they are remembered at all.
HIDDEN_MS = 1000
REMEMBERED_MS = 10_000
#: Two regions are one face when their centres are closer than this share of the larger side.
SAME_FACE = 0.25
#: While they are not next to another face, known colours follow those seen by one level in this time, ms.
LEARN_MS = 200.0


@dataclass(frozen=True)
class Sighting:
    """A face found in the frame, the square around it and its colours, and the tracks that led to it: none where a
    detection did."""

    found: Landmarks
    region: Region
    colours: bytes
    tracks: tuple[Track, ...] = ()


def close(region: Region, other: Region) -> bool:
    return max(abs(region.x - other.x), abs(region.y - other.y)) < SAME_FACE * max(region.size, other.size)


def owners(sightings: Sequence[Sighting], tracks: Sequence[Track]) -> list[Track | None]:
    """For each sighting the track of its person, None for a newcomer. The surest pairs are made first."""
    followed = {sighting.tracks[0].number for sighting in sightings if len(sighting.tracks) == 1}
    hidden = {track.number for track in tracks if track.missed_ms <= HIDDEN_MS} - followed
    pairs = sorted(
        (doubt, i, j)
        for i, sighting in enumerate(sightings)
        for j, track in enumerate(tracks)
        if (doubt := _doubt(sighting, track, track.number in hidden, _beside(sighting, sightings))) is not None
    )
    found: list[Track | None] = [None] * len(sightings)
    taken: set[int] = set()
    for _, i, j in pairs:
        if found[i] is None and j not in taken:
            found[i] = tracks[j]
            taken.add(j)
    return found


def _doubt(sighting: Sighting, track: Track, hidden: bool, beside: bool) -> float | None:
    """How little speaks for this person, None where it is too little."""
    doubt = difference(sighting.colours, track.colours)
    if track in sighting.tracks:
        return doubt - SAME_PLACE
    if hidden and beside and _touch(sighting.region, track.region):
        # Coming out from behind someone: half of what is seen may still be the other's.
        return min(doubt, ALIKE) - SAME_PLACE
    if hidden and close(sighting.region, track.region):
        doubt -= SAME_PLACE
    return doubt if doubt < ALIKE else None


def known_colours(
    sighting: Sighting, owner: Track | None, sightings: Sequence[Sighting], times_ms: tuple[float, float]
) -> bytes:
    """What is known of a person's colours after a frame, `times_ms` those of the state and of the frame.

    Next to another face nothing is learned: part of what is seen may be the other's.
    """
    if owner is None:
        return sighting.colours
    levels = int(times_ms[1] // LEARN_MS) - int(times_ms[0] // LEARN_MS)
    if levels <= 0 or _beside(sighting, sightings):
        return owner.colours
    return learned(owner.colours, sighting.colours, min(levels, 2))


def _beside(sighting: Sighting, sightings: Sequence[Sighting]) -> bool:
    """Whether another face is next to it or partly before it."""
    return any(_touch(sighting.region, other.region) for other in sightings if other is not sighting)


def _touch(region: Region, other: Region) -> bool:
    return max(abs(region.x - other.x), abs(region.y - other.y)) < (region.size + other.size) / 2


def missed(track: Track, step_ms: float) -> Track | None:
    """The track of someone who is not in the frame, None once they are forgotten."""
    missed_ms = track.missed_ms + max(1, round(min(step_ms, REMEMBERED_MS + 1)))
    return Track(track.number, track.region, track.colours, missed_ms) if missed_ms <= REMEMBERED_MS else None
