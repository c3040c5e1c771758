import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from provenance import examine
from provenance.credentials import DIGITAL_SOURCE_TYPE, sign
from provenance.identity import signing_identity
from tests.client_app.provenance.media import MEDIA_TYPES, SCHEME, altered, flipped, media, operators_pair, xmp

pytestmark = pytest.mark.django_db


def ask(blob: bytes, status: int = 200) -> dict[str, Any]:
    response = Client().post("/api/verify", blob, content_type="application/octet-stream")
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer


def made_here(folder: Path, media_type: str = "image/jpeg", plain: bytes | None = None) -> bytes:
    path = folder / "made"
    path.write_bytes(media(media_type) if plain is None else plain)
    sign(path, path, media_type, "me.jpg")
    return path.read_bytes()


@pytest.fixture
def made_elsewhere(tmp_path: Path, settings: Any) -> bytes:
    ours = settings.C2PA_IDENTITY
    settings.C2PA_IDENTITY = signing_identity(*operators_pair(tmp_path), tmp_path)
    blob = made_here(tmp_path)
    settings.C2PA_IDENTITY = ours
    return blob


def test_an_empty_body_is_unreadable() -> None:
    answer = ask(b"")
    assert (answer["state"], answer["meaning"]) == ("unreadable", "The file is empty.")


@pytest.mark.parametrize("blob", [b"x", media("image/png")[:30], media("video/mp4")[:300]])
def test_what_is_no_whole_picture_or_video_is_unreadable(blob: bytes) -> None:
    answer = ask(blob)
    assert (answer["state"], answer["credentials"], answer["source_types"]) == ("unreadable", None, [])


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_file_that_says_nothing_proves_nothing(media_type: str) -> None:
    answer = ask(media(media_type))
    assert (answer["state"], answer["media_type"], answer["credentials"]) == ("nothing", media_type, None)
    assert "proves nothing" in answer["limits"]


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_what_was_made_here_is_known_and_a_change_is_noticed(tmp_path: Path, media_type: str) -> None:
    blob = made_here(tmp_path, media_type)
    answer = ask(blob)
    assert answer["state"] == "made_here"
    said = answer["credentials"]
    assert (said["trusted"], said["intact"], said["title"]) == (True, True, "me.jpg")
    assert said["software"].startswith("Live face swap ")
    assert [(action["name"], action["source_type"]) for action in said["actions"]] == [("c2pa.created", DIGITAL_SOURCE_TYPE)]
    assert answer["source_types"] == [
        {"address": DIGITAL_SOURCE_TYPE, "words": "part camera, part made or changed by generative AI", "by_ai": True}
    ]
    answer = ask(altered(blob, media_type))
    assert answer["state"] == "made_here_changed"
    assert (answer["credentials"]["trusted"], answer["credentials"]["intact"]) == (True, False)


def test_a_note_that_was_tampered_with_is_noticed(tmp_path: Path) -> None:
    blob = made_here(tmp_path)
    assert ask(flipped(blob, blob.find(b"c2pa.created")))["state"] == "made_here_changed"
    assert ask(flipped(blob, blob.find(b"me.jpg")))["state"] == "does_not_fit", "the title is in what was signed"


def test_credentials_in_another_picture_do_not_make_it_ours(tmp_path: Path) -> None:
    blob = made_here(tmp_path)
    other = media("image/jpeg", quality=20)
    start = blob.find(b"\xff\xeb")
    end = start + 2 + int.from_bytes(blob[start + 2 : start + 4], "big")
    assert b"c2pa" in blob[start:end]
    assert ask(other[:20] + blob[start:end] + other[20:])["state"] == "made_here_changed"


def test_what_others_signed_is_not_vouched_for(made_elsewhere: bytes) -> None:
    answer = ask(made_elsewhere)
    assert (answer["state"], answer["credentials"]["signer"]) == ("made_elsewhere", "Acme Pictures")
    assert (answer["credentials"]["trusted"], answer["credentials"]["intact"]) == (False, True)
    assert ask(altered(made_elsewhere, "image/jpeg"))["state"] == "does_not_fit"


def test_a_broken_note_is_said(tmp_path: Path) -> None:
    blob = made_here(tmp_path)
    at = blob.find(b"dc:title")
    answer = ask(blob[:at] + bytes(30) + blob[at + 30 :])
    assert (answer["state"], answer["credentials"]) == ("does_not_fit", None)
    assert "cannot be read" in answer["headline"]


@pytest.mark.parametrize(
    ("term", "by_ai"), [("compositeWithTrainedAlgorithmicMedia", True), ("digitalCapture", False), ("new", False)]
)
def test_a_tag_alone_is_a_tag_alone(term: str, by_ai: bool) -> None:
    answer = ask(media("image/jpeg", xmp=xmp(SCHEME + term)))
    assert (answer["state"], answer["credentials"]) == ("tag_only", None)
    assert [(said["address"], said["by_ai"]) for said in answer["source_types"]] == [(SCHEME + term, by_ai)]
    assert ("AI-made" in answer["headline"]) is by_ai


def test_a_signed_frame_with_its_tag_says_it_once(tmp_path: Path) -> None:
    answer = ask(made_here(tmp_path, plain=media("image/jpeg", xmp=xmp(DIGITAL_SOURCE_TYPE))))
    assert answer["state"] == "made_here"
    assert len(answer["source_types"]) == 1


def test_a_file_that_is_too_large_is_refused_unread(settings: Any) -> None:
    settings.MAX_VERIFY_BYTES = 1000
    assert ask(b"x" * 1001, status=413)["error"]["code"] == "body_too_large"
    assert ask(b"x" * 1000)["state"] == "unreadable"


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 7\n", "#!/bin/sh\nkill -SEGV $$\n", "#!/bin/sh\nexec sleep 60\n"])
def test_a_reader_that_dies_or_hangs_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    reader = tmp_path / "reader"
    reader.write_text(script)
    reader.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(reader))
    monkeypatch.setattr(examine, "SECONDS", 1)
    answer = ask(media("image/png"))
    assert (answer["state"], "given up" in answer["meaning"]) == ("unreadable", True)


def test_too_many_at_once_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "_WAIT_SECONDS", 0)
    for _ in range(examine.AT_ONCE):
        examine._turns.acquire()
    try:
        assert ask(media("image/png"), status=503)["error"]["code"] == "busy"
    finally:
        for _ in range(examine.AT_ONCE):
            examine._turns.release()
    assert ask(media("image/png"))["state"] == "nothing"


def test_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ask(media("image/png"))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/self/fdinfo")  # no file can be made there
    assert ask(media("image/png"), status=503)["error"]["code"] == "no_room"


def test_the_page_is_there() -> None:
    page = Client().get("/verify")
    assert page.status_code == 200
    assert b"What does a file say?" in page.content
    assert Client().get("/api/verify").status_code == 405
