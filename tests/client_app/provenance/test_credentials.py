import stat
from pathlib import Path
from typing import Any

import pytest
from c2pa import Context, Reader
from django.conf import settings as configured

from provenance import credentials
from provenance.credentials import CannotSign, sign
from provenance.identity import Identity, signing_identity
from provenance.library import context_settings
from provenance.product import VERSION
from tests.client_app.provenance.media import MEDIA_TYPES, SCHEME, altered, decoded, media, operators_pair, xmp
from tests.footage import ROOT
from tests.processes import free_port


def signed(folder: Path, media_type: str, title: str = "me.jpg", plain: bytes | None = None) -> Path:
    source, destination = folder / "plain", folder / "signed"
    source.write_bytes(media(media_type) if plain is None else plain)
    sign(source, destination, media_type, title)
    return destination


def manifest_of(path: Path, media_type: str, identity: Identity) -> tuple[str, dict[str, Any]]:
    """How far it is to be trusted, by the library's own judgement, and the manifest."""
    with (
        path.open("rb") as file,
        Context.from_dict(context_settings(trusted=identity.issuer)) as context,
        Reader(media_type, file, context=context) as reader,
    ):
        state, manifest = reader.get_validation_state(), reader.get_active_manifest()
    assert state is not None
    assert manifest is not None
    return state, manifest


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_every_kind_is_signed_and_its_content_stays(tmp_path: Path, media_type: str) -> None:
    path = signed(tmp_path, media_type)
    state, manifest = manifest_of(path, media_type, configured.C2PA_IDENTITY)
    assert state == "Trusted"
    assert decoded(path.read_bytes()) == decoded((tmp_path / "plain").read_bytes())
    assert manifest["title"] == "me.jpg"
    assert manifest["claim_generator_info"][0]["name"] == "Live face swap"
    (actions,) = (one["data"]["actions"] for one in manifest["assertions"] if one["label"].startswith("c2pa.actions"))
    (action,) = actions
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"] == f"{SCHEME}compositeWithTrainedAlgorithmicMedia"
    assert action["softwareAgent"] == {"name": "Live face swap", "version": VERSION}
    assert not [one for one in manifest["assertions"] if "thumbnail" in one["label"]]
    assert "thumbnail" not in manifest


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_changed_byte_is_noticed(tmp_path: Path, media_type: str) -> None:
    path = signed(tmp_path, media_type)
    path.write_bytes(altered(path.read_bytes(), media_type))
    assert manifest_of(path, media_type, configured.C2PA_IDENTITY)[0] == "Invalid"


def test_a_file_may_be_signed_in_place_and_again(tmp_path: Path) -> None:
    path = tmp_path / "one.jpg"
    path.write_bytes(media("image/jpeg"))
    path.chmod(0o640)
    for title in ("first", "second"):
        sign(path, path, "image/jpeg", title)
        assert manifest_of(path, "image/jpeg", configured.C2PA_IDENTITY)[1]["title"] == title
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["one.jpg"]


def test_the_tag_in_the_xmp_stays(tmp_path: Path) -> None:
    path = signed(tmp_path, "image/jpeg", plain=media("image/jpeg", xmp=xmp(credentials.DIGITAL_SOURCE_TYPE)))
    assert f">{credentials.DIGITAL_SOURCE_TYPE}<".encode() in path.read_bytes()


@pytest.mark.parametrize("title", ["", "a\x00b\n\u202ec", "名前 🎭.mp4", '"}<script>', "x" * 5000])
def test_titles_of_any_characters_are_taken(tmp_path: Path, title: str) -> None:
    said = manifest_of(signed(tmp_path, "image/png", title), "image/png", configured.C2PA_IDENTITY)[1].get("title", "")
    assert said == "".join(letter for letter in title if letter.isprintable())[:200]


@pytest.mark.parametrize(
    ("media_type", "plain"),
    [
        *((media_type, b"") for media_type in MEDIA_TYPES),
        *((media_type, b"not a picture at all") for media_type in MEDIA_TYPES),
        ("video/mp4", media("video/mp4")[:-400]),
        ("image/png", media("image/png")[:40]),
        ("image/webp", media("image/webp")[:40]),
        ("image/jpeg", media("image/jpeg")[:40]),
        ("image/jpeg", media("image/png")),
        ("image/gif", media("image/png")),
        ("text/plain", b"x"),
    ],
)
def test_what_cannot_be_signed_leaves_the_destination_as_it_was(tmp_path: Path, media_type: str, plain: bytes) -> None:
    (tmp_path / "signed").write_bytes(b"before")
    with pytest.raises(CannotSign, match=r"me\.jpg could not be given|cannot carry content credentials here"):
        signed(tmp_path, media_type, plain=plain)
    assert (tmp_path / "signed").read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "signed"]


def test_missing_places_are_said(tmp_path: Path) -> None:
    with pytest.raises(CannotSign, match="No such file"):
        sign(tmp_path / "missing.jpg", tmp_path / "signed.jpg", "image/jpeg", "me")
    (tmp_path / "one.jpg").write_bytes(media("image/jpeg"))
    with pytest.raises(CannotSign, match="No such file"):
        sign(tmp_path / "one.jpg", tmp_path / "missing" / "signed.jpg", "image/jpeg", "me")
    assert [path.name for path in tmp_path.iterdir()] == ["one.jpg"]


@pytest.mark.parametrize("purpose", ["1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4"])
def test_the_operators_certificate_signs(tmp_path: Path, settings: Any, purpose: str) -> None:
    (tmp_path / "keys").mkdir()
    settings.C2PA_IDENTITY = signing_identity(*operators_pair(tmp_path / "keys", purposes=purpose), tmp_path)
    state, manifest = manifest_of(signed(tmp_path, "image/jpeg"), "image/jpeg", settings.C2PA_IDENTITY)
    assert (state, manifest["signature_info"]["issuer"]) == ("Trusted", "Acme Pictures")


def test_a_time_stamp_authority_that_does_not_answer_is_said(tmp_path: Path, settings: Any) -> None:
    settings.C2PA_TSA_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CannotSign, match="could not be given its content credentials"):
        signed(tmp_path, "image/jpeg")
    assert [path.name for path in tmp_path.iterdir()] == ["plain"]


def test_the_version_is_that_of_the_project() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text()
