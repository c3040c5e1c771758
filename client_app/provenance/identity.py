"""Whose name content credentials are signed in: the operator's certificate, or the development one."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from django.core.exceptions import ImproperlyConfigured

from provenance.development import AUTHORITY, development_pair
from provenance.library import SIGNERS_PURPOSES

_CERTIFICATE, _KEY = "C2PA_CERTIFICATE", "C2PA_PRIVATE_KEY"
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_PEM_START = "-----BEGIN "


@dataclass(frozen=True)
class Identity:
    """`chain`: PEM, the signer's certificate first. `key`: PEM, PKCS #8. `development`: made here, known to nobody."""

    chain: str
    key: str = field(repr=False)
    development: bool

    @property
    def serial_number(self) -> int:
        """The signer's; with its issuer, it names one certificate in the world."""
        return x509.load_pem_x509_certificates(self.chain.encode())[0].serial_number

    @property
    def issuer(self) -> str:
        """The certificate of the signer's issuer, PEM."""
        issuer = x509.load_pem_x509_certificates(self.chain.encode())[1]
        return issuer.public_bytes(serialization.Encoding.PEM).decode("ascii")


def signing_identity(certificate: str, key: str, folder: Path) -> Identity:
    """Of the settings' two values, each PEM or the path of a PEM file; both empty: the development pair in the folder.

    Raises ImproperlyConfigured for what cannot sign content credentials, with what was expected.
    """
    if bool(certificate) != bool(key):
        missing, given = (_KEY, _CERTIFICATE) if certificate else (_CERTIFICATE, _KEY)
        raise ImproperlyConfigured(f"{given} is set and {missing} is not; set both, or neither for a development certificate")
    if not certificate:
        return _checked(*development_pair(folder))
    return _checked(_pem(_CERTIFICATE, certificate), _pem(_KEY, key))


def _pem(name: str, value: str) -> str:
    if value.startswith(_PEM_START):
        # Environment files often hold PEM on one line, its line ends written as backslash and n.
        return value.replace("\\n", "\n")
    try:
        return Path(value).read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{name}: {value} is no PEM file") from error
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: {value[:200]} cannot be read ({error.strerror}); expected PEM or a PEM file"
        ) from error


def _checked(certificates: str, key: str) -> Identity:
    chain, private = _chain(certificates), _private_key(key)
    leaf = chain[0]
    _require_signer(leaf, datetime.datetime.now(datetime.timezone.utc))
    _require_issuer(chain)
    if leaf.public_key() != private.public_key():
        raise ImproperlyConfigured(f"{_KEY} does not belong to the first certificate of {_CERTIFICATE}")
    pem = serialization.Encoding.PEM
    return Identity(
        chain="".join(one.public_bytes(pem).decode("ascii") for one in chain),
        key=private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode("ascii"),
        development=leaf.issuer == AUTHORITY,
    )


def _chain(pem: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        expected = "expected the signer's certificate and those of its issuers, PEM"
        raise ImproperlyConfigured(f"{_CERTIFICATE} cannot be read; {expected}") from error


def _private_key(pem: str) -> ec.EllipticCurvePrivateKey:
    expected = f"{_KEY} cannot be used; expected an unencrypted private key on the curve P-256 (ES256), PEM"
    try:
        key: PrivateKeyTypes = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(expected) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ImproperlyConfigured(expected)
    return key


def _require_signer(leaf: x509.Certificate, now: datetime.datetime) -> None:
    """C2PA's profile for a signer's certificate (C2PA 2.2, 14.5.1)."""
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        period = f"{leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
        raise ImproperlyConfigured(f"{_CERTIFICATE} is valid from {period}; expected one that is valid now")
    if leaf.issuer == leaf.subject:
        raise ImproperlyConfigured(f"{_CERTIFICATE} is self-signed; expected one that an authority has issued")
    if not _may_sign(leaf):
        raise ImproperlyConfigured(f"{_CERTIFICATE} is not for digital signatures; expected that key usage, and no authority's")
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    if purposes is None or not {purpose.dotted_string for purpose in purposes} & SIGNERS_PURPOSES.keys():
        expected = ", ".join(SIGNERS_PURPOSES.values())
        raise ImproperlyConfigured(f"{_CERTIFICATE} has none of the extended key usages {expected}")


def _require_issuer(chain: list[x509.Certificate]) -> None:
    """Without its issuer's certificate nobody can follow whose word a signature is, this server's own page neither."""
    try:
        chain[0].verify_directly_issued_by(chain[1])
    except (IndexError, ValueError, TypeError, InvalidSignature) as error:
        raise ImproperlyConfigured(
            f"{_CERTIFICATE} holds {len(chain)} certificates and the first is not issued by the second; "
            "expected the signer's, then its issuer's, and so on"
        ) from error


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _may_sign(leaf: x509.Certificate) -> bool:
    usage, basic = _extension(leaf, x509.KeyUsage), _extension(leaf, x509.BasicConstraints)
    return usage is not None and usage.digital_signature and not (basic and basic.ca)
