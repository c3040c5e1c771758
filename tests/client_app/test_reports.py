"""What visitors tell the operator, and what the operator does about it."""

from typing import Any

import pytest
from django.test import Client

from facedetect import gallery
from facedetect.models import ProtectedFace, Report, Source, TakenDown
from facedetect.reports import MOST_PER_HOUR
from facedetect.signals import source_withdrawn
from tests.client_app.conftest import RelayDouble, picture
from tests.client_app.test_protection import ANN, tell
from tests.client_app.test_sessions import open_session
from tests.client_app.test_sources import bring, error, file, uploads

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Any:
    heard: list[tuple[str, str, bool]] = []

    def hear(source_id: str, visitor: str, takedown: bool, **_: Any) -> None:
        heard.append((source_id, visitor, takedown))

    source_withdrawn.connect(hear)
    yield heard
    source_withdrawn.disconnect(hear)


def report(client: Client, **fields: str) -> Any:
    return client.post("/report", {"what": "This is me.", "where": "", "contact": "", "face": "", **fields})


def act(admin_client: Client, kind: str, action: str, *rows: Any) -> Any:
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    return admin_client.post(f"/admin/facedetect/{kind}/", form, follow=True)


@pytest.mark.parametrize("path", ["/", "/privacy", "/files", "/verify", "/report", "/nowhere"])
def test_every_page_leads_to_the_form(client: Client, path: str) -> None:
    assert 'href="/report"' in client.get(path).text


def test_an_empty_report_is_asked_for_words(client: Client) -> None:
    response = report(client, what=" ")
    assert response.status_code == 400
    assert "This field is required" in response.text
    assert not Report.objects.exists()


def test_a_report_is_kept_for_the_operator(client: Client, admin_client: Client) -> None:
    form = client.get("/report?face=abc&where=me+<%26+you>.mp4&x=<script>").text
    assert 'value="abc"' in form
    assert "about the face abc." in form
    face = next(iter(gallery.faces().values()))
    assert f"about the face {face.name}." in client.get(f"/report?face={face.id}").text
    assert "This report is about" not in client.get("/report").text
    assert 'value="me &lt;&amp; you&gt;.mp4"' in form
    assert report(client, where="a video", contact="me@a.example", face="abc").headers["Location"] == "/report/sent"
    kept = Report.objects.get()
    assert (kept.what, kept.where, kept.contact, kept.face, kept.done) == (
        "This is me.",
        "a video",
        "me@a.example",
        "abc",
        False,
    )
    assert "This is me." in admin_client.get("/admin/facedetect/report/").text
    assert not client.get("/report/sent").cookies


def test_too_many_reports_from_one_address_wait(client: Client) -> None:
    for _ in range(MOST_PER_HOUR):
        assert report(client).status_code == 302
    response = report(client)
    assert response.status_code == 400
    assert "try again later" in response.text
    assert Report.objects.count() == MOST_PER_HOUR
    assert client.post("/report", {"what": "x"}, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_report_from_another_site_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post("/report", {"what": "x"}).status_code == 403


def test_a_face_is_taken_down_for_everyone_and_stays_down(
    client: Client, admin_client: Client, connected: RelayDouble, heard: Any
) -> None:
    other, third = Client(), Client()
    face = bring(client).json()
    bring(other)
    several = bring(third, file(), file(picture((240, 200)))).json()
    token = open_session(client, {"source": face["id"]}).json()["token"]
    report(client, face=face["id"])
    response = act(admin_client, "report", "take_down", Report.objects.get())
    assert "which 3 visitors had" in response.text
    assert not Source.objects.exists()
    assert {(source, takedown) for source, _, takedown in heard} == {(face["id"], True), (several["id"], True)}
    assert {body["source"] for body in connected.bodies("/revoke")} == {face["id"], several["id"]}
    assert Report.objects.get().done
    for visitor in (client, other):
        assert error(bring(visitor)) == (403, "taken_down")
        assert error(bring(visitor, file(), file(picture((300, 300))))) == (403, "taken_down")
    look = client.post("/api/photos/check", {"photo": file()}).json()
    assert (look["verdict"], look["reasons"][0]["code"]) == ("refused", "taken_down")
    fetched = Client().get(f"/api/sources/{face['id']}/images", headers={"authorization": f"Bearer {token}"})
    assert error(fetched) == (404, "unknown_source")


def test_a_built_in_face_can_be_taken_down_and_allowed_again(
    client: Client, admin_client: Client, connected: RelayDouble, heard: Any
) -> None:
    face = next(iter(gallery.faces()))
    report(client, face=face)
    act(admin_client, "report", "take_down", Report.objects.get())
    assert heard == [(face, "", True)]
    assert face not in [each["id"] for each in client.get("/api/sources").json()["sources"]]
    assert error(open_session(client, {"source": face})) == (403, "taken_down")
    entry = TakenDown.objects.get()
    admin_client.post(f"/admin/facedetect/takendown/{entry.pk}/delete/", {"post": "yes"})
    assert open_session(client, {"source": face}).status_code == 200


def test_a_report_without_a_face_is_left_to_be_looked_at(client: Client, admin_client: Client, connected: RelayDouble) -> None:
    report(client)
    kept = Report.objects.get()
    assert "name no face" in act(admin_client, "report", "take_down", kept).text
    assert not Report.objects.get().done
    admin_client.post(f"/admin/facedetect/report/{kept.pk}/change/", {"face": "0" * 64})
    assert Report.objects.get().face == "0" * 64
    assert not TakenDown.objects.exists()


def test_the_person_shown_can_be_protected_with_it(client: Client, admin_client: Client, connected: RelayDouble) -> None:
    tell(connected, ANN)
    bring(client)
    bring(Client(), file(picture((300, 300))))
    source = Source.objects.order_by("pk").first()
    assert "is protected" in act(admin_client, "source", "take_down_and_protect", source).text
    assert ProtectedFace.objects.get().embeddings == [ANN]
    assert not Source.objects.exists()
    assert error(bring(client, file(picture((320, 320))))) == (422, "protected_face")
    assert uploads(client) == []


def test_an_id_can_be_forbidden_by_hand(client: Client, admin_client: Client, connected: RelayDouble) -> None:
    face = bring(client).json()
    admin_client.post("/admin/facedetect/takendown/add/", {"source_id": face["id"]})
    assert not Source.objects.exists()
    assert error(bring(client)) == (403, "taken_down")
