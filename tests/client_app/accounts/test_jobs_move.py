"""Files and jobs follow their visitor into an account, and go with it."""

import pytest
from django.test import Client

from facedetect.consent import MEDIA_STATEMENT
from mediajobs.models import Job, Upload, life
from tests.client_app.accounts.conftest import PASSWORD, sign_up

pytestmark = pytest.mark.django_db


def announce(client: Client) -> Upload:
    form = {"name": "film.mp4", "bytes": 10, "consent": MEDIA_STATEMENT.version}
    answer = client.post("/api/uploads", form, content_type="application/json")
    assert answer.status_code == 201
    return Upload.objects.get(id=answer.json()["id"])


def test_they_come_along_and_go_with_the_account(client: Client) -> None:
    upload = announce(client)
    job = Job.objects.create(
        visitor=upload.visitor,
        upload=upload,
        kind="video",
        name="film",
        created=upload.created,
        expires_at=upload.created + life(),
    )
    lone, strangers = announce(client), announce(Client())
    sign_up(client)
    assert [listed["id"] for listed in client.get("/api/jobs").json()["jobs"]] == [str(job.id)]
    assert Upload.objects.get(id=lone.id).visitor.startswith("user-")
    client.post("/account/delete", {"password": PASSWORD})
    assert not Job.objects.exists()
    assert Upload.objects.get() == strangers
