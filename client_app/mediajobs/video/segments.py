"""Where a video is cut into stretches that are swapped each by itself."""

from dataclasses import dataclass

from django.conf import settings

from mediajobs.video.source import VideoSource

#: Shorter ones would be mostly warm-up.
SHORTEST_SECONDS = 2.0
#: So long before a stretch its frames begin to be tracked. Smoothing settles within a second; the proportions of a face are
#: an average over some hundred frames, and where a stretch began with another average the face would change its shape.
WARM_UP_SECONDS = 4.0


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
