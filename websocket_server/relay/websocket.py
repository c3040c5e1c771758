"""A WebSocket to one client, in the place of gevent-websocket's own.

gevent-websocket's connection unmasks byte by byte in Python, has no limit on the size of a message, sends close frames
without codes, and lets two greenlets write at once. Its codec for frame headers is sound and is used here.
"""

import contextlib
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import gevent
import numpy as np
from gevent.lock import BoundedSemaphore
from geventwebsocket.exceptions import ProtocolError, WebSocketError
from geventwebsocket.websocket import Header

from relay.close_codes import CloseCode, Refusal
from relay.settings import Limits

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
TEXT_BYTES = 64 * 1024
PIECE_BYTES = 128 * 1024
#: How long the last bytes may take to leave, and then the client to hang up.
GOODBYE_S = 2.0
#: What the kernel may hold back unsent for a slow client; beyond it frames wait here, where newer ones overtake them.
UNSENT_BYTES = 16 * 1024


@dataclass(frozen=True)
class Ending:
    """How a connection ended: closed by `client` or `server` with a code and a reason, or lost (1006) by the `network`."""

    by: str
    code: int
    reason: str


class Ended(Exception):
    """The connection is over."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(f"{ending.code} by {ending.by}: {ending.reason}")


class Silence(Exception):
    """Nothing came in time."""


class StreamSocket:
    """Receives for one greenlet; sends for any number of them, one message after the other in the order of the calls."""

    def __init__(self, sock: Any, reader: Any, limits: Limits) -> None:
        self._sock = sock
        self._reader = reader
        self._limits = limits
        self._sending = BoundedSemaphore(1)
        self._outbox: deque[bytes] = deque()
        self._unsent = memoryview(b"")
        #: Not the exception: its trace would keep the last messages in memory.
        self._ending: Ending | None = None
        self._last_call: Any = None
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_NOTSENT_LOWAT"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    @property
    def closed(self) -> bool:
        return self._ending is not None

    @property
    def ending(self) -> Ending | None:
        """How it ended; None while it is open."""
        return self._ending

    # Receiving

    def receive(self, until: float | None = None) -> str | bytearray:
        """The next message. `until` is a deadline on the monotonic clock, on top of the limit on silence.

        Raises Ended, Silence, or Refusal for what is no WebSocket message or too large a one.
        """
        opcode, message = CONTINUATION, bytearray()
        while True:
            header, payload = self._receive_frame(opcode, len(message), until)
            if header.opcode == CLOSE:
                self._answer_close(bytes(payload))
            elif header.opcode == PING:
                self._send(_frame(PONG, bytes(payload)))
            elif header.opcode != PONG:
                opcode = opcode or header.opcode
                if message:
                    message += payload
                else:
                    message = payload
                if header.fin:
                    return _text(message) if opcode == TEXT else message

    def _receive_frame(self, opcode: int, so_far: int, until: float | None) -> tuple[Any, bytearray]:
        gevent.sleep(0)  # else a client that sends without pause would keep every other stream waiting
        seconds = self._limits.silence_s
        if until is not None:
            seconds = min(seconds, max(until - time.monotonic(), 0.001))
        try:
            with gevent.Timeout(seconds, False):
                header = self._read_header(opcode, so_far)
                payload = self._read_payload(header.length)
                unmask(payload, header.mask)
                return header, payload
        except (OSError, ValueError) as error:  # ValueError: the reader is closed
            raise self._lost(str(error)) from None
        raise Silence

    def _read_header(self, opcode: int, so_far: int) -> Any:
        """Everything is checked before a byte of the payload is read: an oversized one is never held in memory."""
        if self._ending is not None:
            raise Ended(self._ending)
        try:
            header = Header.decode_header(self._reader)
        except ProtocolError as error:
            raise Refusal(CloseCode.PROTOCOL_ERROR, str(error)) from None
        except WebSocketError:
            raise self._lost("the client hung up without a close frame") from None
        if header.flags:
            raise Refusal(CloseCode.PROTOCOL_ERROR, "a frame with reserved bits set: no extension was agreed")
        if not header.mask:
            raise Refusal(CloseCode.PROTOCOL_ERROR, "a frame without a mask: clients mask what they send")
        if header.opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise Refusal(CloseCode.PROTOCOL_ERROR, f"a frame of unknown opcode {header.opcode}")
        if header.opcode == CONTINUATION and not opcode:
            raise Refusal(CloseCode.PROTOCOL_ERROR, "a continuation of no message")
        if header.opcode in (TEXT, BINARY) and opcode:
            raise Refusal(CloseCode.PROTOCOL_ERROR, "a new message within a message")
        if header.opcode < CLOSE:
            self._check_size(opcode or header.opcode, so_far + header.length)
        return header

    def _read_payload(self, size: int) -> bytearray:
        """Memory grows with what has come, not with what was announced."""
        payload = bytearray()
        while len(payload) < size:
            piece = self._reader.read(min(size - len(payload), PIECE_BYTES))
            if not piece:
                raise self._lost("the connection broke within a message")
            payload += piece
        return payload

    def _check_size(self, opcode: int, size: int) -> None:
        kind, most = ("text", TEXT_BYTES) if opcode == TEXT else ("binary", self._limits.frame_bytes)
        if size > most:
            reason = f"a {kind} message of {size} bytes or more: at most {most} are taken"
            raise Refusal(CloseCode.TOO_LARGE, reason)

    def _answer_close(self, payload: bytes) -> None:
        code, reason = CloseCode.NO_CODE.value, ""
        if payload:
            try:
                code, reason = struct.unpack_from("!H", payload)[0], payload[2:].decode()
            except (struct.error, UnicodeDecodeError):
                raise Refusal(CloseCode.PROTOCOL_ERROR, "a close frame that is neither empty nor a code and UTF-8") from None
        echoed = code if 1000 <= code < 5000 and code not in (1005, 1006, 1015) else CloseCode.NORMAL
        ending = Ending("client", code, reason)
        self._end(ending, _frame(CLOSE, struct.pack("!H", echoed)))
        raise Ended(ending)

    # Sending

    def send(self, *messages: str | bytes) -> None:
        """Raises Ended; a client that does not take them in time is closed with 4408."""
        self._send(*(_frame(TEXT, m.encode()) if isinstance(m, str) else _frame(BINARY, m) for m in messages))

    def _send(self, *frames: bytes) -> None:
        self._outbox.extend(frames)
        with self._sending:
            in_time = self._flush()
        if not in_time:
            self.close(CloseCode.TIMEOUT, f"the client did not read for {self._limits.send_s:g} s")
        if self._ending is not None:
            raise Ended(self._ending)

    def _flush(self) -> bool:
        """Writes what waits, whoever put it there. False: the client did not read in time."""
        if self._ending is not None:
            return True
        in_time = False
        try:
            with gevent.Timeout(self._limits.send_s, False):
                while self._outbox and self._ending is None:
                    self._write(self._outbox.popleft())
                in_time = True
        except OSError as error:
            raise self._lost(str(error)) from None
        return in_time

    def _write(self, data: bytes) -> None:
        """What a deadline cuts off stays in `_unsent`: a close frame can only follow the end of the frame before it."""
        self._unsent = memoryview(data)
        while self._unsent:
            self._unsent = self._unsent[self._sock.send(self._unsent) :]

    # Ending

    def close(self, code: int = CloseCode.INTERNAL, reason: str = "") -> None:
        """Sends a close frame and hangs up; the first call decides. Never raises, and takes GOODBYE_S at most."""
        frame = _frame(CLOSE, struct.pack("!H", code) + _cut(reason, 123))
        self._end(Ending("server", code, reason), frame)

    def _end(self, ending: Ending, frame: bytes) -> None:
        if self._ending is not None:
            return
        self._ending = ending
        self._outbox.clear()
        try:
            with gevent.Timeout(GOODBYE_S), self._sending:
                self._write(bytes(self._unsent) + frame)
                self._sock.shutdown(socket.SHUT_WR)
        except (gevent.Timeout, OSError):
            self._abort()
        else:
            self._last_call = gevent.spawn_later(GOODBYE_S, self._abort)

    def _lost(self, reason: str) -> Ended:
        if self._ending is None:
            self._ending = Ending("network", CloseCode.LOST, reason)
        return Ended(self._ending)

    def wait_closed(self) -> None:
        """Takes what still arrives, so that the kernel does not answer it with a reset that overtakes the close frame."""
        with contextlib.suppress(OSError), gevent.Timeout(GOODBYE_S, False):
            while self._sock.recv(65536):
                pass
        if self._last_call is not None:
            self._last_call.kill(block=False)

    def _abort(self) -> None:
        """Hangs up at once; the kernel forgets what it holds for this client."""
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._sock.shutdown(socket.SHUT_RDWR)


def unmask(payload: bytearray, mask: bytes) -> None:
    """Undoes the client's masking in place, four bytes at a time."""
    whole = len(payload) & ~3
    if whole:
        words = np.frombuffer(payload, np.uint32, whole // 4)
        words ^= np.frombuffer(mask, np.uint32)
    for i in range(whole, len(payload)):
        payload[i] ^= mask[i & 3]


def _frame(opcode: int, payload: bytes) -> bytes:
    return bytes(Header.encode_header(True, opcode, b"", len(payload), 0)) + payload


def _text(message: bytearray) -> str:
    try:
        return message.decode()
    except UnicodeDecodeError:
        raise Refusal(CloseCode.NOT_UTF8, "a text message that is not UTF-8") from None


def _cut(reason: str, size: int) -> bytes:
    return reason.encode()[:size].decode(errors="ignore").encode()
