"""Signing up, in and out; what comes along and what goes."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.guessing import TRIES_FROM_ADDRESS, TRIES_WITH_NAME, WINDOW
from accounts.models import ApiToken
from facedetect.models import Consent, Source, Tally
from facedetect.visitors import visitor_left, visitor_moved
from tests.client_app.accounts.conftest import NAME, PASSWORD, make_token, sign_in, sign_up
from tests.client_app.conftest import RelayDouble
from tests.client_app.test_sources import bring, uploads

pytestmark = pytest.mark.django_db

PAGES = ("/account", "/account/sign-in", "/account/sign-up", "/account/sign-out", "/account/password", "/account/delete")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "This field is required."),
        ({"username": NAME, "password1": "12345678", "password2": "12345678"}, "entirely numeric"),
        ({"username": NAME, "password1": "password", "password2": "password"}, "too common"),
        ({"username": NAME, "password1": PASSWORD, "password2": "another"}, "t match"),
        ({"username": "a b", "password1": PASSWORD, "password2": PASSWORD}, "Enter a valid username"),
        ({"username": "GRACE", "password1": PASSWORD, "password2": PASSWORD}, "This name is taken"),
    ],
)
def test_a_sign_up_that_will_not_do_says_why(client: Client, fields: dict[str, str], said: str) -> None:
    User.objects.create_user("grace")
    response = client.post("/account/sign-up", fields)
    assert response.status_code == 200
    assert said in response.text
    assert User.objects.count() == 1
    assert "_auth_user_id" not in client.session


def test_an_account_is_a_name_and_a_password(client: Client) -> None:
    assert sign_up(client)["Location"] == "/account"
    assert NAME in client.get("/account").text
    assert "Sign in" not in client.get("/privacy").text
    assert User.objects.get().password != PASSWORD
    assert User.objects.get().is_staff is False


def test_signing_in_changes_the_session_key_and_signing_out_forgets_it(client: Client, connected: RelayDouble) -> None:
    User.objects.create_user(NAME, password=PASSWORD)
    bring(client)
    before = client.session.session_key
    assert sign_in(client)["Location"] == "/account"
    assert client.session.session_key not in (None, before)
    assert client.post("/account/sign-out")["Location"] == "/"
    assert uploads(client) == []
    assert client.get("/account")["Location"] == "/account/sign-in?next=/account"


def test_signing_in_leads_on_within_this_server_only(client: Client) -> None:
    User.objects.create_user(NAME, password=PASSWORD)
    page = client.get("/account/sign-in?next=/account/password")
    assert '<input type="hidden" name="next" value="/account/password">' in page.text
    assert sign_in(Client(), next="/account/password")["Location"] == "/account/password"
    assert sign_in(Client(), next="https://evil.example/")["Location"] == "/account"


def test_an_unknown_name_and_a_wrong_password_are_told_apart_by_nothing(client: Client) -> None:
    User.objects.create_user(NAME, password=PASSWORD)
    User.objects.create_user("closed", password=PASSWORD, is_active=False)
    answers = {
        re.sub(r'(name="csrfmiddlewaretoken"|name="username") value="[^"]*"', "", sign_in(Client(), name, password).text)
        for name, password in ((NAME, "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD))
    }
    (answer,) = {re.sub(r'value="(grace|nobody|closed)"', "", answer) for answer in answers}
    assert "Name and password do not match" in answer


@pytest.mark.parametrize("name", [NAME, "nobody"])
def test_guessing_is_slowed_down_whether_or_not_the_name_exists(client: Client, name: str) -> None:
    User.objects.create_user(NAME, password=PASSWORD)
    for _ in range(TRIES_WITH_NAME):
        assert "do not match" in sign_in(client, name, "wrong").text
    for password in ("wrong", PASSWORD):
        assert "Too many tries with this name. Wait 15 min" in sign_in(client, name.upper(), password).text
    assert "_auth_user_id" not in client.session
    assert name not in str(list(Tally.objects.values()))
    Tally.objects.update(ends=F("ends") - WINDOW)
    assert sign_in(client, NAME).status_code == 302
    sign_in(Client(), "other", "wrong")
    assert [tally.count for tally in Tally.objects.all()] == [1, 1]  # with the name, from the address


def test_a_sign_in_that_succeeds_starts_the_count_again(client: Client) -> None:
    User.objects.create_user(NAME, password=PASSWORD)
    for _ in range(TRIES_WITH_NAME - 1):
        sign_in(client, password="wrong")
    sign_in(client)
    sign_in(client := Client(), password="wrong")
    assert sign_in(client).status_code == 302


def test_an_address_that_tries_many_names_waits_and_another_does_not(client: Client) -> None:
    User.objects.create_user(NAME, password=PASSWORD)
    for number in range(TRIES_FROM_ADDRESS):
        assert "do not match" in sign_in(client, f"name{number}", "wrong").text
    assert "Too many tries from your address. Wait 15 min" in sign_in(client).text
    assert "Too many tries from your address" in sign_up(client, "newcomer").text
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere).status_code == 302


def test_a_password_known_does_not_forgive_the_address_for_others(client: Client) -> None:
    User.objects.create_user(NAME, password=PASSWORD)
    for number in range(TRIES_FROM_ADDRESS):
        sign_in(Client(), f"name{number}", "wrong")
        if number == TRIES_FROM_ADDRESS // 2:
            assert sign_in(Client()).status_code == 302
    assert "from your address" in sign_in(client, "other", "wrong").text


def test_staff_signs_in_as_slowly(client: Client) -> None:
    User.objects.create_superuser(NAME, password=PASSWORD)
    User.objects.create_user("visitor", password=PASSWORD)
    fields = {"username": NAME, "password": "wrong", "next": "/admin/"}
    for _ in range(TRIES_WITH_NAME):
        assert "do not match" in client.post("/admin/login/", fields).text
    assert "Too many tries with this name" in client.post("/admin/login/", {**fields, "password": PASSWORD}).text
    assert "do not match" in client.post("/admin/login/", {**fields, "username": "visitor", "password": PASSWORD}).text
    Tally.objects.all().delete()
    assert client.post("/admin/login/", {**fields, "password": PASSWORD})["Location"] == "/admin/"


@pytest.mark.parametrize(("name", "passwords"), [("grace", ("12345678", "12345678")), ("Grace", (PASSWORD, "another"))])
def test_whether_a_name_is_taken_is_not_told_before_all_else_is_right(
    client: Client, name: str, passwords: tuple[str, str]
) -> None:
    User.objects.create_user("grace")
    form = {"username": name, "password1": passwords[0], "password2": passwords[1]}
    assert "taken" not in client.post("/account/sign-up", form).text
    assert "already" not in client.post("/account/sign-up", form).text


def test_whether_names_are_taken_is_told_so_often_from_one_address(client: Client) -> None:
    User.objects.create_user("grace")
    for _ in range(TRIES_FROM_ADDRESS):
        assert "This name is taken" in sign_up(client, "grace").text
    for name in ("grace", "free"):
        page = sign_up(client, name).text
        assert "Too many tries from your address. Wait 15 min" in page
        assert "taken" not in page
    assert User.objects.count() == 1


def test_what_the_visit_brought_comes_along(client: Client, connected: RelayDouble) -> None:
    source = bring(client).json()
    token = make_token(client)
    heard: list[tuple[str, str]] = []
    visitor_moved.connect(hear := lambda old, new, **_: heard.append((old, new)))
    try:
        sign_up(client)
    finally:
        visitor_moved.disconnect(hear)
    assert [entry["id"] for entry in uploads(client)] == [source["id"]]
    account = f"user-{User.objects.get().pk}"
    (old, new), *more = heard
    assert (new, more) == (account, [])
    assert old not in (account, "")
    assert Source.objects.get().visitor == Consent.objects.get().visitor == ApiToken.objects.get().visitor == account
    listed = Client().get("/api/sources", headers={"authorization": f"Bearer {token}"}).json()["sources"]
    assert source["id"] in [entry["id"] for entry in listed]
    other = Client()
    sign_in(other)
    assert [entry["id"] for entry in uploads(other)] == [source["id"]]


def test_a_face_that_the_account_has_already_is_there_once(client: Client, connected: RelayDouble) -> None:
    sign_up(client)
    bring(client)
    late = timezone.now() + timedelta(hours=99)
    other = Client()
    bring(other)
    Source.objects.exclude(visitor__startswith="user-").update(expires_at=late)
    sign_in(other)
    assert Source.objects.get().expires_at == late


def test_changing_the_password_signs_out_everywhere_else(client: Client) -> None:
    sign_up(client)
    other = Client()
    sign_in(other)
    form = {"old_password": PASSWORD, "new_password1": "another fog, no lamp", "new_password2": "another fog, no lamp"}
    assert "incorrectly" in client.post("/account/password", {**form, "old_password": "wrong"}).text
    page = client.post("/account/password", form, follow=True)
    assert "Your password is changed" in page.text
    assert other.get("/account").status_code == 302
    assert sign_in(Client(), password=PASSWORD).status_code == 200


def test_deleting_the_account_asks_for_the_password_and_leaves_nothing(client: Client, connected: RelayDouble) -> None:
    sign_up(client)
    source = bring(client).json()
    token = make_token(client, days="30")
    stranger = Client()
    bring(stranger)
    heard: list[str] = []
    visitor_left.connect(hear := lambda visitor, **_: heard.append(visitor))
    try:
        refused = client.post("/account/delete", {"password": "wrong"})
        assert "Nothing was deleted" in refused.text
        assert heard == []
        assert "Your account is deleted" in client.post("/account/delete", {"password": PASSWORD}).text
    finally:
        visitor_left.disconnect(hear)
    assert len(heard) == 1
    assert not User.objects.exists()
    assert not ApiToken.objects.exists()
    assert Source.objects.get().visitor not in heard
    assert connected.bodies("/revoke") == [{"source": source["id"]}]
    assert Consent.objects.filter(visitor=heard[0]).exists()
    assert client.get("/api/sources", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert uploads(client) == []
    assert client.get("/account").status_code == 302


def test_an_account_that_the_operator_deletes_takes_its_faces_along(
    client: Client, admin_client: Client, connected: RelayDouble
) -> None:
    sign_up(client)
    bring(client)
    admin_client.post(f"/admin/auth/user/{User.objects.get(username=NAME).pk}/delete/", {"post": "yes"})
    assert not Source.objects.exists()
    assert len(connected.bodies("/revoke")) == 1


@pytest.mark.parametrize("path", ["/account/sign-up", "/account/sign-in", "/account/sign-out", "/developers"])
def test_a_form_from_elsewhere_is_refused_with_a_page_that_helps(path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path, {"username": NAME})
    assert response.status_code == 403
    assert "This form has been open too long" in response.text


@pytest.mark.parametrize("path", PAGES)
def test_where_accounts_are_off_there_is_no_trace_of_them(client: Client, settings, path: str) -> None:
    settings.ACCOUNTS = False
    assert client.get(path).status_code == client.post(path).status_code == 404
    assert "Sign in" not in client.get("/privacy").text
    assert "account" not in re.sub(r"<code>.*?</code>", "", client.get("/developers").text)


def test_where_accounts_are_off_an_earlier_one_opens_nothing(client: Client, settings, connected: RelayDouble) -> None:
    sign_up(client)
    bring(client)
    token = make_token(client, days="365")
    settings.ACCOUNTS = False
    assert uploads(client) == []
    assert client.get("/api/sources", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_only_sign_out_by_a_form_signs_out(client: Client) -> None:
    sign_up(client)
    assert client.get("/account/sign-out").status_code == 405
    assert client.get("/account").status_code == 200
