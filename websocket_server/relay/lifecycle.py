"""The states of a stream, and which may follow which."""

from enum import Enum


class State(Enum):
    CONNECTED = "connected"  #: nothing but a start may come
    STARTING = "starting"  #: the model is being given the faces
    STREAMING = "streaming"
    CLOSING = "closing"  #: a close code is decided; nothing more is sent
    CLOSED = "closed"


FOLLOWERS = {
    State.CONNECTED: {State.STARTING, State.CLOSING},
    State.STARTING: {State.STARTING, State.STREAMING, State.CLOSING},
    State.STREAMING: {State.STARTING, State.CLOSING},
    State.CLOSING: {State.CLOSED},
    State.CLOSED: set(),
}


class IllegalTransition(Exception):
    """The relay itself is wrong: no client can bring this about."""


class Lifecycle:
    def __init__(self) -> None:
        self._state = State.CONNECTED

    @property
    def state(self) -> State:
        return self._state

    @property
    def has_ended(self) -> bool:
        return self._state in (State.CLOSING, State.CLOSED)

    def go(self, state: State) -> None:
        """Raises IllegalTransition saying what could have followed."""
        if state not in FOLLOWERS[self._state]:
            expected = ", ".join(sorted(follower.value for follower in FOLLOWERS[self._state])) or "nothing"
            raise IllegalTransition(f"after {self._state.value} expected {expected}, got {state.value}")
        self._state = state
