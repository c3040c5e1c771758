import gevent
import pytest

from relay.close_codes import CloseCode, Refusal
from relay.streams import Streams
from relay.tally import Tally
from relay.tokens import Session


class Stream:
    def __init__(self) -> None:
        self.closed: list[int] = []

    def close(self, code: CloseCode, reason: str) -> None:
        assert reason
        self.closed.append(code)


def session(sid: str, *sources: str, streams: int = 1) -> Session:
    return Session(sid, sources, streams, "")


def test_without_streams_there_is_nothing_to_close() -> None:
    streams = Streams(1)
    streams.close_all()
    assert streams.close_with_source("a") == 0
    assert streams.started == 0


def test_limits_of_a_session_and_of_the_server() -> None:
    streams = Streams(2)
    first, second, third = Stream(), Stream(), Stream()
    streams.start(first, session("a"))
    streams.start(first, session("a"))
    with pytest.raises(Refusal, match="4429"):
        streams.start(second, session("a"))
    streams.start(second, session("b"))
    with pytest.raises(Refusal, match="1013"):
        streams.start(third, session("c"))
    streams.disconnect(first)
    streams.start(third, session("a"))


def test_a_stream_that_has_not_started_counts_for_nothing_but_hears_of_a_restart() -> None:
    streams, stream = Streams(1), Stream()
    streams.connect(stream)
    assert streams.started == 0
    streams.close_all()
    gevent.sleep(0)
    assert stream.closed == [1012]
    with pytest.raises(Refusal, match="1012"):
        streams.connect(Stream())


def test_only_streams_that_may_use_a_source_are_closed_with_it() -> None:
    streams, using, other = Streams(9), Stream(), Stream()
    streams.start(using, session("a", "x", "y"))
    streams.start(other, session("b", "z"))
    assert streams.close_with_source("y") == 1
    gevent.sleep(0)
    assert (using.closed, other.closed) == ([4401], [])


def test_a_tally_counts_since_it_was_last_taken() -> None:
    tally = Tally(since=10.0)
    assert tally.take(11.0) == {"fps": 0.0, "dropped": 0, "predict_ms": None}
    tally.swapped, tally.dropped = 24, 6
    tally.predicted(0.010)
    tally.predicted(0.020)
    assert tally.take(12.0) == {"fps": 24.0, "dropped": 6, "predict_ms": 15.0}
    assert tally.take(13.0) == {"fps": 0.0, "dropped": 0, "predict_ms": None}
