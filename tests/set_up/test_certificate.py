import stat
from pathlib import Path

from cryptography import x509

from scripts.certificate import ensure_certificate


def test_a_certificate_for_this_machine_is_made_and_its_key_is_private(tmp_path: Path) -> None:
    certificate, key = ensure_certificate(tmp_path / "tls")
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    assert "127.0.0.1" in map(str, names.get_values_for_type(x509.IPAddress))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_good_certificate_is_kept(tmp_path: Path) -> None:
    first = ensure_certificate(tmp_path)[0].read_bytes()
    assert ensure_certificate(tmp_path)[0].read_bytes() == first


def test_a_broken_certificate_or_a_lost_key_is_replaced(tmp_path: Path) -> None:
    certificate, key = ensure_certificate(tmp_path)
    certificate.write_text("nonsense")
    ensure_certificate(tmp_path)
    x509.load_pem_x509_certificate(certificate.read_bytes())
    key.unlink()
    ensure_certificate(tmp_path)
    assert key.exists()
