"""People whose faces may not be used: refused when brought, and whenever a face is about to be shown."""

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from facedetect import catalogue, gallery
from facedetect.models import ProtectedFace, Source
from facedetect.protection import LENGTH, SAME_PERSON, match, similarity
from tests.client_app.conftest import RelayDouble, picture
from tests.client_app.test_sessions import open_session
from tests.client_app.test_sources import bring, error, file

pytestmark = pytest.mark.django_db


def towards(cosine: float) -> list[float]:
    """An embedding of that likeness to `towards(1)`."""
    return [cosine, math.sqrt(1 - cosine**2)] + [0.0] * (LENGTH - 2)


ANN, BEN = towards(1.0), [0.0] * (LENGTH - 1) + [1.0]


def tell(relay: RelayDouble, *embeddings: Any) -> None:
    relay.answer("/prepare", 200, {"source": {"ok": True, "reasons": [], "crop": None, "embeddings": list(embeddings)}})


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    catalogue._prepared_built_in.cache_clear()


@pytest.fixture
def protected() -> ProtectedFace:
    return ProtectedFace.objects.create(name="Ann", embeddings=[BEN[::-1], ANN])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(ANN, ANN, 1.0), (ANN, BEN, 0.0), ([2 * x for x in ANN], towards(0.5), 0.5), ([0.0] * LENGTH, ANN, -1.0)],
)
def test_likeness_is_a_cosine(one: list[float], other: list[float], expected: float) -> None:
    assert similarity(one, other) == pytest.approx(expected)


def test_nobody_matches_an_empty_list() -> None:
    assert match([ANN]) is None


def test_a_match_is_refused_logged_without_the_photo_and_not_kept(
    client: Client, connected: RelayDouble, protected: ProtectedFace, caplog: Any, settings: Any
) -> None:
    tell(connected, towards(SAME_PERSON + 0.01))
    before = set(settings.MEDIA_DIR.rglob("*.jpg"))
    response = bring(client)
    assert error(response) == (422, "protected_face")
    assert "report link" in response.json()["error"]["message"]
    assert "Ann" not in response.text
    assert f"protected face {protected.pk}" in caplog.text
    assert not Source.objects.exists()
    assert set(settings.MEDIA_DIR.rglob("*.jpg")) == before


def test_one_of_several_photos_is_enough(client: Client, connected: RelayDouble, protected: ProtectedFace) -> None:
    tell(connected, BEN, ANN)
    assert error(bring(client, file(), file(picture((240, 200))))) == (422, "protected_face")


def test_somebody_else_is_let_in(client: Client, connected: RelayDouble, protected: ProtectedFace) -> None:
    tell(connected, towards(SAME_PERSON - 0.01))
    face = bring(client).json()
    assert open_session(client, {"source": face["id"]}).status_code == 200
    assert len(connected.bodies("/prepare")) == 1


@pytest.mark.parametrize("told", [[], [[]], [[1.0] * 5], [["x"] * LENGTH], [[float("inf")] * LENGTH], [None]])
def test_without_an_embedding_nothing_is_let_in(
    client: Client, connected: RelayDouble, protected: ProtectedFace, told: list[Any]
) -> None:
    tell(connected, *told)
    assert error(bring(client)) == (503, "face_not_told")


def test_a_list_that_has_grown_since_is_heeded(client: Client, connected: RelayDouble) -> None:
    tell(connected, ANN)
    face = bring(client).json()
    token = open_session(client, {"source": face["id"]}).json()["token"]
    ProtectedFace.objects.create(name="Ann", embeddings=[ANN])
    assert error(open_session(client, {"source": face["id"]})) == (422, "protected_face")
    fetched = Client().get(f"/api/sources/{face['id']}/images", headers={"authorization": f"Bearer {token}"})
    assert error(fetched) == (422, "protected_face")


def test_a_face_of_before_is_looked_at_again(client: Client, connected: RelayDouble, protected: ProtectedFace) -> None:
    tell(connected, BEN)
    face = bring(client).json()
    Source.objects.update(embeddings=[])
    tell(connected, ANN)
    assert error(open_session(client, {"source": face["id"]})) == (422, "protected_face")


def test_a_trained_person_and_a_built_in_face_are_compared_too(
    client: Client, connected: RelayDouble, settings: Any, protected: ProtectedFace
) -> None:
    settings.TRAINED_IDENTITIES = ["ann"]
    built_in = next(iter(gallery.faces()))
    tell(connected, ANN)
    for source in ("model:ann", built_in):
        assert error(open_session(client, {"source": source})) == (422, "protected_face")
    named, pictured = connected.bodies("/prepare")
    assert named == {"source": "model:ann", "source_images": {}}
    assert list(pictured["source_images"]) == [built_in]


def test_where_nobody_is_listed_the_relay_is_not_asked(client: Client, connected: RelayDouble) -> None:
    assert open_session(client, {"source": next(iter(gallery.faces()))}).status_code == 200
    assert connected.calls == []


def add(admin_client: Client, **fields: Any) -> Any:
    return admin_client.post("/admin/facedetect/protectedface/add/", {"name": "Ann", "note": "", "numbers": "", **fields})


def test_an_operator_protects_by_photos_which_are_not_kept(
    client: Client, admin_client: Client, connected: RelayDouble, settings: Any
) -> None:
    tell(connected, ANN)
    bring(client)
    before = set(settings.MEDIA_DIR.rglob("*.jpg"))
    photos = [SimpleUploadedFile(f"{n}.jpg", picture((200 + n, 240))) for n in (0, 10)]
    assert add(admin_client, photos=photos).status_code == 302
    assert ProtectedFace.objects.get().embeddings == [ANN, ANN]
    assert set(settings.MEDIA_DIR.rglob("*.jpg")) == before
    assert not Source.objects.exists()
    assert len(connected.bodies("/revoke")) == 1


@pytest.mark.parametrize("numbers", [json.dumps(ANN), json.dumps([ANN])])
def test_an_operator_protects_by_numbers(admin_client: Client, connected: RelayDouble, numbers: str) -> None:
    assert add(admin_client, numbers=numbers).status_code == 302
    assert ProtectedFace.objects.get().embeddings == [ANN]
    page = admin_client.get(f"/admin/facedetect/protectedface/{ProtectedFace.objects.get().pk}/change/")
    assert "Ann" in page.text


@pytest.mark.parametrize("numbers", ["", "x", "[]", "7", "[[]]", "[1, 2]", json.dumps([0] * LENGTH), "[NaN]", "{}", '["a"]'])
def test_numbers_that_are_none_are_refused_in_words(admin_client: Client, numbers: str) -> None:
    response = add(admin_client, numbers=numbers)
    assert response.status_code == 200
    assert "Expected" in response.text or "Give at least one photo" in response.text
    assert not ProtectedFace.objects.exists()


def test_a_photo_without_a_face_protects_nobody(admin_client: Client, connected: RelayDouble) -> None:
    reasons = [{"code": "no_face_in_source", "message": "No face was found."}]
    connected.answer("/prepare", 200, {"source": {"ok": False, "reasons": reasons}})
    assert "wall.jpg: No face was found." in add(admin_client, photos=[file(name="wall.jpg")]).text
    assert not ProtectedFace.objects.exists()


def run(folder: Path) -> str:
    output = io.StringIO()
    call_command("protect_faces", str(folder), stdout=output, stderr=output)
    return output.getvalue()


def test_a_folder_of_photos_is_a_list(connected: RelayDouble, tmp_path: Path) -> None:
    tell(connected, ANN)
    (tmp_path / "Ben").mkdir()
    for name in ("Ann.jpg", "Ben/1.jpg", "Ben/2.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(picture())
    assert "Protected 2 people" in run(tmp_path)
    run(tmp_path)
    assert {face.name: len(face.embeddings) for face in ProtectedFace.objects.all()} == {"Ann": 1, "Ben": 2}


def test_a_folder_without_photos_is_said(tmp_path: Path, connected: RelayDouble) -> None:
    with pytest.raises(CommandError, match="holds no photos"):
        run(tmp_path)
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(CommandError, match="1 photos could not be used"):
        run(tmp_path)
    assert not ProtectedFace.objects.exists()
