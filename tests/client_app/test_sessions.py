import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from itsdangerous import URLSafeTimedSerializer

from facedetect import gallery, tokens
from tests.client_app.conftest import RelayDouble
from tests.client_app.test_sources import bring, error

pytestmark = pytest.mark.django_db


def open_session(client: Client, body: object) -> object:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post("/api/sessions", data, content_type="application/json")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 60_000,
        "null",
        "[]",
        "7",
        '"text"',
        {},
        {"source": None},
        {"source": 7},
        {"source": ["x"]},
        {"source": {"id": "x"}},
        {"source": True},
        {"sources": []},
        {"sources": "x"},
        {"sources": [None]},
        {"sources": [["x"]]},
        {"sources": {"0": "x"}},
        {"sources": [str(n) for n in range(9)]},
        {"source": "x", "sources": ["x"]},
    ],
)
def test_wrong_types_are_refused_and_no_visit_begins(client: Client, body: object) -> None:
    response = open_session(client, body)
    assert error(response) == (400, "bad_request")
    assert not response.cookies


@pytest.mark.parametrize("source", ["", "x", "0" * 64, "model:someone", "../..", "\0", "\ud800", "F" * 64])
def test_an_unknown_face_is_refused(client: Client, source: str) -> None:
    assert error(open_session(client, {"source": source})) == (404, "unknown_source")


def test_a_trained_identity_is_open_only_where_the_operator_named_it(client: Client, settings: Any) -> None:
    settings.TRAINED_IDENTITIES = ["anna"]
    body = open_session(client, {"source": "model:anna"}).json()
    assert tokens.read(body["token"]).sources == ("model:anna",)
    assert error(open_session(client, {"source": "model:ben"})) == (404, "unknown_source")
    assert error(open_session(client, {"source": "anna"})) == (404, "unknown_source")


def test_one_unknown_face_among_known_ones_is_refused(client: Client) -> None:
    known = next(iter(gallery.faces()))
    assert error(open_session(client, {"sources": [known, "0" * 64]})) == (404, "unknown_source")


def test_a_body_over_the_limit_is_refused(client: Client) -> None:
    assert error(open_session(client, {"source": "x" * 70_000})) == (413, "body_too_large")


def test_a_session_is_a_token_for_the_faces_in_their_order(client: Client, connected: RelayDouble) -> None:
    brought = bring(client).json()["id"]
    built_in = next(iter(gallery.faces()))
    body = open_session(client, {"sources": [brought, built_in, brought]}).json()
    assert set(body) == {"token", "url", "expires_in"}
    assert body["expires_in"] == 300
    assert tokens.read(body["token"]).sources == (brought, built_in)


def test_a_visitors_streams_are_counted_together(client: Client) -> None:
    face = next(iter(gallery.faces()))
    first, second, strangers = (
        told_to_the_relay(open_session(visitor, {"source": face}).json()["token"])["sid"]
        for visitor in (client, client, Client())
    )
    assert first == second
    assert strangers != first


def told_to_the_relay(token: str) -> dict[str, Any]:
    payload: dict[str, Any] = URLSafeTimedSerializer(django_settings.STREAM_KEY, salt=tokens.SALT).loads(token)
    return payload


def test_the_stream_is_where_the_visitor_is_unless_configured(client: Client, settings) -> None:
    face = next(iter(gallery.faces()))
    assert open_session(client, {"source": face}).json()["url"] == "ws://testserver:8001/stream"
    settings.RELAY_URL = "https://relay.example"
    assert open_session(client, {"source": face}).json()["url"] == "wss://relay.example/stream"
