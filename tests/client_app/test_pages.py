"""The pages, and what every response tells a browser."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from facedetect.consent import MEDIA_STATEMENT, STATEMENT
from facedetect.models import Consent, Photo, Source
from tests.client_app.conftest import RelayDouble, picture
from tests.client_app.test_sources import bring, error

pytestmark = pytest.mark.django_db


def directives(response) -> dict[str, set[str]]:
    policy = response["Content-Security-Policy"]
    return {name: set(values) for name, *values in (part.split() for part in policy.split("; "))}


def test_the_studio_is_told_where_the_relay_is_and_what_to_ask(client: Client) -> None:
    response = client.get("/")
    config = json.loads(re.search(r'<script id="config" type="application/json">(.*?)</script>', response.text)[1])
    assert config == {
        "relay": {"stream": "ws://testserver:8001/stream", "health": "http://testserver:8001/healthz"},
        "consent": {"version": STATEMENT.version, "text": STATEMENT.text},
        "max_upload_bytes": 15_000_000,
        "max_photos": 8,
        "media_consent": {"version": MEDIA_STATEMENT.version, "text": MEDIA_STATEMENT.text},
        "max_media_bytes": 200_000_000,
    }
    assert response.context["gallery"] == client.get("/api/sources").json()["sources"]
    assert not response.cookies


def test_the_privacy_page_says_how_long_photos_are_kept(client: Client) -> None:
    response = client.get("/privacy")
    assert (response.context["hours"], response.context["consent"]) == (24, STATEMENT.text)
    assert "24" in response.text


def test_the_health_check_answers_json(client: Client) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


@pytest.mark.parametrize("path", ["/", "/privacy", "/healthz", "/admin/login/", "/api/sources", "/nowhere", "/api/nowhere"])
def test_every_response_carries_the_strict_policy(client: Client, path: str) -> None:
    response = client.get(path)
    policy = directives(response)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == {"'none'"}
    assert policy["script-src"] == policy["style-src"] == policy["worker-src"] == policy["form-action"] == {"'self'"}
    assert policy["connect-src"] == {"'self'", "http://testserver:8001", "ws://testserver:8001"}
    assert "camera=(self)" in response["Permissions-Policy"]
    assert "microphone=(self)" in response["Permissions-Policy"]
    assert "geolocation=()" in response["Permissions-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


def test_the_policy_names_the_configured_relay(client: Client, settings) -> None:
    settings.RELAY_URL = "https://relay.example/deep"
    assert directives(client.get("/"))["connect-src"] == {"'self'", "https://relay.example", "wss://relay.example"}


@pytest.mark.parametrize(
    ("host", "secure", "sent"),
    [
        ("localhost:8000", False, True),
        ("127.0.0.1", False, True),
        ("192.168.1.7:8000", False, False),
        ("a.example", True, True),
    ],
)
def test_the_opener_policy_is_sent_where_browsers_heed_it(client: Client, settings, host, secure, sent) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert ("Cross-Origin-Opener-Policy" in client.get("/", headers={"host": host}, secure=secure)) is sent


def test_a_foreign_host_name_is_refused(client: Client, settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    for path in ("/", "/api/sources", "/healthz"):
        response = client.get(path, headers={"host": "evil.example", "origin": "http://evil.example"})
        assert response.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://testserver"},
        {"origin": "http://testserver:8001"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_another_sites_page_may_not_use_the_api(client: Client, headers: dict[str, str], method: str) -> None:
    path = {"get": "/api/sources", "post": "/api/sessions", "delete": f"/api/sources/{'0' * 64}"}[method]
    assert error(getattr(client, method)(path, headers=headers)) == (403, "foreign_origin")


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://testserver", "sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
)
def test_its_own_pages_and_programs_may(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/api/sources", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nowhere", "/api/sources/", "/api/sources/x/y", "/api/sessions/x"])
def test_what_is_not_in_the_api_is_a_json_404(client: Client, path: str) -> None:
    assert error(client.get(path)) == (404, "not_found")
    assert error(client.post(path)) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("put", "/api/sources", "GET, POST, HEAD"),
        ("get", "/api/sessions", "POST"),
        ("post", f"/api/sources/{'0' * 64}", "DELETE, PATCH"),
        ("patch", f"/api/sources/{'0' * 64}/image", "GET, HEAD"),
    ],
)
def test_another_method_is_a_json_405(client: Client, method: str, path: str, allowed: str) -> None:
    response = getattr(client, method)(path)
    assert error(response) == (405, "method_not_allowed")
    assert set(response["Allow"].split(", ")) == set(allowed.split(", "))


def test_head_is_answered_as_get_is(client: Client) -> None:
    assert client.head("/api/sources").status_code == 200


def test_a_fault_of_ours_is_a_json_500_without_a_trace(client: Client, monkeypatch, caplog) -> None:
    def fail(visitor: object) -> None:
        raise ZeroDivisionError("inner detail")

    monkeypatch.setattr("facedetect.catalogue.entries", fail)
    response = client.get("/api/sources")
    assert error(response) == (500, "internal_error")
    assert "inner detail" not in response.text
    assert "inner detail" in caplog.text


def test_a_page_that_is_not_there_is_friendly(client: Client) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "404.html" in [template.name for template in response.templates]


def test_a_page_that_fails_is_friendly(client: Client, monkeypatch) -> None:
    monkeypatch.setattr("facedetect.catalogue.entries", lambda visitor: 1 / 0)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "ZeroDivisionError" not in response.text
    assert "<html" in response.text


def test_an_icon_is_found_where_browsers_ask_unbidden(client: Client) -> None:
    assert re.fullmatch(r"/static/icons/icon\.[0-9a-f]{12}\.svg", client.get("/favicon.ico")["Location"])


def test_an_operator_can_take_a_face_down_but_not_look_at_it(
    client: Client, admin_client: Client, connected: RelayDouble
) -> None:
    source = bring(client).json()
    row = Source.objects.get()
    listing = admin_client.get("/admin/facedetect/source/")
    assert source["id"] in listing.text
    page = admin_client.get(f"/admin/facedetect/source/{row.pk}/change/")
    assert "<img" not in page.text
    assert row.visitor not in page.text
    assert admin_client.get("/admin/facedetect/source/add/").status_code == 403
    admin_client.post(f"/admin/facedetect/source/{row.pk}/delete/", {"post": "yes"})
    assert not Photo.objects.exists()
    assert connected.bodies("/revoke") == [{"source": source["id"]}]


def test_an_operator_can_take_many_down_at_once(client: Client, admin_client: Client, connected: RelayDouble) -> None:
    bring(client)
    bring(Client())
    form = {"action": "delete_selected", "_selected_action": list(Source.objects.values_list("pk", flat=True)), "post": "yes"}
    admin_client.post("/admin/facedetect/source/", form)
    assert not Source.objects.exists()
    assert len(connected.bodies("/revoke")) == 2


def test_consents_can_be_read_and_not_changed(client: Client, admin_client: Client, connected: RelayDouble) -> None:
    bring(client)
    consent = Consent.objects.get()
    assert STATEMENT.version in admin_client.get("/admin/facedetect/consent/").text
    address = f"/admin/facedetect/consent/{consent.pk}"
    assert "agreed" in admin_client.get(f"{address}/change/").text
    assert admin_client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"{address}/change/", {"wording": "other"}).status_code == 403


def test_the_admin_has_no_script_or_style_that_the_policy_would_stop(admin_client: Client) -> None:
    Source.objects.bring("visitor", "name", [picture()], STATEMENT)
    for path in ("/admin/", "/admin/facedetect/source/", "/admin/facedetect/consent/", "/admin/auth/user/add/"):
        text = admin_client.get(path).text
        assert not re.search(r"<script(?![^>]*(src=|application/json))[^>]*>", text), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), path


def test_the_admin_asks_who_you_are(client: Client) -> None:
    User.objects.create_user("visitor", password="x")
    client.login(username="visitor", password="x")
    assert client.get("/admin/facedetect/source/").status_code == 302
