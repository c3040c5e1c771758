"""The sound of a video as MP4 takes it: as it was where it can be, else as AAC."""

from collections.abc import Iterator
from typing import Any

import av.filter
from av.error import FFmpegError

#: What MP4 holds and every player of MP4 plays.
COPIED = frozenset({"aac", "mp3"})
BIT_RATE = 192_000


def sound_stream(container: Any) -> Any | None:
    streams = container.streams.audio
    return streams[0] if streams else None


def add_track(output: Any, stream: Any) -> Any:
    if stream.codec_context.name in COPIED:
        return output.add_stream_from_template(stream)
    context = stream.codec_context
    track = output.add_stream("aac", rate=_rate(context.sample_rate), layout=_layout(context.layout))
    track.bit_rate = BIT_RATE if context.layout.nb_channels <= 2 else 2 * BIT_RATE
    return track


def packets(container: Any, stream: Any, track: Any) -> Iterator[Any]:
    """Packets for the track, with the times that the file gives them; a file that breaks off ends early."""
    yield from _copied(container, stream) if stream.codec_context.name in COPIED else _encoded(container, stream, track)


def _copied(container: Any, stream: Any) -> Iterator[Any]:
    try:
        for packet in container.demux(stream):
            if packet.dts is not None:
                yield packet
    except FFmpegError:
        return


def _encoded(container: Any, stream: Any, track: Any) -> Iterator[Any]:
    graph = None
    for frame in _decoded(container, stream):
        graph = graph or _graph(frame, track.codec_context)
        graph.push(frame)
        yield from _drained(graph, track)
    if graph is not None:
        graph.push(None)
        yield from _drained(graph, track)
        yield from track.encode(None)


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    try:
        for packet in container.demux(stream):
            try:
                yield from (frame for frame in packet.decode() if frame.pts is not None)
            except FFmpegError:
                continue  # A damaged packet: silence takes its place.
    except FFmpegError:
        return


def _drained(graph: Any, track: Any) -> Iterator[Any]:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield from track.encode(frame)


def _graph(frame: Any, context: Any) -> Any:
    """Fills with silence what is missing in the middle, so that what follows stays in step with the picture."""
    graph = av.filter.Graph()
    buffer = graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name, time_base=frame.time_base
    )
    rate = f"sample_fmts=fltp:sample_rates={context.sample_rate}:channel_layouts={context.layout.name}"
    chain = [buffer, graph.add("aresample", "async=1"), graph.add("aformat", rate), graph.add("abuffersink")]
    graph.link_nodes(*chain).configure()
    graph.set_audio_frame_size(1024)
    return graph


def _rate(rate: int) -> int:
    return rate if rate in (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000) else 48000


def _layout(layout: Any) -> str:
    return layout.name if layout.nb_channels in (1, 2, 6, 8) and layout.name in ("mono", "stereo", "5.1", "7.1") else "stereo"
