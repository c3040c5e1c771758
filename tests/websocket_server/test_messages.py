import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.close_codes import Refusal
from relay.messages import ChangeOptions, Ping, Start, read_message, write_error
from relay.pacing import Delivery

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {}, optional={"type": st.sampled_from(["start", "options", "ping"]) | JSON, "protocol": st.just(1) | JSON,
                  "token": JSON, "delivery": st.just("live") | JSON, "options": JSON},
)  # fmt: skip


@given(st.text(max_size=40) | FIELDS.map(json.dumps) | JSON.map(json.dumps))
def test_any_text_is_a_message_or_a_refusal(text: str) -> None:
    try:
        outcome: object = read_message(text)
    except Refusal as refusal:
        outcome = refusal.code
    assert isinstance(outcome, (Start, ChangeOptions, Ping)) or outcome in (4400, 4401)


def test_a_start_says_delivery_and_options_only_if_it_wants_to() -> None:
    assert read_message('{"type": "start", "protocol": 1, "token": "t"}') == Start("t", Delivery.LIVE, {})


def test_protocol_true_is_not_1() -> None:
    with pytest.raises(Refusal, match="protocol true"):
        read_message('{"type": "start", "protocol": true, "token": "t"}')


def test_an_error_without_a_frame_has_no_number() -> None:
    assert json.loads(write_error("a", "b")) == {"type": "error", "code": "a", "message": "b"}
    assert json.loads(write_error("a", "b", 0)) == {"type": "error", "code": "a", "message": "b", "seq": 0}
    assert json.loads(write_error("a", "b", option="c")) == {"type": "error", "code": "a", "message": "b", "option": "c"}
