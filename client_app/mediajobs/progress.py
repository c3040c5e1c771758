"""How far a job is: told by the threads that do it, written to the database by the one that owns it, twice a second."""

import io
import threading
import time
from dataclasses import dataclass, field

from PIL import Image

from mediajobs.failures import JobStopped
from mediajobs.models import Job, Preview, State
from mediajobs.relay_stream import Wish
from mediajobs.wishes import wish_of

TICK_SECONDS = 0.5
PREVIEW_SECONDS = 1.0
#: Larger frames are reduced for the page to show.
PREVIEW_SIDE = 960
#: The speed is that of the last seconds, so that it settles soon and yet follows.
_SPEED_SECONDS = 10.0


@dataclass
class Progress:
    """Of one running job. `stopping` tells every thread to end; `asked`: it is the visitor's or the face owner's wish, as it
    stands in the job's row, and not this worker that ends; `gone`: the job was deleted."""

    job: Job
    shutting_down: threading.Event
    stopping: threading.Event = field(default_factory=threading.Event)
    asked: str = ""
    gone: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _frames: int = 0
    _before: int = 0
    _trouble: str = ""
    _newest: bytes = b""
    _notes: dict[str, str] = field(default_factory=dict)
    _history: list[tuple[float, int]] = field(default_factory=list)
    _shown_at: float = 0.0
    _ticked_at: float = 0.0
    _wish: Wish | None = None

    def wish(self) -> Wish:
        """As it is now: a visit's jobs may have become an account's."""
        with self._lock:
            self._wish = self._wish or wish_of(self.job)
            return self._wish

    def begin(self, done: int, total: int | None) -> None:
        """`done`: frames of an earlier worker, which count for how far it is and not for the speed."""
        self._before = done
        Job.objects.filter(id=self.job.id).update(frames_done=done, frames_total=total)
        self.job.frames_total = total

    def frame_done(self, jpeg: bytes | None) -> None:
        with self._lock:
            self._frames += 1
            self._trouble = ""
            self._newest = jpeg or self._newest

    def undone(self, frames: int) -> None:
        """Frames of a segment that is begun anew."""
        with self._lock:
            self._frames -= frames

    def in_trouble(self, message: str) -> None:
        with self._lock:
            self._trouble = message

    def note(self, code: str, message: str) -> None:
        """Once, however often it is said."""
        with self._lock:
            self._notes.setdefault(code, message)

    @property
    def notes(self) -> list[str]:
        with self._lock:
            return list(self._notes.values())

    def check(self) -> None:
        """Raises JobStopped when the job is to end."""
        if self.stopping.is_set():
            raise JobStopped

    def beat(self) -> None:
        """To be called often, by the thread that owns the job. Raises JobStopped when it is to end."""
        if time.monotonic() >= self._ticked_at + TICK_SECONDS:
            self.tick()
        self.check()

    def tick(self) -> None:
        """Writes how far it is, and reads whether it is to go on."""
        self._ticked_at = time.monotonic()
        with self._lock:
            frames, trouble, newest = self._frames, self._trouble, self._newest
        now = time.monotonic()
        speed = self._speed(now, frames)
        done, total = self._before + frames, self.job.frames_total
        left = (total - done) / speed if speed and total else None
        mine = Job.objects.filter(id=self.job.id, state=State.RUNNING, worker=self.job.worker)
        if not mine.update(frames_done=done, fps=speed, seconds_left=left, message=trouble):
            self.gone = True
            self.stopping.set()
            return
        self._read()
        if newest and now >= self._shown_at + PREVIEW_SECONDS:
            self._shown_at = now
            Preview.objects.update_or_create(job=self.job, defaults={"jpeg": _reduced(newest)})
        if self.asked or self.shutting_down.is_set():
            self.stopping.set()

    def _read(self) -> None:
        row = Job.objects.values("stop", "visitor").filter(id=self.job.id).first()
        if row is None:
            self.gone = True
            self.stopping.set()
            return
        self.asked = row["stop"]
        if row["visitor"] != self.job.visitor:
            with self._lock:
                self.job.visitor = row["visitor"]
                self._wish = None

    def _speed(self, now: float, frames: int) -> float | None:
        self._history = [(at, count) for at, count in self._history if at > now - _SPEED_SECONDS]
        self._history.append((now, frames))
        began, count = self._history[0]
        return (frames - count) / (now - began) if now > began and frames > count else None


def _reduced(jpeg: bytes) -> bytes:
    image = Image.open(io.BytesIO(jpeg))
    if max(image.size) <= PREVIEW_SIDE:
        return jpeg
    xmp = image.info.get("xmp")
    image.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=85, **({"xmp": xmp} if xmp else {}))
    return buffer.getvalue()
