"""What a visitor does with faces of their own: looking at a photo first, another name."""

import base64
from typing import Any

import pytest
from django.test import Client

from facedetect import gallery
from facedetect.models import Consent, Source
from tests.client_app.conftest import RelayDouble, picture
from tests.client_app.test_sources import bring, error, file, uploads

pytestmark = pytest.mark.django_db

SOFT = {"code": "face_soft", "message": "The face is small."}
CROP = picture((256, 256))


def look(client: Client, *photos: Any) -> Any:
    return client.post("/api/photos/check", {"photo": list(photos)})


def answer(relay: RelayDouble, *reasons: dict[str, str], ok: bool = True) -> None:
    crop = {"b64": base64.b64encode(CROP).decode()} if ok else None
    relay.answer("/prepare", 200, {"source": {"ok": ok, "reasons": list(reasons), "crop": crop}})


@pytest.mark.parametrize("photos", [[], [file(), file(picture((300, 300)))]])
def test_one_photo_is_looked_at_at_a_time(client: Client, photos: list[Any]) -> None:
    assert error(look(client, *photos)) == (400, "bad_request")
    assert error(client.post("/api/photos/check", b"x", content_type="image/jpeg")) == (400, "bad_request")


@pytest.mark.parametrize(("reasons", "verdict"), [([], "good"), ([SOFT], "usable")])
def test_a_look_tells_the_crop_and_keeps_nothing(
    client: Client, connected: RelayDouble, reasons: list[dict[str, str]], verdict: str
) -> None:
    answer(connected, *reasons)
    response = look(client, file())
    assert response.json() == {"verdict": verdict, "reasons": reasons, "crop": {"b64": base64.b64encode(CROP).decode()}}
    assert not response.cookies
    assert not Source.objects.exists()
    assert not Consent.objects.exists()


def test_a_model_that_shows_no_crop_is_no_fault(client: Client, connected: RelayDouble) -> None:
    assert look(client, file()).json() == {"verdict": "good", "reasons": [], "crop": None}


def test_a_photo_that_will_not_do_is_told_for_what(client: Client, connected: RelayDouble) -> None:
    reason = {"code": "eyes_hidden", "message": "No sunglasses."}
    answer(connected, reason, ok=False)
    assert look(client, file()).json() == {"verdict": "refused", "reasons": [reason], "crop": None}
    broken = look(client, file(b"no picture")).json()
    assert (broken["verdict"], broken["reasons"][0]["code"]) == ("refused", "bad_image")


def test_a_photo_that_is_too_large_or_cannot_be_looked_at_is_an_error(client: Client, settings: Any) -> None:
    settings.RELAY_URL = "http://127.0.0.1:9"
    assert error(look(client, file())) == (503, "relay_unreachable")
    settings.MAX_UPLOAD_BYTES = 1000
    assert error(look(client, file(b"x" * 1001))) == (413, "image_too_large")


def patch(client: Client, source: str, body: object) -> Any:
    return client.patch(f"/api/sources/{source}", body, content_type="application/json")


@pytest.mark.parametrize(("name", "kept"), [("Zoë", "Zoë"), (" ", "Your photo"), ("a" * 90, "a" * 80)])
def test_a_face_gets_another_name(client: Client, connected: RelayDouble, name: str, kept: str) -> None:
    face = bring(client, name="Ada").json()
    assert patch(client, face["id"], {"name": name}).json()["name"] == kept
    assert [each["name"] for each in uploads(client)] == [kept]


@pytest.mark.parametrize("body", [{}, {"name": 7}, {"name": None}, [], "x"])
def test_what_is_no_name_is_refused(client: Client, connected: RelayDouble, body: object) -> None:
    assert error(patch(client, bring(client).json()["id"], body)) == (400, "bad_request")


def test_only_its_owner_renames_it(client: Client, connected: RelayDouble) -> None:
    face = bring(client).json()
    other = Client()
    assert error(patch(other, face["id"], {"name": "x"})) == (404, "unknown_source")
    assert error(patch(client, next(iter(gallery.faces())), {"name": "x"})) == (404, "unknown_source")
    assert Source.objects.count() == 1


def test_trained_people_are_in_the_gallery_without_a_picture(client: Client, settings: Any) -> None:
    settings.TRAINED_IDENTITIES = ["anna_maria", "ben"]
    trained = [each for each in client.get("/api/sources").json()["sources"] if each["kind"] == "trained"]
    assert [(each["id"], each["name"], each["image"]) for each in trained] == [
        ("model:anna_maria", "Anna Maria", ""),
        ("model:ben", "Ben", ""),
    ]
    assert error(client.get("/api/sources/model:ben/image")) == (404, "unknown_source")
    assert client.get("/").status_code == 200
