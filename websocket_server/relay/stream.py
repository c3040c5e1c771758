"""One client's stream, from the handshake to the close."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import gevent
from gevent.event import Event
from gevent.pool import Group

from relay.assembly import Relay
from relay.close_codes import CloseCode, Refusal
from relay.face_news import FaceNews
from relay.frames import Frame, dropped, read_frame, swapped
from relay.lifecycle import Lifecycle, State
from relay.messages import ChangeOptions, Ping, Start, read_message, write_error, write_message
from relay.model import InstanceRefused, Note, Swapped
from relay.options import BadOption, OptionRules, Options
from relay.pacing import Answer, Pacer, Work
from relay.photos import PhotosUnavailable
from relay.prediction import ModelUnavailable
from relay.swapping import CannotServe, swap_frame, warm
from relay.tally import Tally
from relay.tokens import Session
from relay.websocket import Ended, Ending, Silence, StreamSocket

WINDOW = 2
STATS_S = 1.0
OUTAGE_S = 1.0
log = logging.getLogger(__name__)


class Stream:
    """`run` reads what the client sends; WINDOW greenlets have frames swapped; one more tells the stats."""

    def __init__(self, relay: Relay, socket: StreamSocket) -> None:
        self._name = secrets.token_hex(3)
        self._relay = relay
        self._socket = socket
        self._lifecycle = Lifecycle()
        self._pacer: Pacer[Frame, Swapped] = Pacer(WINDOW)
        self._work = Event()
        self._tasks = Group()
        self._warming = gevent.Greenlet()
        self._session = Session("", (), 0, "")
        self._rules = OptionRules((), {})
        self._options = Options(None)
        self._face_news = FaceNews()
        self._notes: tuple[Note, ...] = ()
        self._outage_told = float("-inf")
        self._connected = time.monotonic()
        self._tally = Tally(self._connected)

    def run(self, client: str) -> None:
        """Returns when the connection is over."""
        log.info("stream %s opened from %s", self._name, client)
        try:
            self._relay.streams.connect(self)
            for _ in range(WINDOW):
                self._spawn(self._swap_frames)
            self._spawn(self._tell_stats)
            self._guard(self._read)
        except Refusal as refusal:
            self.close(refusal.code, refusal.reason)
        finally:
            self._relay.streams.disconnect(self)
            self._tasks.kill()
            self._socket.wait_closed()
            self._finish()

    def close(self, code: CloseCode, reason: str) -> None:
        """From any greenlet; the first close decides."""
        if not self._lifecycle.has_ended:
            self._lifecycle.go(State.CLOSING)
        self._socket.close(code, reason)

    def _finish(self) -> None:
        ending, tally = self._socket.ending or Ending("network", CloseCode.LOST, ""), self._tally
        if not self._lifecycle.has_ended:
            self._lifecycle.go(State.CLOSING)
        self._lifecycle.go(State.CLOSED)
        self._relay.metrics.count_close(ending.code)
        log.info(
            "stream %s closed with %d by the %s (%.150r): sid=%s seconds=%.1f frames=%d swapped=%d dropped=%d",
            self._name, ending.code, ending.by, ending.reason, self._session.sid or "-", time.monotonic() - self._connected,
            tally.arrived, tally.swapped, tally.dropped,
        )  # fmt: skip

    # Greenlets

    def _spawn(self, task: Callable[..., None], *arguments: Any) -> gevent.Greenlet:
        return self._tasks.spawn(self._guard, task, *arguments)

    def _guard(self, task: Callable[..., None], *arguments: Any) -> None:
        """However a task ends, the client is told why the stream does."""
        try:
            task(*arguments)
        except Ended:
            pass
        except Refusal as refusal:
            self.close(refusal.code, refusal.reason)
        except CannotServe as error:
            self._try_to_send(write_error(error.error, error.message))
            self.close(error.close_code, error.message)
        except Exception:
            log.exception("stream %s failed", self._name)
            self.close(CloseCode.INTERNAL, "something went wrong in the server; it has been logged")

    def _try_to_send(self, message: str) -> None:
        self._guard(self._socket.send, message)

    def _tell_stats(self) -> None:
        while True:
            gevent.sleep(STATS_S)
            if self._lifecycle.state is State.STREAMING:
                stats = self._tally.take(time.monotonic())
                self._socket.send(write_message("stats", **stats, in_flight=self._pacer.in_flight))

    # What the client sends

    def _read(self) -> None:
        limits = self._relay.settings.limits
        while True:
            is_new = self._lifecycle.state is State.CONNECTED
            try:
                message = self._socket.receive(self._connected + limits.start_s if is_new else None)
            except Silence:
                what = (
                    f"no start message within {limits.start_s:g} s" if is_new else f"nothing heard for {limits.silence_s:g} s"
                )
                raise Refusal(CloseCode.TIMEOUT, what) from None
            if isinstance(message, str):
                self._take_message(message, is_new)
            elif is_new:
                raise Refusal(CloseCode.MALFORMED, "a frame came before the start message")
            else:
                self._take_frame(read_frame(message, time.monotonic()))

    def _take_frame(self, frame: Frame) -> None:
        overtaken = self._pacer.arrive(frame.seq, frame)
        self._tally.arrived += 1
        self._work.set()
        if overtaken:
            self._socket.send(*self._messages(overtaken))

    def _take_message(self, text: str, is_new: bool) -> None:
        match read_message(text):
            case Start() as start:
                self._start(start)
            case _ if is_new:
                raise Refusal(CloseCode.MALFORMED, "the first message of a stream is start")
            case ChangeOptions(options):
                self._warming.join()
                self._change_options(options)
            case Ping():
                self._socket.send(write_message("pong"))

    def _start(self, start: Start) -> None:
        session = self._relay.tokens.read(start.token)
        self._warming.kill()
        self._relay.streams.start(self, session)
        self._lifecycle.go(State.STARTING)
        self._face_news = FaceNews()
        self._notes = ()
        self._session = session
        self._socket.send(*self._messages(self._pacer.restart(start.delivery)))
        self._warming = self._spawn(self._warm, start.options)

    def _warm(self, options: Mapping[str, Any]) -> None:
        session = self._session
        description = warm(self._relay, session)
        self._rules = OptionRules(session.sources, description["parameters"])
        self._options = self._rules.default()
        self._change_options(options)
        self._socket.send(
            write_message(
                "ready",
                session=session.sid,
                window=WINDOW,
                max_frame_bytes=self._relay.settings.limits.frame_bytes,
                model=description,
            )
        )
        self._lifecycle.go(State.STREAMING)
        self._pacer.open()
        self._work.set()

    def _change_options(self, changes: Mapping[str, Any]) -> None:
        try:
            self._options = self._rules.changed(self._options, changes)
        except BadOption as error:
            self._socket.send(write_error("bad_option", str(error), option=error.option))

    # What the client gets

    def _swap_frames(self) -> None:
        while True:
            work = self._pacer.take()
            if work is None:
                self._work.clear()
                self._work.wait()
            else:
                self._swap(work)

    def _swap(self, work: Work[Frame]) -> None:
        session, result, complaint = self._session, None, None
        try:
            result = self._timed_swap(work)
        except InstanceRefused as refused:
            complaint = self._complaint(refused.code, refused.message, work.seq)
        except ModelUnavailable as error:
            complaint = self._outage(error.code, error.message, work.seq)
        except PhotosUnavailable as error:
            complaint = self._outage("faces_unreachable", str(error), work.seq)
        except CannotServe:
            if session is self._session:
                raise
        messages = self._messages(self._pacer.finish(work, result, result.state if result else None))
        if complaint and session is self._session:
            messages.append(complaint)
        self._socket.send(*messages)

    def _timed_swap(self, work: Work[Frame]) -> Swapped:
        started = time.monotonic()
        result = swap_frame(self._relay, work, self._options, self._session)
        seconds = time.monotonic() - started
        self._relay.metrics.prediction_seconds.observe(seconds)
        self._tally.predicted(seconds)
        return result

    def _complaint(self, code: str, message: str, seq: int) -> str:
        self._relay.metrics.errors.labels(code).inc()
        return write_error(code, message, seq)

    def _outage(self, code: str, message: str, seq: int) -> str | None:
        """While it lasts, it is said once a second and not for every frame."""
        complaint = self._complaint(code, f"{message}; the stream goes on and recovers by itself", seq)
        now = time.monotonic()
        if now < self._outage_told + OUTAGE_S:
            return None
        self._outage_told = now
        return complaint

    def _messages(self, answers: list[Answer[Frame, Swapped]]) -> list[str | bytes]:
        """No other greenlet may run between the pacer's giving these answers and their entering the outbox."""
        messages: list[str | bytes] = []
        for answer in answers:
            if answer.result is None:
                self._tally.dropped += 1
                self._relay.metrics.dropped.inc()
                messages.append(dropped(answer.frame, time.monotonic()))
            else:
                messages += self._shown(answer.frame, answer.result)
        return messages

    def _shown(self, frame: Frame, result: Swapped) -> list[str | bytes]:
        now = time.monotonic()
        self._tally.swapped += 1
        self._relay.metrics.swapped.inc()
        self._relay.metrics.frame_seconds.observe(now - frame.received)
        messages: list[str | bytes] = []
        if result.notes != self._notes:
            self._notes = result.notes
            messages.append(write_message("notes", seq=frame.seq, notes=[asdict(note) for note in result.notes]))
        messages.append(swapped(frame, result.jpeg, len(result.faces), now, result.routine_us))
        if self._face_news.is_due(result.faces, now):
            messages.append(write_message("faces", seq=frame.seq, faces=result.faces))
        return messages
