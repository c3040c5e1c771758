"""Makes video files of every kind that a visitor may bring, out of real footage."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from tests.footage import Frame, carphone

RATE = 48_000
CLICK_SECONDS = 0.01


@dataclass(frozen=True)
class Clip:
    """`times`: when each frame is shown, in milliseconds; `clicks`: when the sound clicks, in seconds, none for no sound;
    `silent`: further sound tracks, without one; `rotation` counter-clockwise, as the container tells it."""

    times: Sequence[int] = range(0, 1000, 40)
    size: tuple[int, int] = (320, 240)
    clicks: Sequence[float] | None = (0.25, 0.75)
    video_codec: str = "libx264"
    sound_codec: str = "aac"
    pixels: str = "yuv420p"
    rotation: int = 0
    sound_from: float = 0.0
    silent: int = 0
    step_ms: int = 40
    transfer: int | None = None

    def write(self, path: Path, frames: Sequence[Frame] | None = None) -> Path:
        pictures = frames or [flash(self.size, number) for number in range(len(self.times))]
        with av.open(str(path), "w") as container:
            video: Any = container.add_stream(self.video_codec, rate=1000 // self.step_ms)
            video.width, video.height, video.pix_fmt = *self.size, self.pixels
            video.codec_context.time_base = Fraction(1, 1000)
            if self.transfer is not None:
                video.codec_context.color_trc, video.codec_context.color_primaries = self.transfer, 9
                video.codec_context.colorspace = 9
            if self.rotation:
                video.set_display_rotation(self.rotation)
            tracks = [] if self.clicks is None else [self.clicks, *[()] * self.silent]
            sounds: list[Any] = [container.add_stream(self.sound_codec, rate=RATE, layout="mono") for _ in tracks]
            packets = self._video(video, pictures)
            for sound, clicks in zip(sounds, tracks, strict=True):
                packets += self._sound(sound, clicks)
            for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
                container.mux(packet)
        return path

    def _video(self, stream: Any, pictures: Sequence[Frame]) -> list[Any]:
        packets: list[Any] = []
        for time, picture in zip(self.times, pictures, strict=False):
            frame: Any = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format=self.pixels)
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            if self.transfer is not None:
                frame.color_trc, frame.color_primaries, frame.colorspace = self.transfer, 9, 9
            packets += stream.encode(frame)
        return [*packets, *stream.encode(None)]

    def _sound(self, stream: Any, clicks: Sequence[float]) -> list[Any]:
        length = (self.times[-1] + self.step_ms) / 1000 - self.sound_from
        wave = np.zeros(round(length * RATE), np.int16)
        tone = (np.sin(np.arange(round(CLICK_SECONDS * RATE)) / RATE * 2 * np.pi * 2000) * 20000).astype(np.int16)
        for click in clicks:
            at = round((click - self.sound_from) * RATE)
            wave[at : at + len(tone)] = tone
        packets: list[Any] = []
        for at in range(0, len(wave), 1024):
            frame: Any = av.AudioFrame.from_ndarray(wave[None, at : at + 1024], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, round(self.sound_from * RATE) + at, Fraction(1, RATE)
            packets += stream.encode(frame)
        return [*packets, *stream.encode(None)]


def flash(size: tuple[int, int], number: int) -> Frame:
    """Four corners of different brightness, so that turning can be told, and the frame's number as stripes in the middle."""
    width, height = size
    picture = np.full((height, width, 3), 60, np.uint8)
    picture[: height // 2, : width // 2] = 220
    picture[: height // 2, width // 2 :] = 140
    for bit in range(6):
        left = width // 4 + bit * width // 12
        picture[3 * height // 4 :, left : left + width // 14] = 250 if number >> bit & 1 else 10
    return picture


def talking(count: int, size: tuple[int, int] = (320, 240)) -> list[Frame]:
    """A man talking, there and back again."""
    forth = [np.asarray(cv2.resize(frame, size), np.uint8) for frame in carphone(min(count, 120))]
    there_and_back = [*forth, *reversed(forth)]
    return [there_and_back[number % len(there_and_back)] for number in range(count)]


@dataclass(frozen=True)
class Seen:
    """What is in a video file: each frame's time in seconds and picture (RGB), and when the sound clicks."""

    times: list[float]
    pictures: list[Any]
    clicks: list[float]
    sound_codec: str | None
    video: Any


@dataclass(frozen=True)
class Track:
    codec: str
    pixels: str
    width: int
    height: int
    rate: Fraction | None


def look_at(path: Path) -> Seen:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        track = Track(
            stream.codec_context.name, str(stream.codec_context.pix_fmt), stream.width, stream.height, stream.average_rate
        )
        frames = list(container.decode(video=0))
    times = [float(frame.time or 0) for frame in frames]
    with av.open(str(path)) as container:
        codec = container.streams.audio[0].codec_context.name if container.streams.audio else None
        clicks = _clicks(container) if codec else []
    return Seen(times, [frame.to_ndarray(format="rgb24") for frame in frames], clicks, codec, track)


def _clicks(container: Any) -> list[float]:
    found: list[float] = []
    for frame in container.decode(audio=0):
        wave = np.abs(frame.to_ndarray().astype(np.float32)).max(0)
        wave /= 1.0 if frame.format.name.startswith("flt") else 32768.0
        for at in np.flatnonzero(wave > 0.2):
            time = frame.time + at / frame.sample_rate
            if not found or time - found[-1] > 0.1:
                found.append(float(time))
    return found


def number_of(picture: Any) -> int:
    """Which frame of `flash` it is."""
    height, width = picture.shape[:2]
    row = picture[7 * height // 8, :, 1]
    return sum((row[width // 4 + bit * width // 12 + width // 28] > 128) << bit for bit in range(6))
