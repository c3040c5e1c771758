"""Opens the file that was brought and says what is in it, before any frame is decoded twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from av.sidedata.sidedata import Type as SideData
from av.stream import Disposition
from av.video.reformatter import Colorspace, ColorTrc
from django.conf import settings

from mediajobs.failures import JobFailed

#: FFmpeg would open play lists too, and fetch what they name; these are all that is let in.
FORMATS = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")
NOT_A_VIDEO = "The file is damaged or no video; expected MP4, MOV, WebM or MKV."
NO_PICTURE = "The file holds no video, only sound. Choose one with a picture in it."
_HDR = frozenset({ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67})
_BT709, _BT2020 = 1, (9, 10)
#: Where nothing says so, players take the colours of pictures this high for BT.709.
_HD_HEIGHT = 720


@dataclass(frozen=True)
class VideoSource:
    """`width` and `height` of the upright picture; `turn`: the filters that make it upright; times in ticks of `time_base`:
    `first` and `last` frame, and how long that lasts; `start`: when the earliest of picture and sound begins, in seconds;
    `promised`: the length that the file announces, `whole` whether all of that is there."""

    path: Path
    width: int
    height: int
    turn: tuple[tuple[str, str], ...]
    aspect: Fraction
    time_base: Fraction
    rate: Fraction
    first: int
    last: int
    last_lasts: int
    frames: int
    start: Fraction
    promised: float
    whole: bool
    is_hdr: bool
    colours: Colorspace
    sound_tracks: int

    @property
    def seconds(self) -> float:
        return float((self.last + self.last_lasts - self.first) * self.time_base)

    def ticks(self, seconds: float) -> int:
        return round(seconds / self.time_base)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The container. Raises JobFailed for what is none."""
    options = {"format_whitelist": ",".join(FORMATS), "protocol_whitelist": "file"}
    try:
        container = av.open(str(path), container_options=options, metadata_errors="replace")
    except (FFmpegError, ValueError) as error:
        raise JobFailed(NOT_A_VIDEO) from error
    with container:
        yield container


def video_stream(container: Any) -> Any:
    """The first that is no cover picture. Raises JobFailed."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise JobFailed(NO_PICTURE if container.streams.audio else NOT_A_VIDEO)


def examine(path: Path) -> VideoSource:
    """Raises JobFailed for what is no video, or too large a one."""
    with opened(path) as container:
        stream = video_stream(container)
        frame = _first_frame(container, stream)
        turn, turned = _turn(frame)
        width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        rate = stream.average_rate or stream.guessed_rate or Fraction(30)
        facts: dict[str, Any] = {
            "turn": turn,
            "width": width,
            "height": height,
            "aspect": 1 / aspect if turned else aspect,
            "time_base": stream.time_base,
            "rate": rate,
            "promised": float(container.duration or 0) / av.time_base,
            "start": Fraction(container.start_time or 0, av.time_base),
            "is_hdr": frame.color_trc in _HDR,
            "colours": _colours(frame),
            "sound_tracks": len(container.streams.audio),
        }
    with opened(path) as container:
        walk = _walk(container, video_stream(container))
    lasts = walk.last_lasts or max(1, round(1 / (rate * facts["time_base"])))
    source = VideoSource(
        path, first=frame.pts, last=max(walk.last, frame.pts), last_lasts=lasts, frames=walk.frames, whole=walk.whole, **facts
    )
    _require_within_limits(source)
    return source


def _first_frame(container: Any, stream: Any) -> Any:
    try:
        for packet in container.demux(stream):
            try:
                for frame in packet.decode():
                    if frame.pts is not None:
                        return frame
            except FFmpegError:
                continue  # The next may be readable.
    except FFmpegError as error:
        raise JobFailed(NOT_A_VIDEO) from error
    raise JobFailed(NOT_A_VIDEO)


@dataclass(frozen=True)
class _Walk:
    """How many frames there are, the time of the last, and whether the file ends where it should."""

    frames: int = 0
    last: int = 0
    last_lasts: int = 0
    whole: bool = False


def _walk(container: Any, stream: Any) -> _Walk:
    walk = _Walk()
    try:
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None and not packet.is_discard:
                newest = packet if packet.pts >= walk.last else None
                walk = replace(
                    walk,
                    frames=walk.frames + 1,
                    last=newest.pts if newest else walk.last,
                    last_lasts=newest.duration or 0 if newest else walk.last_lasts,
                )
    except FFmpegError:
        return walk
    return replace(walk, whole=not stream.frames or walk.frames >= stream.frames - 1)


def _turn(frame: Any) -> tuple[tuple[tuple[str, str], ...], bool]:
    """From the display matrix: the filters, and whether width and height change places."""
    side = frame.side_data.get(SideData.DISPLAYMATRIX)
    if side is None:
        return (), False
    matrix = memoryview(bytes(side)).cast("i")
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return ((("hflip", ""),) if a < 0 else ()) + ((("vflip", ""),) if d < 0 else ()), False
    direction = {(True, False): "clock", (False, True): "cclock", (True, True): "cclock_flip", (False, False): "clock_flip"}
    return (("transpose", direction[b > 0, c > 0]),), True


def _colours(frame: Any) -> Colorspace:
    """BT.709 or BT.601: what the result is in, too. BT.2020 becomes BT.709."""
    if frame.colorspace == _BT709 or frame.colorspace in _BT2020:
        return Colorspace.ITU709
    unsaid = frame.colorspace in (0, 2)
    return Colorspace.ITU709 if unsaid and min(frame.width, frame.height) >= _HD_HEIGHT else Colorspace.ITU601


def _require_within_limits(source: VideoSource) -> None:
    if source.seconds > settings.MAX_VIDEO_SECONDS:
        limit = settings.MAX_VIDEO_SECONDS / 60
        raise JobFailed(f"The video is {source.seconds / 60:.1f} minutes long; expected at most {limit:.3g}. Cut it shorter.")
    if source.width * source.height > settings.MAX_VIDEO_PIXELS:
        megapixels = settings.MAX_VIDEO_PIXELS / 1e6
        size = f"{source.width} x {source.height}"
        raise JobFailed(f"The video is {size}; expected at most {megapixels:.3g} megapixels a frame. Make it smaller.")
