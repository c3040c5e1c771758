import numpy as np
import pytest

from faceswap.colours import COLOURS_BYTES
from faceswap.geometry import Region
from faceswap.landmarks import Landmarks
from faceswap.people import HIDDEN_MS, LEARN_MS, REMEMBERED_MS, Sighting, known_colours, missed, owners
from faceswap.state import Track

NOTHING = Landmarks(np.zeros((468, 3), np.float32), np.zeros((2, 3), np.float32), 1.0)
PALE, DARK, BETWEEN = (bytes([level]) * COLOURS_BYTES for level in (180, 80, 130))


def track(number: int, x: float, colours: bytes, missed_ms: int = 0) -> Track:
    return Track(number, Region(x, 100, 90, 0), colours, missed_ms)


def sighting(x: float, colours: bytes, *tracks: Track) -> Sighting:
    return Sighting(NOTHING, Region(x, 100, 90, 0), colours, tracks)


def numbers(sightings: list[Sighting], tracks: list[Track]) -> list[int | None]:
    return [owner.number if owner else None for owner in owners(sightings, tracks)]


LEFT, RIGHT = track(1, 100, PALE), track(2, 400, DARK)
HIDDEN, AWAY = track(2, 130, DARK, HIDDEN_MS // 2), track(2, 130, DARK, HIDDEN_MS * 5)


@pytest.mark.parametrize(
    ("sightings", "tracks", "expected"),
    [
        ([], [], []),
        ([], [LEFT], []),
        ([sighting(100, PALE)], [], [None]),
        # Followed, whatever the light does.
        ([sighting(105, PALE, LEFT), sighting(390, DARK, RIGHT)], [LEFT, RIGHT], [1, 2]),
        ([sighting(105, BETWEEN, LEFT)], [LEFT], [1]),
        # Each track slid onto the other's face.
        ([sighting(105, DARK, LEFT), sighting(390, PALE, RIGHT)], [LEFT, RIGHT], [2, 1]),
        # Two tracks on one face: it is the one's whom it looks like, in whichever order they came.
        ([sighting(110, PALE, LEFT, RIGHT)], [LEFT, RIGHT], [1]),
        ([sighting(110, PALE, RIGHT, LEFT)], [LEFT, RIGHT], [1]),
        # Back from away: by looks alone.
        ([sighting(500, DARK)], [AWAY], [2]),
        ([sighting(130, BETWEEN)], [AWAY], [None]),
        # Out from behind someone: half covered, but whoever else should it be?
        ([sighting(100, PALE, LEFT), sighting(160, BETWEEN)], [LEFT, HIDDEN], [1, 2]),
        ([sighting(100, PALE, LEFT), sighting(500, BETWEEN)], [LEFT, HIDDEN], [1, None]),
        # Someone else where nobody is missing.
        ([sighting(100, PALE, LEFT), sighting(160, PALE)], [LEFT], [1, None]),
    ],
)
def test_whose_face_it_is(sightings: list[Sighting], tracks: list[Track], expected: list[int | None]) -> None:
    assert numbers(sightings, tracks) == expected


def test_a_newcomers_colours_are_what_is_seen() -> None:
    alone = sighting(100, PALE)
    assert known_colours(alone, None, [alone], (0.0, 33.0)) == PALE


def test_colours_are_learned_now_and_then_and_not_beside_another_face() -> None:
    alone, other = sighting(105, BETWEEN, LEFT), sighting(180, DARK)
    assert known_colours(alone, LEFT, [alone], (0.0, LEARN_MS / 2)) == PALE
    assert known_colours(alone, LEFT, [alone], (0.0, LEARN_MS)) == bytes([179]) * COLOURS_BYTES
    assert known_colours(alone, LEFT, [alone], (0.0, 1e12)) == bytes([178]) * COLOURS_BYTES
    assert known_colours(alone, LEFT, [alone, other], (0.0, LEARN_MS)) == PALE


@pytest.mark.parametrize(("step_ms", "expected"), [(33.4, 33), (0.0, 1), (-1e9, 1), (float(REMEMBERED_MS), REMEMBERED_MS)])
def test_time_passes_for_who_is_missed(step_ms: float, expected: int) -> None:
    gone = missed(LEFT, step_ms)
    assert gone is not None
    assert gone.missed_ms == expected
    assert gone.shape == gone.proportions == b""


@pytest.mark.parametrize("step_ms", [REMEMBERED_MS + 1.0, 1e300, float("inf")])
def test_who_is_missed_for_long_is_forgotten(step_ms: float) -> None:
    assert missed(LEFT, step_ms) is None
    assert missed(track(1, 0, PALE, REMEMBERED_MS), 1.0) is None
