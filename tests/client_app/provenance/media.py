"""Small files of every kind that can be signed, and certificates of every kind that cannot sign."""

import datetime
import io
from pathlib import Path
from typing import Any

import av
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from PIL import Image

PEM = serialization.Encoding.PEM
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MEDIA_TYPES = [*KINDS, "video/mp4"]
SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def media(media_type: str, **options: Any) -> bytes:
    if media_type == "video/mp4":
        return video()
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8))
    buffer = io.BytesIO()
    picture.save(buffer, KINDS[media_type], **options)
    return buffer.getvalue()


def video() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20 * level, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()


def xmp(source_type: str) -> bytes:
    return f'<x xmlns:Iptc4xmpExt="e"><Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType></x>'.encode()


def altered(blob: bytes, media_type: str) -> bytes:
    """One bit of its pictures is another."""
    starts = {"image/jpeg": b"\xff\xda", "image/png": b"IDAT", "image/webp": b"VP8 ", "video/mp4": b"mdat"}
    return flipped(blob, blob.rfind(starts[media_type]) + 40)


def flipped(blob: bytes, at: int) -> bytes:
    copy = bytearray(blob)
    copy[at] ^= 1
    return bytes(copy)


def decoded(blob: bytes) -> list[bytes]:
    """The pixels of each picture in it."""
    if blob[4:8] == b"ftyp":
        with av.open(io.BytesIO(blob)) as container:
            return [frame.to_ndarray(format="rgb24").tobytes() for frame in container.decode(video=0)]
    with Image.open(io.BytesIO(blob)) as image:
        return [image.convert("RGB").tobytes()]


def name_of(who: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Acme Pictures"), x509.NameAttribute(x509.NameOID.COMMON_NAME, who)]
    )


class Authority:
    """Issues certificates, good ones unless told otherwise."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.pem = self.certificate("authority", self._key, issuer="authority", ca=True, signs=False, purposes=None)

    def certificate(
        self,
        subject: str,
        key: CertificateIssuerPrivateKeyTypes,
        *,
        issuer: str = "authority",
        ca: bool = False,
        signs: bool = True,
        purposes: str | None = "1.3.6.1.5.5.7.3.36",
        days: tuple[int, int] = (-1, 30),
    ) -> str:
        now = datetime.datetime.now(datetime.timezone.utc)
        usage = x509.KeyUsage(signs, False, False, False, False, ca, ca, False, False)
        builder = (
            x509.CertificateBuilder(name_of(issuer), name_of(subject), key.public_key(), x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0]))
            .not_valid_after(now + datetime.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(purposes)]), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(PEM).decode()


def private_pem(key: Any, password: bytes | None = None) -> str:
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return str(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, protection).decode())


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def operators_pair(folder: Path, **wrong: Any) -> tuple[str, str]:
    """Paths of a certificate chain and its key."""
    authority, key = Authority(), new_key()
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_text(authority.certificate("studio", key, **wrong) + authority.pem)
    private.write_text(private_pem(key))
    return str(chain), str(private)
