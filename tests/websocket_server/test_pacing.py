from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from relay.close_codes import Refusal
from relay.pacing import Answer, Delivery, Pacer

WINDOW = 2


def opened(delivery: Delivery = Delivery.LIVE) -> Pacer[str, str]:
    pacer: Pacer[str, str] = Pacer(WINDOW, delivery)
    pacer.open()
    return pacer


def test_nothing_has_come_so_there_is_nothing_to_do() -> None:
    assert opened().take() is None
    assert opened().unanswered == 0


def test_before_it_is_open_frames_wait() -> None:
    pacer: Pacer[str, str] = Pacer(WINDOW)
    assert pacer.arrive(1, "one") == []
    assert pacer.take() is None
    pacer.open()
    assert pacer.take().frame == "one"


def test_only_the_newest_waiting_frame_is_kept() -> None:
    pacer = opened()
    pacer.arrive(1, "one")
    assert pacer.arrive(2, "two") == [Answer("one", None)]
    assert pacer.take().frame == "two"


@pytest.mark.parametrize("delivery", list(Delivery))
def test_at_most_window_frames_are_in_flight(delivery: Delivery) -> None:
    pacer = opened(delivery)
    for seq in (1, 2):
        pacer.arrive(seq, str(seq))
        assert pacer.take() is not None
    if delivery is Delivery.LIVE:
        pacer.arrive(3, "3")
    assert pacer.take() is None
    assert pacer.in_flight == 2


def test_a_result_that_a_newer_one_has_overtaken_is_dropped() -> None:
    pacer = opened()
    pacer.arrive(1, "one")
    first = pacer.take()
    pacer.arrive(2, "two")
    second = pacer.take()
    assert pacer.finish(second, "TWO", "s2") == [Answer("two", "TWO")]
    assert pacer.finish(first, "ONE", "s1") == [Answer("one", None)]
    pacer.arrive(3, "three")
    assert pacer.take().state == "s2"


def test_a_frame_without_a_result_leaves_the_state_as_it_was() -> None:
    pacer = opened()
    for seq, result, state in ((1, "ONE", "s1"), (2, None, None)):
        pacer.arrive(seq, str(seq))
        pacer.finish(pacer.take(), result, state)
    pacer.arrive(3, "three")
    assert pacer.take().state == "s1"


def test_delivery_all_holds_a_result_back_until_the_one_before_it_is_there() -> None:
    pacer = opened(Delivery.ALL)
    pacer.arrive(1, "one")
    pacer.arrive(2, "two")
    first, second = pacer.take(), pacer.take()
    assert pacer.finish(second, "TWO", None) == []
    assert pacer.unanswered == 2
    assert pacer.finish(first, None, None) == [Answer("one", None), Answer("two", "TWO")]
    assert pacer.unanswered == 0


def test_delivery_all_refuses_a_frame_beyond_the_window() -> None:
    pacer = opened(Delivery.ALL)
    pacer.arrive(1, "one")
    pacer.arrive(2, "two")
    with pytest.raises(Refusal, match="4400 frame 3 came while 2 were unanswered"):
        pacer.arrive(3, "three")


@pytest.mark.parametrize("seq", [5, 4, 0])
def test_a_number_that_does_not_rise_is_refused(seq: int) -> None:
    pacer = opened()
    pacer.arrive(5, "five")
    with pytest.raises(Refusal, match=f"4400 frame {seq} came after frame 5"):
        pacer.arrive(seq, "again")


@pytest.mark.parametrize("before", list(Delivery))
@pytest.mark.parametrize("after", list(Delivery))
def test_a_restart_drops_all_and_forgets_the_state(before: Delivery, after: Delivery) -> None:
    pacer = opened(before)
    pacer.arrive(1, "one")
    pacer.finish(pacer.take(), "ONE", "s1")
    pacer.arrive(2, "two")
    old = pacer.take()
    pacer.arrive(3, "three")
    assert pacer.restart(after) == [Answer("two", None), Answer("three", None)]
    pacer.arrive(4, "four")
    assert pacer.take() is None
    pacer.open()
    new = pacer.take()
    assert (new.frame, new.state) == ("four", None)
    assert pacer.finish(old, "TWO", "s2") == []
    assert pacer.finish(new, "FOUR", "s4") == [Answer("four", "FOUR")]


class AnyOrderOfEvents(RuleBasedStateMachine):
    """A frame is its own number, and so is its result."""

    works = Bundle("works")

    def __init__(self) -> None:
        super().__init__()
        self.pacer: Pacer[int, int] = Pacer(WINDOW)
        self.delivery = Delivery.LIVE
        self.seq = -1
        self.arrived: list[int] = []
        self.answered: list[int] = []
        self.shown: list[int] = []
        self.known: dict[int, str] = {}
        self.restarted_at = -1

    def note(self, answers: list[Answer[int, int]]) -> None:
        for answer in answers:
            assert answer.frame in self.arrived
            assert answer.frame not in self.answered, "answered twice"
            if self.delivery is Delivery.ALL:
                assert answer.frame == min(set(self.arrived) - set(self.answered)), "answers come in order"
            self.answered.append(answer.frame)
            if answer.result is not None:
                assert answer.result == answer.frame
                assert answer.frame > self.restarted_at, "shown after its start was over"
                self.shown.append(answer.frame)

    @rule(gap=st.integers(1, 3))
    def arrive(self, gap: int) -> None:
        seq = self.seq + gap
        try:
            answers = self.pacer.arrive(seq, seq)
        except Refusal:
            assert self.delivery is Delivery.ALL
            assert len(self.arrived) - len(self.answered) == WINDOW
            return
        self.seq = seq
        self.arrived.append(seq)
        self.note(answers)

    @rule(target=works)
    def take(self) -> Any:
        work = self.pacer.take()
        if work is not None:
            assert work.seq not in self.answered
            assert work.state == (self.known[max(self.known)] if self.known else None)
        return work

    @rule(work=consumes(works), succeeds=st.booleans())
    def finish(self, work: Any, succeeds: bool) -> None:
        if work is None:
            return
        if succeeds and work.seq > self.restarted_at:
            self.known[work.seq] = f"after {work.seq}"
        self.note(self.pacer.finish(work, work.seq if succeeds else None, f"after {work.seq}"))

    @rule(delivery=st.sampled_from(Delivery))
    def restart(self, delivery: Delivery) -> None:
        self.note(self.pacer.restart(delivery))
        assert set(self.arrived) == set(self.answered)
        self.delivery = delivery
        self.known = {}
        self.restarted_at = self.seq

    @rule()
    def open(self) -> None:
        self.pacer.open()

    @invariant()
    def at_most_window_in_flight(self) -> None:
        assert self.pacer.in_flight <= WINDOW

    @invariant()
    def what_is_shown_rises(self) -> None:
        assert self.shown == sorted(set(self.shown))

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.pacer.unanswered == len(self.arrived) - len(self.answered)

    @precondition(lambda self: self.delivery is Delivery.LIVE)
    @invariant()
    def little_waits(self) -> None:
        assert self.pacer.unanswered <= WINDOW + 1


TestAnyOrderOfEvents = AnyOrderOfEvents.TestCase
TestAnyOrderOfEvents.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
