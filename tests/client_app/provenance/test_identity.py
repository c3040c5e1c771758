import stat
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured

from provenance.identity import Identity, signing_identity
from tests.client_app.provenance.media import Authority, new_key, operators_pair, private_pem


def test_nothing_set_makes_a_pair_for_development_that_stays(tmp_path: Path) -> None:
    identity = signing_identity("", "", tmp_path / "keys")
    assert identity.development
    assert identity == signing_identity("", "", tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys" / "c2pa.pem").stat().st_mode) == 0o600
    leaf, authority = x509.load_pem_x509_certificates(identity.chain.encode())
    leaf.verify_directly_issued_by(authority)


def test_processes_that_start_at_once_agree_on_one_pair(tmp_path: Path) -> None:
    found: list[Identity] = []
    threads = [threading.Thread(target=lambda: found.append(signing_identity("", "", tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({identity.chain for identity in found}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["c2pa.pem"]


def test_where_no_pair_can_be_kept_the_settings_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match="set C2PA_CERTIFICATE and C2PA_PRIVATE_KEY"):
        signing_identity("", "", tmp_path / "file" / "keys")


@pytest.mark.parametrize("content", ["", "\xff", "junk", "-----BEGIN PRIVATE KEY-----"])
def test_a_broken_file_for_development_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "c2pa.pem").write_bytes(content.encode("latin-1"))
    with pytest.raises(ImproperlyConfigured, match="C2PA_CERTIFICATE"):
        signing_identity("", "", tmp_path)


def test_the_operators_pair_is_taken_from_files_or_as_text(tmp_path: Path) -> None:
    chain, key = operators_pair(tmp_path)
    identity = signing_identity(chain, key, tmp_path / "unused")
    assert not identity.development
    texts = [Path(path).read_text() for path in (chain, key)]
    assert signing_identity(*texts, tmp_path) == identity
    assert signing_identity(*(text.replace("\n", "\\n") for text in texts), tmp_path) == identity
    assert not (tmp_path / "unused").exists()


def test_one_file_may_hold_both_and_a_development_pair_stays_one(tmp_path: Path) -> None:
    made = signing_identity("", "", tmp_path)
    path = str(tmp_path / "c2pa.pem")
    assert signing_identity(path, path, tmp_path / "unused") == made
    assert made.development


def test_the_key_is_not_shown(tmp_path: Path) -> None:
    identity = signing_identity("", "", tmp_path)
    assert "PRIVATE" in identity.key
    assert "PRIVATE" not in repr(identity)


@pytest.mark.parametrize("name", ["C2PA_CERTIFICATE", "C2PA_PRIVATE_KEY"])
def test_one_without_the_other_is_refused(tmp_path: Path, name: str) -> None:
    given = ("x", "") if name == "C2PA_CERTIFICATE" else ("", "x")
    with pytest.raises(ImproperlyConfigured, match=f"{name} is set"):
        signing_identity(*given, tmp_path)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"days": (-30, -1)}, "expected one that is valid now"),
        ({"days": (1, 30)}, "expected one that is valid now"),
        ({"subject": "authority"}, "self-signed"),
        ({"signs": False}, "not for digital signatures"),
        ({"ca": True}, "not for digital signatures"),
        ({"purposes": None}, "none of the extended key usages"),
        ({"purposes": "1.3.6.1.5.5.7.3.1"}, "none of the extended key usages C2PA claim signing, document signing"),
    ],
)
def test_a_certificate_that_cannot_sign_is_refused(tmp_path: Path, wrong: dict[str, object], message: str) -> None:
    authority, key = Authority(), new_key()
    certificate = authority.certificate(**{"subject": "studio", "key": key, **wrong})  # type: ignore[arg-type]
    with pytest.raises(ImproperlyConfigured, match=message):
        signing_identity(certificate + authority.pem, private_pem(key), tmp_path)


def test_a_chain_that_does_not_reach_the_issuer_is_refused(tmp_path: Path) -> None:
    authority, key = Authority(), new_key()
    alone = authority.certificate("studio", key)
    for chain in (alone, alone + Authority().pem):
        with pytest.raises(ImproperlyConfigured, match="expected the signer's, then its issuer's"):
            signing_identity(chain, private_pem(key), tmp_path)


@pytest.mark.parametrize(
    "key",
    [
        "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
        private_pem(new_key(), b"secret"),
        private_pem(ec.generate_private_key(ec.SECP384R1())),
        private_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    ],
    ids=["junk", "encrypted", "P-384", "RSA"],
)
def test_a_key_that_cannot_sign_is_refused(tmp_path: Path, key: str) -> None:
    chain, _ = operators_pair(tmp_path)
    with pytest.raises(ImproperlyConfigured, match="C2PA_PRIVATE_KEY cannot be used; expected an unencrypted"):
        signing_identity(chain, key, tmp_path)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    chain, _ = operators_pair(tmp_path)
    with pytest.raises(ImproperlyConfigured, match="C2PA_PRIVATE_KEY does not belong"):
        signing_identity(chain, private_pem(new_key()), tmp_path)


def test_what_is_no_file_and_no_pem_is_named(tmp_path: Path) -> None:
    chain, key = operators_pair(tmp_path)
    picture = tmp_path / "picture"
    picture.write_bytes(b"\xff\xd8\xff")
    for wrong in (str(tmp_path / "missing.pem"), str(picture), str(tmp_path), "/dev/null"):
        with pytest.raises(ImproperlyConfigured, match="C2PA_CERTIFICATE"):
            signing_identity(wrong, key, tmp_path)
        with pytest.raises(ImproperlyConfigured, match="C2PA_PRIVATE_KEY"):
            signing_identity(chain, wrong, tmp_path)
