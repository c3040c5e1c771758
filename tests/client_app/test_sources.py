"""GET, POST and DELETE /api/sources and the images of a source."""

import base64
import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from facedetect import gallery, tokens
from facedetect.consent import STATEMENT
from facedetect.models import Consent, Photo, Source
from tests.client_app.conftest import RelayDouble, picture

pytestmark = pytest.mark.django_db

OTHER_ID = "0" * 64


def file(data: bytes | None = None, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if data is None else data)


def bring(client: Client, *photos: SimpleUploadedFile, **fields: str) -> Any:
    form = {"photos": list(photos or [file()]), "consent": STATEMENT.version, **fields}
    return client.post("/api/sources", form)


def error(response: Any) -> tuple[int, str]:
    body = response.json()["error"]
    assert set(body) == {"code", "message"}
    assert body["message"]
    return response.status_code, body["code"]


def uploads(client: Client) -> list[dict[str, Any]]:
    return [source for source in client.get("/api/sources").json()["sources"] if source["kind"] == "upload"]


def test_a_new_visitor_sees_the_gallery_and_gets_no_cookie(client: Client) -> None:
    response = client.get("/api/sources")
    sources = response.json()["sources"]
    assert [source["id"] for source in sources] == list(gallery.faces())
    assert all(set(source) == {"id", "name", "image", "thumbnail", "kind", "credit", "expires_at"} for source in sources)
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


def test_a_photo_becomes_a_source_of_this_visit(client: Client, connected: RelayDouble) -> None:
    response = bring(client, name="Ada")
    assert response.status_code == 201
    source = response.json()
    photo = client.get(source["image"])
    assert source["id"] == hashlib.sha256(photo.content).hexdigest()
    assert (source["name"], source["kind"], source["reasons"]) == ("Ada", "upload", [])
    assert source["image"] == f"/api/sources/{source['id']}/image"
    assert photo["Content-Type"] == "image/jpeg"
    assert "no-store" in photo["Cache-Control"]
    assert [entry["id"] for entry in uploads(client)] == [source["id"]]
    (prepared,) = connected.bodies("/prepare")
    assert base64.b64decode(prepared["source_images"][source["id"]][0]["b64"]) == photo.content


def test_the_visit_is_a_cookie_that_ends_with_the_browser(client: Client, connected: RelayDouble) -> None:
    cookie = bring(client).cookies["visit"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["expires"]) == (True, "Lax", "", "")


def test_consent_is_stored_with_its_time_and_wording(client: Client, connected: RelayDouble) -> None:
    source = bring(client).json()
    consent = Consent.objects.get()
    assert (consent.source_id, consent.version, consent.wording) == (source["id"], STATEMENT.version, STATEMENT.text)
    assert timezone.now() - consent.time < timedelta(minutes=1)


@pytest.mark.parametrize("consent", ["", "on", "1", "1999-1"])
def test_without_consent_to_this_statement_nothing_is_looked_at(client: Client, connected: RelayDouble, consent: str) -> None:
    assert error(bring(client, consent=consent)) == (400, "consent_required")
    assert not connected.calls
    assert not Source.objects.exists()


def test_several_photos_are_one_source_and_the_same_twice_is_one_photo(client: Client, connected: RelayDouble) -> None:
    one, two = picture(), picture((240, 200))
    source = bring(client, file(one), file(two), file(one)).json()
    hashes = sorted(hashlib.sha256(photo).hexdigest() for photo in Source.objects.get().photo_bytes())
    assert len(hashes) == 2
    assert source["id"] == hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def test_of_several_photos_the_one_that_will_not_do_is_named(client: Client, connected: RelayDouble) -> None:
    response = bring(client, file(), file(b"", "blank.jpg"), file(b"no picture", "note.jpg"))
    assert error(response) == (400, "bad_image")
    assert response.json()["error"]["message"].startswith("blank.jpg: The file is empty")
    assert not Source.objects.exists()


def test_the_same_photo_again_is_the_same_source(client: Client, connected: RelayDouble) -> None:
    first, second = bring(client, name="One").json(), bring(client, name="Two").json()
    assert first["id"] == second["id"]
    assert [entry["name"] for entry in uploads(client)] == ["Two"]
    assert Photo.objects.count() == 1
    assert Consent.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("", "Your photo"),
        (" \t\r\n ", "Your photo"),
        ("\0\x07", "Your photo"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("  Zoë \n 👩‍🚀  ", "Zoë 👩‍🚀"),
        ("'; DROP TABLE x; --", "'; DROP TABLE x; --"),
        ("日本" * 80, "日本" * 40),
    ],
)
def test_a_name_may_have_any_characters(client: Client, connected: RelayDouble, name: str, kept: str) -> None:
    assert bring(client, name=name).json()["name"] == kept


def test_a_form_without_photos_says_what_was_expected(client: Client) -> None:
    response = client.post("/api/sources", {"consent": STATEMENT.version, "photos": "text"})
    assert error(response) == (400, "bad_request")
    assert "1 to 8 files" in response.json()["error"]["message"]


@pytest.mark.parametrize("count", [9, 150])
def test_too_many_photos_are_refused(client: Client, count: int) -> None:
    assert error(bring(client, *[file(b"x") for _ in range(count)])) == (400, "too_many_photos")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "multipart/form-data; boundary=x", 400),
        (b"nonsense", "multipart/form-data; boundary=x", 400),
        (b"nonsense", "multipart/form-data", 400),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x", 400),
        (b"{}", "application/json", 400),
        (b"photos=1", "application/x-www-form-urlencoded", 400),
        (b"x", "", 400),
    ],
)
def test_what_is_no_form_is_refused(client: Client, body: bytes, content_type: str, status: int) -> None:
    assert error(client.post("/api/sources", body, content_type=content_type))[0] == status


@pytest.mark.parametrize("data", [b"", b"<svg/>", picture()[:500], picture((1, 1))])
def test_one_bad_photo_spoils_the_form(client: Client, connected: RelayDouble, data: bytes) -> None:
    assert error(bring(client, file(), file(data))) == (400, "bad_image")
    assert not connected.calls
    assert not Source.objects.exists()
    assert not Consent.objects.exists()


def test_a_file_over_the_limit_is_refused(client: Client, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    assert error(bring(client, file(b"x" * 1001))) == (413, "image_too_large")


def test_a_body_over_the_limit_is_refused_before_it_is_read(client: Client, settings) -> None:
    settings.MAX_REQUEST_BYTES = 1000
    assert error(bring(client)) == (413, "body_too_large")


def test_a_photo_without_a_face_is_refused_and_not_kept(client: Client, connected: RelayDouble) -> None:
    reasons = [{"code": "no_face_in_source", "message": "no face was found in the photo"}]
    connected.answer("/prepare", 200, {"source": {"ok": False, "reasons": reasons}})
    response = bring(client)
    assert error(response) == (422, "no_face_in_source")
    assert response.json()["error"]["message"] == "no face was found in the photo"
    assert not Source.objects.exists()


def test_a_photo_with_sunglasses_is_refused_with_what_to_try(client: Client, connected: RelayDouble) -> None:
    reasons = [{"code": "eyes_hidden", "message": "The eyes cannot be seen. Choose a photo without sunglasses."}]
    connected.answer("/prepare", 200, {"source": {"ok": False, "reasons": reasons}})
    response = bring(client)
    assert error(response) == (422, "eyes_hidden")
    assert response.json()["error"]["message"] == reasons[0]["message"]
    assert not Source.objects.exists()


def test_a_photo_with_several_faces_says_which_is_used(client: Client, connected: RelayDouble) -> None:
    reasons = [{"code": "several_faces", "message": "the photo shows several faces; the largest is used"}]
    connected.answer("/prepare", 200, {"source": {"ok": True, "reasons": reasons}})
    assert bring(client).json()["reasons"] == reasons


def test_without_a_relay_the_visitor_is_told(client: Client, settings) -> None:
    settings.RELAY_URL = "http://127.0.0.1:9"
    assert error(bring(client)) == (503, "relay_unreachable")
    assert not Source.objects.exists()


def test_another_visitor_neither_sees_nor_uses_nor_deletes_it(client: Client, connected: RelayDouble) -> None:
    source = bring(client).json()
    other = Client()
    assert uploads(other) == []
    assert error(other.get(source["image"])) == (404, "unknown_source")
    assert error(other.delete(f"/api/sources/{source['id']}")) == (404, "unknown_source")
    assert error(other.post("/api/sessions", {"source": source["id"]}, content_type="application/json"))[0] == 404
    assert Source.objects.count() == 1


def test_two_visitors_with_one_photo_have_one_each(client: Client, connected: RelayDouble) -> None:
    other = Client()
    ours, theirs = bring(client, name="Ours").json(), bring(other, name="Theirs").json()
    assert ours["id"] == theirs["id"]
    assert client.delete(f"/api/sources/{ours['id']}").status_code == 204
    assert [entry["name"] for entry in uploads(other)] == ["Theirs"]
    assert uploads(client) == []


def test_deleting_is_total_and_ends_the_streams(client: Client, connected: RelayDouble) -> None:
    source = bring(client).json()
    response = client.delete(f"/api/sources/{source['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert not Source.objects.exists()
    assert not Photo.objects.exists()
    assert Consent.objects.count() == 1
    assert connected.bodies("/revoke") == [{"source": source["id"]}]
    assert error(client.get(source["image"])) == (404, "unknown_source")
    assert error(client.delete(f"/api/sources/{source['id']}")) == (404, "unknown_source")


def test_deleting_works_while_the_relay_is_down(client: Client, connected: RelayDouble, settings) -> None:
    source = bring(client).json()
    settings.RELAY_URL = "http://127.0.0.1:9"
    assert client.delete(f"/api/sources/{source['id']}").status_code == 204


def test_a_built_in_face_cannot_be_deleted(client: Client) -> None:
    assert error(client.delete(f"/api/sources/{next(iter(gallery.faces()))}")) == (404, "unknown_source")


def test_a_built_in_faces_image_is_its_file(client: Client) -> None:
    face = next(iter(gallery.faces().values()))
    assert client.get(f"/api/sources/{face.id}/image").content == face.photo


def expire(source: dict[str, Any]) -> None:
    Source.objects.filter(source_id=source["id"]).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_an_expired_source_is_not_served_and_goes_with_the_next_look(client: Client, connected: RelayDouble) -> None:
    source = bring(client).json()
    token = client.post("/api/sessions", {"source": source["id"]}, content_type="application/json").json()["token"]
    expire(source)
    assert error(client.get(source["image"])) == (404, "unknown_source")
    assert error(images(client, source["id"], token)) == (404, "unknown_source")
    assert error(client.delete(f"/api/sources/{source['id']}")) == (404, "unknown_source")
    assert Photo.objects.count() == 1
    assert uploads(client) == []
    assert not Photo.objects.exists()
    assert Consent.objects.count() == 1


def test_a_source_expires_when_the_visit_does_at_the_latest(client: Client, connected: RelayDouble, settings) -> None:
    bring(client)
    source = Source.objects.get()
    assert source.expires_at - source.created == pytest.approx(timedelta(hours=24), abs=timedelta(seconds=1))
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) == timedelta(hours=24)


def test_the_command_deletes_what_has_expired(client: Client, connected: RelayDouble) -> None:
    def run() -> str:
        output = io.StringIO()
        call_command("expire_sources", stdout=output)
        return output.getvalue()

    assert run() == "Deleted 0 expired sources.\n"
    old, new = bring(client).json(), bring(client, file(picture((300, 300)))).json()
    expire(old)
    assert run() == "Deleted 1 expired sources.\n"
    assert Source.objects.get().source_id == new["id"]
    assert Photo.objects.count() == 1


def test_the_cron_address_deletes_for_the_cron_service_only(client: Client, connected: RelayDouble) -> None:
    expire(bring(client).json())
    assert error(client.get("/tasks/expire-sources")) == (403, "forbidden")
    assert Source.objects.count() == 1
    assert client.get("/tasks/expire-sources", headers={"x-appengine-cron": "true"}).json() == {"deleted": 1, "swept": 0}


def images(client: Client, source_id: str, token: str | None) -> Any:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return client.get(f"/api/sources/{source_id}/images", headers=headers)


def test_the_relay_fetches_photos_with_the_session_token_alone(client: Client, connected: RelayDouble) -> None:
    source = bring(client, file(), file(picture((240, 200)))).json()
    token = client.post("/api/sessions", {"source": source["id"]}, content_type="application/json").json()["token"]
    body = images(Client(), source["id"], token).json()
    photos = [base64.b64decode(image["b64"]) for image in body["images"]]
    hashes = sorted(hashlib.sha256(photo).hexdigest() for photo in photos)
    assert hashlib.sha256("\n".join(hashes).encode()).hexdigest() == source["id"]


def test_a_built_in_face_travels_like_any_other(client: Client) -> None:
    face = next(iter(gallery.faces().values()))
    body = images(client, face.id, tokens.issue("visitor", [face.id])).json()
    assert body == {"images": [{"b64": base64.b64encode(face.photo).decode()}]}


@pytest.mark.parametrize("token", [None, "", "nonsense"])
def test_without_a_token_no_photos_are_handed_out(client: Client, token: str | None) -> None:
    response = images(client, OTHER_ID, token)
    assert error(response) == (401, "bad_token")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_opens_only_what_it_lists(client: Client) -> None:
    face = next(iter(gallery.faces().values()))
    assert error(images(client, face.id, tokens.issue("visitor", [OTHER_ID]))) == (403, "forbidden")


def test_a_deleted_photo_is_not_handed_out_any_more(client: Client, connected: RelayDouble) -> None:
    source = bring(client).json()
    bring(Client())
    token = client.post("/api/sessions", {"source": source["id"]}, content_type="application/json").json()["token"]
    client.delete(f"/api/sources/{source['id']}")
    assert error(images(client, source["id"], token)) == (404, "unknown_source")


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(st.characters(exclude_characters="/?#"), min_size=1, max_size=70))
def test_any_text_for_an_id_is_just_unknown(client: Client, text: str) -> None:
    from urllib.parse import quote

    address = f"/api/sources/{quote(text, errors='replace')}"
    assert error(client.delete(address))[0] == 404
    assert error(client.get(f"{address}/image"))[0] == 404


@pytest.mark.django_db(transaction=True)
def test_a_database_without_tables_is_said_and_the_page_still_shown(client: Client, caplog) -> None:
    with connection.schema_editor() as editor:
        for model in (Photo, Source):
            editor.delete_model(model)
    try:
        assert error(client.get("/api/sources")) == (503, "database_unavailable")
        assert error(client.get("/healthz")) == (503, "database_unavailable")
        assert client.get("/").status_code == 200
        assert "manage.py migrate" in caplog.text
    finally:
        with connection.schema_editor() as editor:
            for model in (Source, Photo):
                editor.create_model(model)
