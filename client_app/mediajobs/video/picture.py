"""Frames as they are sent and as they are kept: upright 8-bit pictures, as JPEG on the way."""

import io
from typing import Any

import av.filter
from av import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from PIL import Image

from mediajobs.failures import JobFailed
from mediajobs.video.source import VideoSource

QUALITIES = (95, 90, 80, 70, 55, 40)
#: SWS_BILINEAR with SWS_ACCURATE_RND, SWS_FULL_CHR_H_INT and SWS_FULL_CHR_H_INP: without them each way takes off two levels.
_ACCURATE = 2 | 0x40000 | 0x2000 | 0x4000


class Converter:
    """For the frames of one video, by one thread."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._graph: Any = None
        self._graph_for: tuple[Any, ...] = ()
        self._flat, self._to_rgb, self._from_rgb = VideoReformatter(), VideoReformatter(), VideoReformatter()
        self._quality = 0

    def upright(self, frame: VideoFrame) -> VideoFrame:
        """As the result holds it: turned, 4:2:0 in 8 bits, of the size that the video began with."""
        turned = self._filtered(frame) if self._source.turn or self._source.is_hdr else frame
        colours = None if turned.colorspace in (0, 2) or self._source.is_hdr else turned.colorspace
        flat = self._flat.reformat(
            turned,
            width=self._source.width,
            height=self._source.height,
            format="yuv420p",
            src_colorspace=self._source.colours if colours is None else None,
            dst_colorspace=self._source.colours,
            src_color_range=turned.color_range or ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_ACCURATE,
            threads=1,
        )
        flat.pts, flat.time_base = frame.pts, frame.time_base
        return flat

    def to_jpeg(self, frame: VideoFrame, limit: int) -> bytes:
        """As good as `limit` bytes allow; raises JobFailed where no quality does."""
        rgb = self._to_rgb.reformat(
            frame,
            format="rgb24",
            src_colorspace=self._source.colours,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=_ACCURATE,
            threads=1,
        )
        image = Image.frombuffer("RGB", (rgb.width, rgb.height), bytes(rgb.planes[0]), "raw", "RGB", rgb.planes[0].line_size, 1)
        while True:
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=QUALITIES[self._quality])
            if buffer.tell() <= limit:
                return buffer.getvalue()
            # One frame that needs less is followed by others, and a picture that changes its quality flickers.
            self._quality += 1
            if self._quality == len(QUALITIES):
                raise JobFailed(
                    f"Frames of {frame.width} x {frame.height} are larger than this server takes. Make the video smaller."
                )

    def from_jpeg(self, jpeg: bytes, like: VideoFrame) -> VideoFrame:
        image = Image.open(io.BytesIO(jpeg))
        frame = self._from_rgb.reformat(
            VideoFrame.from_image(image.convert("RGB")),  # type: ignore[no-untyped-call]
            width=like.width,
            height=like.height,
            format="yuv420p",
            dst_colorspace=self._source.colours,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_ACCURATE,
            threads=1,
        )
        frame.pts, frame.time_base = like.pts, like.time_base
        return frame

    def _filtered(self, frame: VideoFrame) -> VideoFrame:
        key = (frame.width, frame.height, frame.format.name)
        if self._graph_for != key:
            self._graph, self._graph_for = self._new_graph(frame), key
        self._graph.push(frame)
        turned: VideoFrame = self._graph.pull()
        return turned

    def _new_graph(self, frame: VideoFrame) -> Any:
        graph = av.filter.Graph()
        chain = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)]
        chain += [graph.add(*step) for step in (*self._source.turn, *(_TONE_MAPPING if self._source.is_hdr else ()))]
        chain.append(graph.add("buffersink"))
        graph.link_nodes(*chain).configure()
        return graph


_TONE_MAPPING = (("scale", "out_primaries=bt709:out_transfer=bt709:out_color_matrix=bt709:out_range=tv"), ("format", "yuv420p"))
