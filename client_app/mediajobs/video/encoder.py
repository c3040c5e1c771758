"""Encodes a stretch of swapped frames as H.264, in a file that keeps their times exactly."""

import os
from pathlib import Path
from typing import Any

import av
from av import VideoFormat, VideoFrame
from av.video.frame import PictureType
from av.video.reformatter import Colorspace

from mediajobs.video.source import VideoSource

#: Hard to tell from what went in; the speed is that at which the encoder keeps well ahead of the model.
#: Macroblock trees would make the last frames before the end of a stretch coarser, since nothing follows them there.
OPTIONS = {"crf": "18", "preset": "veryfast", "x264-params": "mbtree=0"}
FORMAT = "nut"
_MATRIX = {Colorspace.ITU709: 1, Colorspace.ITU601: 6}


class StretchWriter:
    """Each frame is written as it comes; the file is whole after `close`."""

    def __init__(self, path: Path, source: VideoSource, streams: int) -> None:
        self._container = av.open(str(path), "w", format=FORMAT)
        self._padding = _Padding(source)
        self._stream: Any = self._container.add_stream("libx264", rate=source.rate, options=OPTIONS)
        context = self._stream.codec_context
        context.width, context.height = source.width + source.width % 2, source.height + source.height % 2
        context.pix_fmt = "yuv420p"
        context.time_base = self._stream.time_base = source.time_base
        context.sample_aspect_ratio = source.aspect
        context.colorspace = context.color_primaries = context.color_trc = _MATRIX[source.colours]
        context.color_range = 1
        # Without B-frames no time needs an edit list, and stretches can be put behind one another as they are.
        context.max_b_frames = 0
        context.thread_count = max(1, (os.cpu_count() or 1) // streams)

    def write(self, frame: VideoFrame) -> None:
        padded = self._padding(frame)
        padded.pict_type = PictureType.NONE  # the choice of key frames is not the source's
        padded.pts, padded.time_base = frame.pts, frame.time_base
        self._mux(padded)

    def close(self) -> None:
        self._mux(None)
        self._container.close()

    def abandon(self) -> None:
        self._container.close()

    def _mux(self, frame: VideoFrame | None) -> None:
        for packet in self._stream.encode(frame):
            self._container.mux(packet)


class _Padding:
    """Adds a column or a row to a picture of odd size, which this kind of video cannot have, by repeating its edge."""

    def __init__(self, source: VideoSource) -> None:
        right, bottom = source.width % 2, source.height % 2
        self._graph: Any = None
        if right or bottom:
            self._graph = av.filter.Graph()
            shape = (source.width + right, source.height + bottom)
            chain = [
                self._graph.add_buffer(
                    width=source.width, height=source.height, format=VideoFormat("yuv420p"), time_base=source.time_base
                ),
                self._graph.add("pad", f"{shape[0]}:{shape[1]}"),
                self._graph.add("fillborders", f"right={right}:bottom={bottom}:mode=smear"),
                self._graph.add("buffersink"),
            ]
            self._graph.link_nodes(*chain).configure()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        if self._graph is None:
            return frame
        self._graph.push(frame)
        padded: VideoFrame = self._graph.pull()
        return padded
