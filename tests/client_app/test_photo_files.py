"""The files of faces: there while their row is, and gone with it on every path."""

import base64
import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone
from PIL import Image

from facedetect.consent import STATEMENT
from facedetect.files import SWEPT_AFTER
from facedetect.models import Consent, Source
from facedetect.private_storage import private_storage
from facedetect.signals import source_withdrawn
from tests.client_app.conftest import RelayDouble, picture
from tests.client_app.test_sources import bring, error, expire, file

# Files go once the database is certain that their row is gone, which within a test's own transaction it never is.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any) -> Path:
    folder: Path = settings.MEDIA_DIR / "faces"
    folder.mkdir(parents=True, exist_ok=True)
    for left_over in folder.iterdir():
        left_over.unlink()
    return folder


@pytest.fixture
def cropping(connected: RelayDouble) -> RelayDouble:
    crop = {"b64": base64.b64encode(picture((256, 256))).decode()}
    connected.answer("/prepare", 200, {"source": {"ok": True, "reasons": [], "crop": crop, "embeddings": [[0.5] * 128]}})
    return connected


@pytest.fixture
def withdrawn() -> Any:
    heard: list[tuple[str, bool]] = []

    def hear(source_id: str, visitor: str, takedown: bool, **_: Any) -> None:
        assert visitor
        heard.append((source_id, takedown))

    source_withdrawn.connect(hear)
    yield heard
    source_withdrawn.disconnect(hear)


def test_photos_and_the_crop_are_files_and_nothing_else_is(client: Client, cropping: RelayDouble, folder: Path) -> None:
    face = bring(client, file(), file(picture((240, 200)))).json()
    contents = {path.read_bytes() for path in folder.iterdir()}
    thumbnail = client.get(face["thumbnail"])
    assert {*Source.objects.get().photo_bytes(), thumbnail.content} == contents
    assert len(contents) == 3
    assert Image.open(io.BytesIO(thumbnail.content)).size == (224, 224)
    assert thumbnail["Content-Type"] == "image/jpeg"
    assert error(Client().get(face["thumbnail"])) == (404, "unknown_source")


def test_without_a_crop_the_photo_itself_is_shown(client: Client, connected: RelayDouble) -> None:
    face = bring(client).json()
    assert client.get(face["thumbnail"]).content == client.get(face["image"]).content


def test_the_owner_deletes_them(client: Client, cropping: RelayDouble, folder: Path, withdrawn: Any) -> None:
    face = bring(client).json()
    assert client.delete(f"/api/sources/{face['id']}").status_code == 204
    assert list(folder.iterdir()) == []
    assert withdrawn == [(face["id"], False)]


def test_time_deletes_them_and_ends_their_streams(client: Client, cropping: RelayDouble, folder: Path, withdrawn: Any) -> None:
    face = bring(client).json()
    expire(face)
    call_command("expire_sources", stdout=io.StringIO())
    assert list(folder.iterdir()) == []
    assert cropping.bodies("/revoke") == [{"source": face["id"]}]
    assert withdrawn == [(face["id"], False)]


@pytest.mark.parametrize("one_by_one", [True, False])
def test_the_operator_deletes_them(
    client: Client, admin_client: Client, cropping: RelayDouble, folder: Path, withdrawn: Any, one_by_one: bool
) -> None:
    face = bring(client).json()
    pk = Source.objects.get().pk
    if one_by_one:
        admin_client.post(f"/admin/facedetect/source/{pk}/delete/", {"post": "yes"})
    else:
        form = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        admin_client.post("/admin/facedetect/source/", form)
    assert list(folder.iterdir()) == []
    assert [source_id for source_id, _ in withdrawn] == [face["id"]]


def test_the_same_photo_again_leaves_one_file(client: Client, connected: RelayDouble, folder: Path, withdrawn: Any) -> None:
    bring(client, name="One")
    bring(client, name="Two")
    assert len(list(folder.iterdir())) == 1
    assert Source.objects.get().photo_bytes()
    assert withdrawn == []


def test_what_the_database_refuses_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(Consent.objects, "create", refuse)
    with pytest.raises(IntegrityError):
        Source.objects.bring("visitor", "name", [picture()], STATEMENT)
    assert list(folder.iterdir()) == []
    assert not Source.objects.exists()


def test_a_storage_that_is_full_is_said_and_leaves_nothing(
    client: Client, connected: RelayDouble, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, calls = type(private_storage())._save, []

    def fill_up(storage: Any, name: str, content: Any) -> str:
        calls.append(name)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return str(save(storage, name, content))

    monkeypatch.setattr(type(private_storage()), "_save", fill_up)
    assert error(bring(client, file(), file(picture((240, 200))))) == (503, "storage_unavailable")
    assert list(folder.iterdir()) == []
    assert not Source.objects.exists()


def test_a_file_that_has_gone_is_no_face_any_more(client: Client, connected: RelayDouble, folder: Path) -> None:
    face = bring(client).json()
    next(folder.iterdir()).unlink()
    assert error(client.get(face["image"])) == (404, "unknown_source")
    assert client.delete(f"/api/sources/{face['id']}").status_code == 204


def test_a_file_that_cannot_be_read_is_said(client: Client, connected: RelayDouble, folder: Path) -> None:
    face = bring(client).json()
    photo = next(folder.iterdir())
    photo.unlink()
    photo.mkdir()
    assert error(client.get(face["image"])) == (503, "storage_unavailable")
    photo.rmdir()


def test_a_file_that_cannot_be_deleted_is_swept_later(
    client: Client, cropping: RelayDouble, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(storage: Any, name: str) -> None:
        raise OSError("not now")

    kept = bring(client, file(picture((300, 300)))).json()
    face = bring(client).json()
    with monkeypatch.context() as patched:
        patched.setattr(type(private_storage()), "delete", fail)
        assert client.delete(f"/api/sources/{face['id']}").status_code == 204
    assert len(list(folder.iterdir())) == 4
    assert Source.objects.sweep_files() == 0
    long_ago = time.time() - SWEPT_AFTER.total_seconds() - 60
    for path in folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    output = io.StringIO()
    call_command("expire_sources", stdout=output)
    assert "Deleted 2 files" in output.getvalue()
    assert client.get(kept["image"]).status_code == client.get(kept["thumbnail"]).status_code == 200


def test_sweeping_where_nothing_was_ever_kept(folder: Path) -> None:
    folder.rmdir()
    assert Source.objects.sweep_files() == 0


def test_photos_of_before_move_into_the_storage_and_back(folder: Path) -> None:
    def migrate(name: str) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate([("facedetect", name)])
        return executor.loader.project_state([("facedetect", name)]).apps

    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("facedetect")[0][1]
    photo = picture()
    try:
        apps = migrate("0001_initial")
        now = timezone.now()
        source = apps.get_model("facedetect", "Source").objects.create(
            source_id="0" * 64, visitor="visitor", name="Ada", created=now, expires_at=now + timedelta(hours=1)
        )
        apps.get_model("facedetect", "Photo").objects.create(source=source, position=0, data=photo)
        migrate(latest)
        assert Source.objects.get().photo_bytes() == [photo]
        assert Source.objects.get().thumbnail_bytes() == photo
        assert len(list(folder.iterdir())) == 1
        apps = migrate("0001_initial")
        assert bytes(apps.get_model("facedetect", "Photo").objects.get().data) == photo
        assert list(folder.iterdir()) == []
    finally:
        migrate(latest)
