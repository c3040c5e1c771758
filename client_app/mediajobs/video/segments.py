"""Where a video is cut into stretches that are swapped each by itself."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from django.conf import settings

from mediajobs.video.source import VideoSource

#: Shorter ones would be mostly warm-up.
SHORTEST_SECONDS = 2.0
#: So long before a stretch its frames begin to be tracked. Smoothing settles within a second; the proportions of a face are
#: an average over some hundred frames, and where a stretch began with another average the face would change its shape.
WARM_UP_SECONDS = 4.0
#: What a frame takes that is tracked and not painted, as a share of what one takes that is.
TRACKING = 1 / 3


@dataclass(frozen=True)
class Stretch:
    """Frames from `start` up to `end` in ticks, None for all the rest; those from `warm_from` on only lead to it."""

    number: int
    start: int
    end: int | None
    warm_from: int


def plan(source: VideoSource, streams: int) -> list[Stretch]:
    """As long as the setting says, or shorter, so that a short video too gives every stream something to do."""
    wanted = min(settings.VIDEO_SEGMENT_SECONDS, max(SHORTEST_SECONDS, source.seconds / streams))
    count = max(1, round(source.seconds / wanted))
    starts = [source.first + source.ticks(source.seconds * number / count) for number in range(count)]
    return stretches(source, starts)


def stretches(source: VideoSource, starts: list[int]) -> list[Stretch]:
    warm_up = source.ticks(WARM_UP_SECONDS)
    ends = [*starts[1:], None]
    return [
        Stretch(number, start, end, max(source.first, start - warm_up))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def chains(stretches: list[Stretch], streams: int) -> list[list[Stretch]]:
    """Stretches that follow one another, a chain of them for each stream, where every stream has to know the people from the
    video's beginning on: the more of it one only tracks, the less it swaps, so that all end at the same time."""
    shares = list(accumulate(((1 - TRACKING) ** number for number in range(streams)), initial=0.0))
    cuts = [round(len(stretches) * share / shares[-1]) for share in shares]
    return [stretches[start:end] for start, end in pairwise(cuts) if start < end]
