"""A self-signed certificate, so that phones in the local network may use their cameras: browsers ask for HTTPS."""

import datetime
import ipaddress
import os
import socket
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: Apple's devices refuse certificates that are valid for longer than 825 days.
VALID_DAYS = 365
RENEW_DAYS = 14


def lan_addresses() -> list[str]:
    """The IPv4 address by which other machines reach this one, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only picks the interface. 192.0.2.0/24 is reserved (RFC 5737).
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        address = str(probe.getsockname()[0])
    return [] if address.startswith(("127.", "0.")) else [address]


def ensure_certificate(folder: Path) -> tuple[Path, Path]:
    """Certificate and key (PEM) in a folder, made anew when near their end or when this machine's address changed."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    hosts = ["localhost", "127.0.0.1", *lan_addresses()]
    if not _serves(certificate, hosts) or not key.exists():
        folder.mkdir(parents=True, exist_ok=True)
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        certificate.write_bytes(_signed(private, hosts).public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _serves(certificate: Path, hosts: list[str]) -> bool:
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return False
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))}
    left = found.not_valid_after_utc - datetime.datetime.now(datetime.timezone.utc)
    return set(hosts) <= known and left.days >= RENEW_DAYS


def _signed(key: ec.EllipticCurvePrivateKey, hosts: list[str]) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Live face swap (this machine)")])
    alternatives = [_general_name(host) for host in hosts]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
