"""A certificate of this installation's own, for signing until the operator brings one that the world trusts."""

import datetime
import os
import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.exceptions import ImproperlyConfigured

ORGANISATION = "Live face swap, development"
FILE_NAME = "c2pa.pem"
#: Long, because what was signed without a time stamp is only valid for as long as the certificate is.
_VALID_DAYS = 3650
_KEY_START = "-----BEGIN PRIVATE KEY-----"


def _name(role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{ORGANISATION} {role}"),
        ]
    )


AUTHORITY, _SIGNER = _name("authority"), _name("signer")
_NO_FURTHER_CA = x509.BasicConstraints(ca=True, path_length=0)


def development_pair(folder: Path) -> tuple[str, str]:
    """Leaf and authority, and the leaf's private key, PEM; of one file in the folder, which is made when it is missing."""
    path = folder / FILE_NAME
    try:
        if not path.exists():
            _create(path)
        chain, start, key = path.read_text(encoding="ascii").partition(_KEY_START)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{path}, the development certificate for content credentials, cannot be read or made ({error}); "
            "set C2PA_CERTIFICATE and C2PA_PRIVATE_KEY"
        ) from error
    return chain, start + key


def _create(path: Path) -> None:
    """Several processes may start at once and must end with the same pair: the first link wins, and all read what is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_chain_and_key())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    finally:
        fresh.unlink()


def _chain_and_key() -> str:
    """The authority's own key is forgotten at once: nobody can make a second certificate with it."""
    authority_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = (
        _certificate(AUTHORITY, AUTHORITY, authority_key, authority_key)
        .add_extension(_NO_FURTHER_CA, critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    leaf = (
        _certificate(_SIGNER, AUTHORITY, leaf_key, authority_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (leaf.public_bytes(pem) + authority.public_bytes(pem) + key).decode("ascii")


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
