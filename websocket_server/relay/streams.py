"""The open streams of this process: how many there may be, and ending those that must end."""

from typing import Protocol

import gevent

from relay.close_codes import CloseCode, Refusal
from relay.tokens import Session


class Closable(Protocol):
    def close(self, code: CloseCode, reason: str) -> None: ...


class Streams:
    def __init__(self, most: int) -> None:
        self._most = most
        #: None until the stream has shown a token.
        self._sessions: dict[Closable, Session | None] = {}
        self._is_stopping = False

    @property
    def started(self) -> int:
        return sum(session is not None for session in self._sessions.values())

    def connect(self, stream: Closable) -> None:
        """Raises Refusal (1012) while the server stops."""
        if self._is_stopping:
            raise Refusal(CloseCode.RESTARTING, "the server is restarting; connect again in a moment")
        self._sessions[stream] = None

    def start(self, stream: Closable, session: Session) -> None:
        """Admits a stream, or one that starts anew; raises Refusal (1013, 4429)."""
        others = [other for key, other in self._sessions.items() if other is not None and key is not stream]
        if sum(other.sid == session.sid for other in others) >= session.streams:
            reason = f"this session has {session.streams} streams open, which is its limit; close one, or try again shortly"
            raise Refusal(CloseCode.TOO_MANY_STREAMS, reason)
        if len(others) >= self._most:
            raise Refusal(CloseCode.TRY_LATER, "the server has as many streams as it can carry; try again later")
        self._sessions[stream] = session

    def disconnect(self, stream: Closable) -> None:
        self._sessions.pop(stream, None)

    def close_all(self) -> None:
        """Tells every client that the server restarts; does not wait for them."""
        self._is_stopping = True
        for stream in self._sessions:
            gevent.spawn(stream.close, CloseCode.RESTARTING, "the server is restarting; connect again in a moment")

    def close_with_source(self, source: str) -> int:
        """Ends the streams that may use the source; returns how many there were."""
        reason = "a face of this session has been deleted; ask for a new session token"
        using = [stream for stream, session in self._sessions.items() if session and source in session.sources]
        for stream in using:
            gevent.spawn(stream.close, CloseCode.TOKEN, reason)
        return len(using)
