import pytest
from itsdangerous import URLSafeTimedSerializer

from facedetect import tokens
from facedetect.errors import ApiError


def signed(payload: object, key: str, salt: str = "stream.v1") -> str:
    return str(URLSafeTimedSerializer(key, salt=salt).dumps(payload))


def test_a_token_says_what_the_relay_expects(settings) -> None:
    token = tokens.issue("visitor", ["a", "b"])
    payload = URLSafeTimedSerializer(settings.STREAM_KEY, salt="stream.v1").loads(token, max_age=300)
    assert payload == {"sid": "visitor", "sources": ["a", "b"], "limits": {}}
    assert tokens.read(token) == tokens.Grant("visitor", ("a", "b"))


def test_a_jobs_streams_are_not_counted_with_its_visitors(settings) -> None:
    token = tokens.issue_for_job("visitor", ["a"], "job", 3)
    payload = URLSafeTimedSerializer(settings.STREAM_KEY, salt="stream.v1").loads(token, max_age=300)
    assert (payload["sid"], payload["limits"]) == ("job", {"streams": 3})
    assert tokens.read(token) == tokens.Grant("visitor", ("a",))


@pytest.mark.parametrize("token", ["", ".", "nonsense", "a.b.c", "\0", "é" * 50])
def test_nonsense_is_no_token(token: str) -> None:
    with pytest.raises(ApiError) as refused:
        tokens.read(token)
    assert (refused.value.status, refused.value.code) == (401, "bad_token")


@pytest.mark.parametrize("payload", [None, 7, "text", [], {}, {"sid": "x"}, {"sid": "x", "sources": 7}])
def test_a_payload_of_another_shape_is_no_token(payload: object, settings) -> None:
    with pytest.raises(ApiError, match="not one that this server gave out"):
        tokens.read(signed(payload, settings.STREAM_KEY))


def test_another_key_or_salt_is_no_token(settings) -> None:
    payload = {"sid": "x", "sources": []}
    for token in (signed(payload, "another"), signed(payload, settings.STREAM_KEY, salt="other")):
        with pytest.raises(ApiError, match="not one that this server gave out"):
            tokens.read(token)


def test_a_token_lasts_no_longer_than_a_visit(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SOURCE_HOURS = 1
    token = tokens.issue("visitor", ["a"])
    later = tokens._serializer().make_signer().get_timestamp() + 3601
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda self: later)
    with pytest.raises(ApiError, match="expired"):
        tokens.read(token)
