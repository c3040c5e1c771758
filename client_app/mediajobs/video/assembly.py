"""Puts the stretches behind one another, and the sound beside them, into one MP4 file."""

import heapq
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from mediajobs import xmp
from mediajobs.video import sound
from mediajobs.video.source import VideoSource, opened

#: A stretch's local file, made there when it is asked for.
Fetch = Callable[[], Path]


def assemble(
    source: VideoSource, stretches: list[Fetch], result: Path, complete: bool, check: Callable[[], None] = lambda: None
) -> float:
    """Writes the file; returns how many seconds of the video it holds. Where it is not `complete`, the sound ends with the
    picture. `check` is called again and again, to end it."""
    with opened(source.path) as original, av.open(str(result), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        with av.open(str(stretches[0]())) as first:
            picture = output.add_stream_from_template(first.streams.video[0])
        picture.time_base = source.time_base
        heard = sound.sound_stream(original)
        track = sound.add_track(output, heard) if heard is not None else None
        clock = _Clock(source.start)
        tracks = [clock.shifted(_pictures(source, stretches, clock), picture)]
        if track is not None:
            tracks.append(clock.shifted(sound.packets(original, heard, track), track))
        for _, packet in heapq.merge(*tracks, key=lambda timed: timed[0]):
            check()
            if not complete and packet.stream is not picture and clock.ended is not None and _seconds(packet) >= clock.ended:
                break
            output.mux(packet)
    xmp.add_to_mp4(result)
    return float(clock.newest)


class _Clock:
    """Where the file begins, and where its picture ends."""

    def __init__(self, start: Fraction) -> None:
        self._start = start
        self.newest = Fraction(0)
        self.ended: Fraction | None = None

    def shifted(self, packets: Iterator[Any], track: Any) -> Iterator[tuple[Fraction, Any]]:
        for packet in packets:
            packet.stream = track
            back = round(self._start / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts - back
            packet.dts = None if packet.dts is None else packet.dts - back
            yield packet.dts * packet.time_base, packet


def _seconds(packet: Any) -> Fraction:
    return Fraction(packet.pts * packet.time_base)


def _pictures(source: VideoSource, stretches: list[Fetch], clock: _Clock) -> Iterator[Any]:
    """Each frame lasts until the next."""
    before: Any = None
    for packet in _stretch_packets(stretches):
        if before is not None:
            before.duration = packet.pts - before.pts
            yield before
        before = packet
        clock.newest = (packet.pts * packet.time_base) + source.last_lasts * source.time_base - source.start
    if before is not None:
        before.duration = round(source.last_lasts * source.time_base / before.time_base)
        yield before
    clock.ended = clock.newest


def _stretch_packets(stretches: list[Fetch]) -> Iterator[Any]:
    for fetch in stretches:
        path = fetch()
        with av.open(str(path)) as container:
            for packet in container.demux(video=0):
                if packet.pts is not None:
                    packet.dts = packet.pts
                    yield packet
        path.unlink()
