import base64

import pytest
from django.test import RequestFactory

from facedetect.errors import ApiError
from facedetect.relay import PHOTO_FAULTS, Relay, RelayAddress, address_for_page, relay_for
from tests.client_app.conftest import RelayDouble
from tests.processes import free_port


def refused(relay: Relay) -> ApiError:
    with pytest.raises(ApiError) as error:
        relay.prepare("id", [b"photo"])
    return error.value


def test_a_relay_that_is_down_cannot_check_a_photo() -> None:
    error = refused(Relay(f"http://127.0.0.1:{free_port()}", "key"))
    assert (error.status, error.code) == (503, "relay_unreachable")
    assert "does not answer" in error.message


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"not json"),
        (200, b"[]"),
        (200, b"null"),
        (200, {}),
        (200, {"source": None}),
        (500, {"source": {"ok": True}}),
        (502, {"error": {"code": "model_unreachable", "message": "down"}}),
        (400, {"error": "text"}),
        (401, {"error": {"code": "unauthorised", "message": "key"}}),
        (404, b"<html>"),
    ],
)
def test_an_answer_that_is_none_counts_as_no_answer(relay: RelayDouble, status: int, body: object) -> None:
    relay.answer("/prepare", status, body)
    error = refused(Relay(relay.url, "key"))
    assert (error.status, error.code) == (503, "relay_unreachable")


@pytest.mark.parametrize("code", sorted(PHOTO_FAULTS))
@pytest.mark.parametrize("status", [200, 400, 422])
def test_what_the_model_says_of_a_photo_is_passed_on(relay: RelayDouble, code: str, status: int) -> None:
    relay.answer("/prepare", status, {"error": {"code": code, "message": "because"}})
    error = refused(Relay(relay.url, "key"))
    assert (error.status, error.code, error.message) == (422, code, "because")


def test_a_photo_without_a_face_is_refused_with_the_models_words(relay: RelayDouble) -> None:
    reasons = [{"code": "no_face_in_source", "message": "no face was found in the photo"}]
    relay.answer("/prepare", 200, {"source": {"ok": False, "reasons": reasons, "crop": None, "embedding": None}})
    error = refused(Relay(relay.url, "key"))
    assert (error.status, error.code, error.message) == (422, "no_face_in_source", "no face was found in the photo")


@pytest.mark.parametrize("code", ["face_too_small", "face_too_blurred", "face_turned_away", "eyes_hidden"])
def test_a_face_that_will_not_do_is_refused_with_its_reason(relay: RelayDouble, code: str) -> None:
    reasons = [{"code": code, "message": "Choose another photo."}]
    relay.answer("/prepare", 200, {"source": {"ok": False, "reasons": reasons, "crop": None, "embedding": None}})
    error = refused(Relay(relay.url, "key"))
    assert (error.status, error.code, error.message) == (422, code, "Choose another photo.")


def test_a_refusal_without_reasons_still_says_something(relay: RelayDouble) -> None:
    relay.answer("/prepare", 200, {"source": {"ok": False}})
    error = refused(Relay(relay.url, "key"))
    assert (error.code, error.message) == ("no_face_in_source", "No face was found in the photo.")


def test_remarks_on_a_good_photo_are_handed_on(relay: RelayDouble) -> None:
    reasons = [{"code": "several_faces", "message": "the largest is used"}]
    relay.answer("/prepare", 200, {"source": {"ok": True, "reasons": reasons}})
    assert Relay(relay.url, "key").prepare("id", [b"one", b"two"]).reasons == reasons
    photos = [{"b64": base64.b64encode(photo).decode()} for photo in (b"one", b"two")]
    assert relay.calls == [("/prepare", "Bearer key", {"source": "id", "source_images": {"id": photos}})]


def test_revoking_tells_the_relay_which_source(relay: RelayDouble) -> None:
    Relay(relay.url, "key").revoke("id")
    assert relay.calls == [("/revoke", "Bearer key", {"source": "id"})]


def test_a_relay_that_cannot_be_told_is_only_noted(relay: RelayDouble, caplog: pytest.LogCaptureFixture) -> None:
    relay.answer("/revoke", 500, b"")
    Relay(relay.url, "key").revoke("id")
    Relay(f"http://127.0.0.1:{free_port()}", "key").revoke("id")
    assert caplog.text.count("was not told that source id is gone") == 2


@pytest.mark.parametrize(
    ("base", "stream", "origins"),
    [
        ("http://127.0.0.1:8001", "ws://127.0.0.1:8001/stream", ("http://127.0.0.1:8001", "ws://127.0.0.1:8001")),
        ("https://a.example/relay", "wss://a.example/relay/stream", ("https://a.example", "wss://a.example")),
    ],
)
def test_an_address_is_told_in_every_form(base: str, stream: str, origins: tuple[str, str]) -> None:
    address = RelayAddress(base)
    assert (address.stream, address.health, address.origins) == (stream, f"{base}/healthz", origins)


@pytest.mark.parametrize(
    ("host", "secure", "expected"),
    [
        ("127.0.0.1:8000", False, "http://127.0.0.1:8001"),
        ("localhost", True, "https://localhost:8001"),
        ("[::1]:8000", False, "http://[::1]:8001"),
    ],
)
def test_without_an_address_of_its_own_the_relay_is_where_the_visitor_is(host: str, secure: bool, expected: str) -> None:
    request = RequestFactory().get("/", headers={"host": host}, secure=secure)
    assert address_for_page(request).base == expected
    assert relay_for(request).base == f"{'https' if secure else 'http'}://127.0.0.1:8001"


def test_an_address_of_its_own_goes_before(settings) -> None:
    settings.RELAY_URL = "https://relay.example"
    request = RequestFactory().get("/", headers={"host": "localhost:8000"})
    assert address_for_page(request).base == relay_for(request).base == "https://relay.example"
