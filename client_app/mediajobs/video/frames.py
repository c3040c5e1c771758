"""Decodes a stretch of a video."""

from collections.abc import Callable, Iterator
from typing import Any

from av.error import FFmpegError

from mediajobs.video.source import VideoSource, opened, video_stream

#: Where seeking lands behind the place that was asked for, it is tried from so many seconds earlier.
_EARLIER = (0.0, 2.0, 15.0)


def decode(source: VideoSource, start: int, end: int | None, lost: Callable[[], None]) -> Iterator[Any]:
    """The frames from `start` up to `end`, in ticks, in order; `lost` is called for each piece that cannot be read."""
    if start > source.first:
        for earlier in _EARLIER:
            at = start - source.ticks(earlier)
            if at <= source.first:
                break
            frames = _from(source, at, lost)
            first = next(frames, None)
            if first is not None and first.pts <= start:
                yield from _within(_chained(first, frames), start, end)
                return
            frames.close()
    yield from _within(_from(source, None, lost), start, end)


def _from(source: VideoSource, at: int | None, lost: Callable[[], None]) -> Any:
    """Everything from the last key frame before `at`; from the beginning where that is None, or cannot be sought."""
    with opened(source.path) as container:
        stream = video_stream(container)
        stream.thread_count = 1
        if at is not None:
            try:
                container.seek(at, stream=stream, backward=True)
            except FFmpegError:
                return
        try:
            for packet in container.demux(stream):
                try:
                    yield from (frame for frame in packet.decode() if frame.pts is not None)
                except FFmpegError:
                    lost()
        except FFmpegError:
            return


def _chained(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _within(frames: Iterator[Any], start: int, end: int | None) -> Iterator[Any]:
    newest = start - 1
    for frame in frames:
        if end is not None and frame.pts >= end:
            return
        # Two frames of one moment, or of a moment that has passed, no player could tell apart.
        if frame.pts > newest:
            newest = frame.pts
            yield frame
