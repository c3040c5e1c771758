import pytest

from relay.lifecycle import IllegalTransition, Lifecycle, State


def test_a_stream_begins_connected() -> None:
    assert Lifecycle().state is State.CONNECTED
    assert not Lifecycle().has_ended


def test_the_whole_way() -> None:
    lifecycle = Lifecycle()
    for state in (
        State.STARTING,
        State.STARTING,
        State.STREAMING,
        State.STARTING,
        State.STREAMING,
        State.CLOSING,
        State.CLOSED,
    ):
        lifecycle.go(state)
    assert lifecycle.has_ended


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ([State.STREAMING], "after connected expected closing, starting, got streaming"),
        ([State.CLOSING, State.STARTING], "after closing expected closed, got starting"),
        ([State.CLOSING, State.CLOSED, State.CLOSED], "after closed expected nothing, got closed"),
    ],
)
def test_what_cannot_follow_is_refused(path: list[State], message: str) -> None:
    lifecycle = Lifecycle()
    for state in path[:-1]:
        lifecycle.go(state)
    with pytest.raises(IllegalTransition, match=message):
        lifecycle.go(path[-1])
