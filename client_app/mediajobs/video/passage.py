"""Swaps a stretch of a video: decoded, sent, taken back and encoded, with a window of frames on the way."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediajobs.failures import JobStopped
from mediajobs.progress import Progress
from mediajobs.relay_stream import Answer, RelayStream
from mediajobs.video.encoder import StretchWriter
from mediajobs.video.frames import decode
from mediajobs.video.picture import Converter
from mediajobs.video.segments import Stretch
from mediajobs.video.source import VideoSource

UNREADABLE = "Some frames could not be read and were left out."


@dataclass(frozen=True)
class Outcome:
    """Of a stretch: its file, how many frames it holds, in how many of them a face was swapped, and whether it is all of it."""

    path: Path
    frames: int
    swapped: int
    complete: bool


class Passage:
    """Over one stream: several stretches may go through it one after another, and the people in them keep their ids."""

    def __init__(self, source: VideoSource, progress: Progress, stream: RelayStream, streams: int) -> None:
        self._source = source
        self._progress = progress
        self._stream = stream
        self._streams = streams
        self._converter = Converter(source)
        self._opacity = progress.wish().options.get("opacity", 1.0)
        self._at: int | None = None

    def swap(self, stretch: Stretch, path: Path) -> Outcome:
        """Raises RelayAway, JobFailed; when the job is to stop, what was done until then is an outcome."""
        if self._at != stretch.start:
            self._warm_up(stretch)
        self._at = stretch.end
        writer, frames, swapped, complete = StretchWriter(path, self._source, self._streams), 0, 0, False
        try:
            for frame, answer in self._swapped(decode(self._source, stretch.start, stretch.end, self._lost)):
                writer.write(frame if answer.unchanged else self._converter.from_jpeg(answer.jpeg, frame))
                frames, swapped = frames + 1, swapped + (not answer.unchanged)
                self._progress.frame_done(answer.jpeg)
            complete = True
        except JobStopped:
            pass
        except BaseException:
            writer.abandon()
            self._progress.undone(frames)
            raise
        writer.close()
        for code, message in self._stream.notes.items():
            self._progress.note(code, message)
        return Outcome(path, frames, swapped, complete)

    def _warm_up(self, stretch: Stretch) -> None:
        """The frames before it are tracked and not painted, which takes a third of the time."""
        if stretch.warm_from < stretch.start:
            self._stream.change(opacity=0)
            for _ in self._swapped(decode(self._source, stretch.warm_from, stretch.start, self._lost)):
                pass
            self._stream.change(opacity=self._opacity)

    def _swapped(self, frames: Iterator[Any]) -> Iterator[tuple[Any, Answer]]:
        """Each frame, upright, with its answer; none is on the way when it ends."""
        sent: deque[Any] = deque()
        for frame in frames:
            self._progress.check()
            upright = self._converter.upright(frame)
            jpeg = self._converter.to_jpeg(upright, self._stream.frame_bytes)
            if len(sent) == self._stream.window:
                answer, answered = self._stream.answer(), sent.popleft()
                self._send(jpeg, upright, sent)
                yield answered, answer
            else:
                self._send(jpeg, upright, sent)
        while sent:
            yield sent.popleft(), self._stream.answer()

    def _send(self, jpeg: bytes, frame: Any, sent: "deque[Any]") -> None:
        self._stream.send(jpeg, float(frame.pts * self._source.time_base * 1000))
        sent.append(frame)

    def _lost(self) -> None:
        self._progress.note("unreadable", UNREADABLE)
