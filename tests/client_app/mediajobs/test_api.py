"""Uploads and jobs over the API: what is refused, and what is kept of what is not."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from facedetect import gallery
from facedetect.consent import MEDIA_STATEMENT
from facedetect.models import Consent
from mediajobs.models import Job, State, Upload, remove_expired
from mediajobs.queue import me, tell_alive

pytestmark = pytest.mark.django_db


def announce(client: Client, size: int = 5, name: str = "clip.mp4", consent: str = MEDIA_STATEMENT.version) -> Any:
    body = {"name": name, "bytes": size, "consent": consent}
    return client.post("/api/uploads", body, content_type="application/json")


def put(client: Client, place: dict[str, Any], content: bytes = b"video") -> Any:
    return client.put(place["url"], content, content_type="application/octet-stream")


def uploaded(client: Client, content: bytes = b"video", name: str = "clip.mp4") -> str:
    place = announce(client, len(content), name).json()
    assert put(client, place, content).status_code == 204
    return str(place["id"])


def start(client: Client, upload: str, kind: str = "video", **fields: Any) -> Any:
    body = {"upload": upload, "kind": kind, **({"source": face()} if kind != "recording" and not fields else fields)}
    return client.post("/api/jobs", body, content_type="application/json")


def face() -> str:
    return next(iter(gallery.faces()))


def refusal(answer: Any) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["message"].endswith(".")
    return answer.status_code, error["code"]


def stored() -> list[str]:
    media = Path(django_settings.MEDIA_DIR)
    return sorted(path.name for folder in ("uploads", "jobs") for path in (media / folder).rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def nothing_is_left() -> Any:
    yield
    for upload in Upload.objects.all():
        upload.remove()
    assert stored() == []
    work = Path(django_settings.WORK_DIR)
    assert not work.exists() or list(work.iterdir()) == []


def test_an_empty_file_is_refused(client: Client) -> None:
    assert refusal(announce(client, size=0)) == (400, "empty_file")
    place = announce(client).json()
    assert refusal(put(client, place, b"")) == (400, "empty_file")


def test_too_large_a_file_is_refused_by_what_it_says_and_by_what_comes(client: Client, settings: Any) -> None:
    settings.MAX_MEDIA_BYTES = 1000
    assert refusal(announce(client, size=1001)) == (413, "file_too_large")
    place = announce(client, size=1000).json()
    assert refusal(put(client, place, b"x" * 1001)) == (413, "file_too_large")
    assert refusal(start(client, place["id"])) == (409, "upload_incomplete")


def test_more_than_was_announced_is_refused_and_not_kept(client: Client) -> None:
    place = announce(client, size=5).json()
    answer = put(client, place, b"videos")
    assert refusal(answer) == (413, "more_than_announced")
    assert "6 bytes; 5 were announced" in answer.json()["error"]["message"]
    assert stored() == []
    assert refusal(start(client, place["id"])) == (409, "upload_incomplete")
    assert put(client, place, b"clip").status_code == 204
    assert stored() == [place["id"]]


@pytest.mark.parametrize("consent", ["", "older"])
def test_without_the_consent_in_force_nothing_is_taken(client: Client, consent: str) -> None:
    assert refusal(announce(client, consent=consent)) == (400, "consent_required")
    assert not Upload.objects.exists()


def test_the_consent_is_kept_with_its_words(client: Client) -> None:
    upload = announce(client).json()["id"]
    consent = Consent.objects.get(source_id=upload)
    assert (consent.version, consent.wording) == (MEDIA_STATEMENT.version, MEDIA_STATEMENT.text)


def test_the_file_is_kept_under_a_name_of_our_own(client: Client) -> None:
    name = "../../etc/пароль\x00\u202e \N{GRINNING FACE}.mp4"
    upload = uploaded(client, b"12345", name)
    assert stored() == [upload]
    job = start(client, upload).json()
    assert job["name"].endswith("\N{GRINNING FACE}.mp4")
    assert "\x00" not in job["name"]


def test_the_same_file_twice_is_two_uploads(client: Client) -> None:
    assert len({uploaded(client), uploaded(client)}) == 2


def test_an_upload_may_be_sent_again_until_something_is_made_of_it(client: Client) -> None:
    place = announce(client).json()
    put(client, place, b"first")
    assert put(client, place, b"again").status_code == 204
    start(client, place["id"])
    assert refusal(put(client, place, b"later")) == (409, "upload_in_use")


def test_another_visitors_upload_and_job_are_not_there(client: Client) -> None:
    upload = uploaded(client)
    job = start(client, upload).json()
    stranger = Client()
    assert refusal(start(stranger, upload)) == (404, "unknown_upload")
    for method, path in (("get", ""), ("post", "/cancel"), ("get", "/result"), ("get", "/preview"), ("delete", "")):
        assert refusal(getattr(stranger, method)(f"/api/jobs/{job['id']}{path}")) == (404, "unknown_job")
    assert stranger.get("/api/jobs").json() == {"jobs": []}


def test_a_job_needs_a_file_and_a_face_that_one_may_use(client: Client) -> None:
    assert refusal(start(client, str(uuid.uuid4()))) == (404, "unknown_upload")
    upload = uploaded(client)
    assert refusal(start(client, upload, source=None)) == (400, "bad_request")
    assert refusal(start(client, upload, source="0" * 64)) == (404, "unknown_source")
    assert refusal(start(client, upload, assign={"1": "0" * 64})) == (404, "unknown_source")
    assert refusal(start(client, upload, kind="song")) == (400, "bad_request")
    assert not Job.objects.exists()


def test_a_job_waits_and_says_for_what(client: Client) -> None:
    job = start(client, uploaded(client)).json()
    assert (job["state"], job["result"], job["preview"]) == ("waiting", None, None)
    assert "not running" in job["message"]
    tell_alive(me())
    assert client.get(f"/api/jobs/{job['id']}").json()["message"] == "It is next."
    second = start(client, uploaded(client)).json()
    assert second["message"] == "It waits for 1 other before it."
    assert [listed["id"] for listed in client.get("/api/jobs").json()["jobs"]] == [second["id"], job["id"]]


def test_only_so_many_may_wait(client: Client, settings: Any) -> None:
    settings.MAX_WAITING_JOBS = 1
    start(client, uploaded(client))
    assert refusal(start(client, uploaded(client))) == (429, "too_many_jobs")


def test_a_waiting_job_is_cancelled_at_once(client: Client) -> None:
    job = start(client, uploaded(client)).json()
    cancelled = client.post(f"/api/jobs/{job['id']}/cancel").json()
    assert (cancelled["state"], cancelled["message"]) == ("cancelled", "Cancelled.")
    assert refusal(client.get(f"/api/jobs/{job['id']}/result")) == (404, "nothing_there")
    assert refusal(client.get(f"/api/jobs/{job['id']}/preview")) == (404, "nothing_there")


def test_deleting_a_job_deletes_its_upload_with_the_last(client: Client) -> None:
    upload = uploaded(client)
    first, second = start(client, upload).json(), start(client, upload, kind="recording").json()
    assert client.delete(f"/api/jobs/{first['id']}").status_code == 204
    assert stored() == [upload]
    assert client.delete(f"/api/jobs/{second['id']}").status_code == 204
    assert (stored(), Upload.objects.count()) == ([], 0)


def test_an_upload_that_nothing_was_made_of_goes_after_an_hour(client: Client) -> None:
    uploaded(client)
    kept = uploaded(client)
    job = start(client, kept).json()
    Upload.objects.filter(jobs__isnull=True).update(expires_at=timezone.now())
    assert remove_expired() == 1
    assert stored() == [kept]
    Job.objects.filter(id=job["id"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    call_command("expire_sources")
    assert (stored(), Job.objects.count()) == ([], 0)


def test_what_is_no_picture_says_so_and_makes_no_job(client: Client) -> None:
    assert refusal(start(client, uploaded(client, b"<svg/>"), kind="picture")) == (400, "bad_image")
    assert not Job.objects.exists()


def test_a_picture_without_a_relay_can_be_tried_again(client: Client, settings: Any) -> None:
    from tests.client_app.conftest import picture

    settings.RELAY_URL = "http://127.0.0.1:9"
    upload = uploaded(client, picture())
    assert refusal(start(client, upload, kind="picture")) == (503, "relay_unreachable")
    assert not Job.objects.filter(state=State.DONE).exists()


def test_the_operators_check_is_asked_first(client: Client, settings: Any) -> None:
    from tests.client_app.conftest import picture

    settings.CONTENT_CHECK = "tests.client_app.mediajobs.support.refuse"
    answer = start(client, uploaded(client, picture()), kind="picture")
    assert refusal(answer) == (422, "content_refused")
    assert answer.json()["error"]["message"] == "No picture today."
