import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from relay.close_codes import Refusal
from relay.tokens import Session, Tokens

KEY = "k"


def signed(payload: object, key: str = KEY, salt: str = "stream.v1") -> str:
    return URLSafeTimedSerializer(key, salt=salt).dumps(payload)


@pytest.mark.parametrize(
    "token",
    ["", ".", "a.b.c", "ä", signed({}, key="other"), signed({}, salt="other")],
    ids=["nothing", "a dot", "three parts", "a letter", "another's key", "another's salt"],
)
def test_what_this_key_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(Refusal, match=r"4401 .*not one of this server's"):
        Tokens(KEY).read(token)


@given(st.text())
def test_any_text_is_refused(token: str) -> None:
    with pytest.raises(Refusal, match="4401"):
        Tokens(KEY).read(token)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        5,
        [],
        {},
        {"sid": "s"},
        {"sid": 1, "sources": []},
        {"sid": "s", "sources": [1]},
        {"sid": "s", "sources": 1},
        {"sid": "s", "sources": [], "limits": 3},
        {"sid": "s", "sources": [], "limits": {"streams": "2"}},
    ],
)
def test_a_signed_token_that_says_nothing_useful_is_refused(payload: object) -> None:
    with pytest.raises(Refusal, match="4401"):
        Tokens(KEY).read(signed(payload))


def test_a_token_says_who_which_faces_and_how_many_streams() -> None:
    token = signed({"sid": "s", "sources": ["a", "b", "a"], "limits": {"streams": 5}})
    assert Tokens(KEY).read(token) == Session("s", ("a", "b"), 5, token)
    assert Tokens(KEY).read(signed({"sid": "s", "sources": []})).streams == 2


@pytest.mark.parametrize(("later_s", "good"), [(0, True), (299, True), (302, False), (-5, True), (-20, False)])
def test_a_token_is_good_for_five_minutes_and_clocks_may_differ_a_little(later_s: float, good: bool) -> None:
    tokens = Tokens(KEY, clock=lambda: time.time() + later_s)
    token = signed({"sid": "s", "sources": []})
    if good:
        tokens.read(token)
    else:
        with pytest.raises(Refusal, match=r"4401 .*expired"):
            tokens.read(token)
