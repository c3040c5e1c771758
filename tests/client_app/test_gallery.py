import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image

from facedetect import checks, gallery
from facedetect.photos import MAX_PHOTO_BYTES
from scripts.thumbnails import make
from tests.client_app.conftest import CLIENT_APP, picture

ENTRY = {"slug": "one", "name": "One", "kind": "persona", "credit": "us", "licence": "ours", "origin": "here"}


@pytest.mark.parametrize(
    "listing",
    [None, "", "{", "[]", "{}", "7", "[7]", '[{"slug": "one"}]', json.dumps([ENTRY | {"slug": "missing"}]), "\xff"],
)
def test_a_gallery_that_cannot_be_shown_is_named(tmp_path: Path, listing: str | None) -> None:
    (tmp_path / "one.jpg").write_bytes(picture())
    if listing is not None:
        (tmp_path / "gallery.json").write_text(listing, encoding="latin-1")
    with pytest.raises(gallery.GalleryError, match=r"gallery\.json"):
        gallery.read(tmp_path)


def test_without_a_gallery_the_server_says_so_and_runs(tmp_path: Path, settings, caplog) -> None:
    settings.GALLERY_DIR = tmp_path
    gallery.faces.cache_clear()
    assert gallery.faces() == {}
    assert "No built-in faces" in caplog.text
    assert [message.id for message in checks.gallery_can_be_shown()] == ["facedetect.W001"]
    gallery.faces.cache_clear()


def test_a_face_has_the_id_of_its_very_file(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(picture())
    (tmp_path / "gallery.json").write_text(json.dumps([ENTRY]))
    (face,) = gallery.read(tmp_path)
    assert face.id == hashlib.sha256(picture()).hexdigest()
    assert (face.name, face.kind, face.credit, face.photo) == ("One", "persona", "us", picture())
    assert face.image == face.thumbnail == "one.jpg"


def test_what_was_made_of_a_face_for_the_page_is_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(picture())
    (tmp_path / "gallery.json").write_text(json.dumps([ENTRY]))
    (tmp_path / "thumbs").mkdir()
    thumbnail = tmp_path / "thumbs" / "one.avif"
    assert 0 < make(tmp_path / "one.jpg", thumbnail, width=100, quality=50) == thumbnail.stat().st_size
    (face,) = gallery.read(tmp_path)
    assert (face.image, face.thumbnail) == ("one.jpg", "thumbs/one.avif")
    assert Image.open(thumbnail).size == (100, 120)


def test_the_projects_own_gallery_is_whole() -> None:
    faces = gallery.read(CLIENT_APP / "static" / "faces")
    assert len({face.id for face in faces}) == len(faces)
    assert {face.kind for face in faces} <= {"persona", "photo"}
    assert all(len(face.photo) < MAX_PHOTO_BYTES for face in faces)
    shown = CLIENT_APP / "static" / "faces"
    assert {Path(name).suffix for face in faces for name in (face.image, face.thumbnail)} == {".avif"}
    assert sum((shown / face.thumbnail).stat().st_size for face in faces) < 35_000
    assert max((shown / face.image).stat().st_size for face in faces) < 25_000
    assert checks.gallery_can_be_shown() == []
