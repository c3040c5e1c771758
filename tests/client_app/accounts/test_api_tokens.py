"""The page that makes API tokens, and what they open."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from accounts.models import TOKENS_EACH, ApiToken
from facedetect import gallery, tokens
from tests.client_app.accounts.conftest import make_token, sign_up
from tests.client_app.conftest import RelayDouble
from tests.client_app.test_sources import bring, error, uploads

pytestmark = pytest.mark.django_db


def with_token(token: str) -> dict[str, dict[str, str]]:
    return {"headers": {"authorization": f"Bearer {token}"}}


def test_looking_at_the_page_makes_nothing(client: Client) -> None:
    page = client.get("/developers")
    assert page.status_code == 200
    assert "visit" not in page.cookies
    assert not ApiToken.objects.exists()
    assert "days" not in page.context["form"].fields


def test_a_token_without_a_name_is_asked_for_one(client: Client) -> None:
    assert "This field is required" in client.post("/developers", {"name": "  "}).text
    assert not ApiToken.objects.exists()


def test_a_token_is_shown_once_and_kept_as_a_hash(client: Client) -> None:
    secret = make_token(client, "<b>webcam</b> at home")
    assert secret.startswith("lfs_")
    assert len(secret) == len("lfs_") + 43
    page = client.get("/developers").text
    assert "&lt;b&gt;webcam&lt;/b&gt; at home" in page
    assert secret not in page
    assert secret.removeprefix("lfs_") not in str(list(ApiToken.objects.values()))
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)


@pytest.mark.parametrize("days", [30, 90, 365])
def test_an_account_chooses_how_long(client: Client, days: int) -> None:
    sign_up(client)
    make_token(client, days=str(days))
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)
    assert client.post("/developers", {"name": "ever", "days": "9999"}).context["form"].errors


def test_there_is_an_end_to_how_many(client: Client) -> None:
    for number in range(TOKENS_EACH):
        make_token(client, str(number))
    assert "Revoke one first" in client.post("/developers", {"name": "one more"}).text
    assert ApiToken.objects.count() == TOKENS_EACH


def test_a_token_speaks_for_whoever_made_it(client: Client, connected: RelayDouble) -> None:
    source = bring(client).json()
    secret = make_token(client)
    program = Client()
    assert source["id"] in [face["id"] for face in program.get("/api/sources", **with_token(secret)).json()["sources"]]
    assert program.get(source["image"], **with_token(secret)).status_code == 200
    session = program.post("/api/sessions", {"source": source["id"]}, "application/json", **with_token(secret))
    assert tokens.read(session.json()["token"]).sources == (source["id"],)
    assert program.delete(f"/api/sources/{source['id']}", **with_token(secret)).status_code == 204
    assert uploads(client) == []
    assert not program.cookies
    assert ApiToken.objects.get().last_used is not None
    assert "last used" in client.get("/developers").text


def test_a_program_may_bring_a_face(client: Client, connected: RelayDouble) -> None:
    secret = make_token(client)
    program = Client(headers={"authorization": f"Bearer {secret}"})
    source = bring(program).json()
    assert [face["id"] for face in uploads(client)] == [source["id"]]


def test_the_token_counts_and_not_the_cookie_that_comes_with_it(client: Client, connected: RelayDouble) -> None:
    secret = make_token(client)
    other = Client()
    bring(other)
    listed = other.get("/api/sources", **with_token(secret)).json()["sources"]
    assert [face["kind"] for face in listed].count("upload") == 0


def _revoked(client: Client) -> str:
    secret = make_token(client)
    client.post(f"/developers/tokens/{ApiToken.objects.get().pk}/revoke")
    return secret


def _expired(client: Client) -> str:
    secret = make_token(client)
    ApiToken.objects.update(expires_at=timezone.now())
    return secret


def _of_a_closed_account(client: Client) -> str:
    sign_up(client)
    secret = make_token(client, days="30")
    User.objects.update(is_active=False)
    return secret


def _session_token(client: Client) -> str:
    return tokens.issue("somebody", [])


@pytest.mark.parametrize(
    "make",
    [_revoked, _expired, _of_a_closed_account, _session_token, lambda _: "", lambda _: "lfs_", lambda _: "ü" * 9000],
)
def test_a_token_that_will_not_do_is_never_somebody_else(client: Client, connected: RelayDouble, make) -> None:
    other = Client()
    bring(other)
    response = other.get("/api/sources", **with_token(make(client)))
    assert error(response) == (401, "bad_token")
    assert "/developers" in response.json()["error"]["message"]
    assert response["WWW-Authenticate"] == "Bearer"


def test_another_scheme_is_refused_and_a_proxys_password_is_not_ours(client: Client) -> None:
    assert error(client.get("/api/sources", headers={"authorization": "Token lfs_x"})) == (401, "bad_token")
    assert client.get("/api/sources", headers={"authorization": "Basic YTpi"}).status_code == 200


def test_the_relay_goes_on_fetching_photos_with_its_session_token(client: Client, settings, connected: RelayDouble) -> None:
    settings.API_CALLS_PER_MINUTE = 1
    source = bring(client).json()
    session = tokens.issue(client.session["visitor"], [source["id"]])
    for _ in range(3):
        assert Client().get(f"/api/sources/{source['id']}/images", **with_token(session)).status_code == 200
    api_token = make_token(client)
    assert Client().get(f"/api/sources/{source['id']}/images", **with_token(api_token)).status_code == 401


def test_nobody_revokes_anothers_token(client: Client) -> None:
    make_token(client)
    address = f"/developers/tokens/{ApiToken.objects.get().pk}/revoke"
    assert Client().post(address).status_code == 404
    assert client.get(address).status_code == 405
    assert "opens nothing any more" in client.post(address, follow=True).text
    assert not ApiToken.objects.exists()
    assert client.post(address).status_code == 404


def test_too_many_calls_are_told_when_to_come_again(client: Client, settings) -> None:
    settings.API_CALLS_PER_MINUTE = 5
    secret = make_token(client)
    answers = [client.get("/api/sources", **with_token(secret)) for _ in range(11)]  # over two minutes at most
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert error(refused[0]) == (429, "too_many_calls")
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
    other = Client()
    assert other.get("/api/sources").status_code == 200  # counted by its address


def test_a_caller_without_a_token_cannot_choose_its_address(settings) -> None:
    settings.API_CALLS_PER_MINUTE = 5
    statuses = [Client(headers={"x-forwarded-for": f"192.0.2.{n}"}).get("/api/sources").status_code for n in range(11)]
    assert 429 in statuses  # over two minutes at most


def test_an_operator_sees_and_revokes_tokens(client: Client, admin_client: Client) -> None:
    secret = make_token(client, "webcam")
    assert "webcam" in admin_client.get("/admin/accounts/apitoken/").text
    page = admin_client.get(f"/admin/accounts/apitoken/{ApiToken.objects.get().pk}/change/").text
    assert ApiToken.objects.get().digest not in page
    assert admin_client.get("/admin/accounts/apitoken/add/").status_code == 403
    admin_client.post(f"/admin/accounts/apitoken/{ApiToken.objects.get().pk}/delete/", {"post": "yes"})
    assert client.get("/api/sources", **with_token(secret)).status_code == 401


def test_built_in_faces_need_no_token(client: Client) -> None:
    assert [face["id"] for face in client.get("/api/sources").json()["sources"]] == list(gallery.faces())
