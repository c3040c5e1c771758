"""Which frames go to the model, and how each is answered. Knows neither sockets nor time.

Every frame that arrives is answered exactly once; answers that carry a result have rising sequence numbers; at most
`window` frames are in flight towards the model.

    answers = pacer.arrive(7, frame)        # what it overtook
    work = pacer.take()                     # None: nothing to do, or the window is full
    answers = pacer.finish(work, result, state)
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from relay.close_codes import CloseCode, Refusal

F = TypeVar("F")
R = TypeVar("R")


class Delivery(str, Enum):
    #: Of the waiting frames only the newest is kept, so latency never grows.
    LIVE = "live"
    #: Nothing is dropped and answers come in order.
    ALL = "all"


@dataclass(frozen=True, eq=False)
class Work(Generic[F]):
    """A frame on its way to the model, with the newest state known when it left."""

    seq: int
    frame: F
    state: str | None
    start: int


@dataclass(frozen=True)
class Answer(Generic[F, R]):
    """`result` is None for a frame that is dropped."""

    frame: F
    result: R | None


class Pacer(Generic[F, R]):
    """Closed until `open` is called: frames may arrive, none is taken."""

    def __init__(self, window: int, delivery: Delivery = Delivery.LIVE) -> None:
        self._window = window
        self._delivery = delivery
        self._is_open = False
        self._starts = 0
        self._last_arrived = -1
        self._last_shown = -1
        self._waiting: deque[tuple[int, F]] = deque()
        #: By sequence number. Those of an earlier start have been answered but still occupy the model.
        self._in_flight: dict[int, Work[F]] = {}
        #: Delivery all: finished, but an earlier frame is not.
        self._held: dict[int, Answer[F, R]] = {}
        self._state: str | None = None
        self._state_seq = -1

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    @property
    def unanswered(self) -> int:
        return len(self._waiting) + len(self._held) + len(self._current())

    def arrive(self, seq: int, frame: F) -> list[Answer[F, R]]:
        """Answers to the frames it overtook. Raises Refusal (4400) for a number that does not rise or a window overrun."""
        if seq <= self._last_arrived:
            raise Refusal(CloseCode.MALFORMED, f"frame {seq} came after frame {self._last_arrived}: sequence numbers rise")
        if self._delivery is Delivery.ALL and self.unanswered >= self._window:
            reason = (
                f"frame {seq} came while {self.unanswered} were unanswered: with delivery all at most {self._window} may be"
            )
            raise Refusal(CloseCode.MALFORMED, reason)
        self._last_arrived = seq
        overtaken = self._drop_waiting() if self._delivery is Delivery.LIVE else []
        self._waiting.append((seq, frame))
        return overtaken

    def take(self) -> Work[F] | None:
        if not self._is_open or not self._waiting or len(self._in_flight) >= self._window:
            return None
        seq, frame = self._waiting.popleft()
        work = self._in_flight[seq] = Work(seq, frame, self._state, self._starts)
        return work

    def finish(self, work: Work[F], result: R | None, state: str | None) -> list[Answer[F, R]]:
        """Answers that are now due; `result` is None where the model gave none, and its state is then ignored."""
        del self._in_flight[work.seq]
        if work.start != self._starts:
            return []
        if result is not None and work.seq > self._state_seq:
            self._state, self._state_seq = state, work.seq
        if self._delivery is Delivery.LIVE:
            return [self._newest_only(work, result)]
        self._held[work.seq] = Answer(work.frame, result)
        return self._release()

    def restart(self, delivery: Delivery) -> list[Answer[F, R]]:
        """Drops every unanswered frame, forgets the state and closes; numbering goes on."""
        unanswered = [(work.seq, work.frame) for work in self._current()]
        unanswered += [(seq, answer.frame) for seq, answer in self._held.items()]
        unanswered += self._waiting
        self._waiting.clear()
        self._held.clear()
        self._state, self._state_seq = None, -1
        self._delivery = delivery
        self._is_open = False
        self._starts += 1
        return [Answer(frame, None) for _, frame in sorted(unanswered, key=lambda numbered: numbered[0])]

    def open(self) -> None:
        self._is_open = True

    def _current(self) -> list[Work[F]]:
        return [work for work in self._in_flight.values() if work.start == self._starts]

    def _drop_waiting(self) -> list[Answer[F, R]]:
        dropped: list[Answer[F, R]] = [Answer(frame, None) for _, frame in self._waiting]
        self._waiting.clear()
        return dropped

    def _newest_only(self, work: Work[F], result: R | None) -> Answer[F, R]:
        if result is None or work.seq < self._last_shown:
            return Answer(work.frame, None)
        self._last_shown = work.seq
        return Answer(work.frame, result)

    def _release(self) -> list[Answer[F, R]]:
        """Those finished frames before which none is still in flight."""
        first_unfinished = min((work.seq for work in self._current()), default=self._last_arrived + 1)
        due = sorted(seq for seq in self._held if seq < first_unfinished)
        return [self._held.pop(seq) for seq in due]
