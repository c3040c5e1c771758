"""Session tokens: what tier 1 signed for a visitor, checked when a stream starts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from relay.close_codes import CloseCode, Refusal

SALT = "stream.v1"
AGE_S = 300
#: Two machines' clocks may differ by this much.
SKEW_S = 10
STREAMS = 2


@dataclass(frozen=True)
class Session:
    """`token` is kept: with it the relay asks tier 1 for the photos of the sources."""

    sid: str
    sources: tuple[str, ...]
    streams: int
    token: str


class Tokens:
    def __init__(self, key: str, clock: Callable[[], float] = time.time) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt=SALT)
        self._clock = clock

    def read(self, token: str) -> Session:
        """Raises Refusal (4401)."""
        try:
            payload, signed = self._serializer.loads(token, return_timestamp=True)
        except BadSignature:
            raise Refusal(CloseCode.TOKEN, "the session token is not one of this server's; ask for a new one") from None
        age = self._clock() - signed.timestamp()
        if not -SKEW_S <= age <= AGE_S:
            reason = f"the session token has expired: tokens are good for {AGE_S} s; ask for a new one"
            raise Refusal(CloseCode.TOKEN, reason)
        return _session(payload, token)


def _session(payload: Any, token: str) -> Session:
    try:
        sid, sources, limits = payload["sid"], payload["sources"], payload.get("limits", {})
        streams = limits.get("streams", STREAMS)
        if not all(isinstance(text, str) for text in (sid, *sources)) or not isinstance(streams, int):
            raise TypeError
    except (KeyError, TypeError, AttributeError):
        raise Refusal(CloseCode.TOKEN, "the session token says neither who nor which faces; ask for a new one") from None
    return Session(sid, tuple(dict.fromkeys(sources)), streams, token)
