"""Files that browsers send straight into a bucket and fetch from it: an emulator of Google Cloud Storage holds it, and a server
of the test's own is Google's for tokens and signatures."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyrage
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.core.files.base import ContentFile
from django.test import Client

from facedetect.installation import is_alone_in_storage
from facedetect.private_storage import ALIAS, configuration, private_storage
from mediajobs import bucket
from mediajobs.models import Job, State, Upload
from tests.client_app.conftest import BUCKET
from tests.client_app.mediajobs.clips import Clip, look_at
from tests.client_app.mediajobs.support import done_in
from tests.client_app.mediajobs.test_api import announce, refusal, start

pytestmark = pytest.mark.django_db

ACCOUNT = "faceswap-client@tests.iam.gserviceaccount.com"
SIGNER = "iamcredentials.googleapis.com"


@dataclass
class Google:
    """`signed`: what it was asked to sign, each with the token shown."""

    key: rsa.RSAPrivateKey
    signed: list[tuple[bytes, str]] = field(default_factory=list)

    def verify(self, url: str) -> dict[str, str]:
        """The query of an address whose signature is the account's, of something that was signed here."""
        query = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
        payload, _ = self.signed[-1]
        signature = bytes.fromhex(query["X-Goog-Signature"])
        self.key.public_key().verify(signature, payload, padding.PKCS1v15(), hashes.SHA256())
        return query


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def certificate(key: rsa.RSAPrivateKey) -> str:
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)]), datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SIGNER)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def google(key: rsa.RSAPrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """Answers for the token of the account's key, and, as the proxy that https goes through, for the signing service."""
    double = Google(key)
    both = tmp_path / "tls.pem"
    both.write_text(certificate(key) + pem(key))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(both)

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            assert self.path == f"{SIGNER}:443"
            self.send_response(200)
            self.end_headers()
            self.connection = tls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            self.handle_one_request()
            self.close_connection = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(self._signed(json.loads(body)) if self.path.endswith(":signBlob?alt=json") else self._token())

        def _token(self) -> dict[str, Any]:
            return {"access_token": "the-token", "expires_in": 3600, "token_type": "Bearer"}

        def _signed(self, asked: dict[str, str]) -> dict[str, Any]:
            assert f"/serviceAccounts/{ACCOUNT}:" in self.path
            payload = base64.b64decode(asked["payload"])
            double.signed.append((payload, self.headers["Authorization"]))
            signature = key.sign(payload, padding.PKCS1v15(), hashes.SHA256())
            return {"keyId": "1", "signedBlob": base64.b64encode(signature).decode()}

        def _answer(self, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keeps the test's output to the test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    account = {"type": "service_account", "project_id": "tests", "client_email": ACCOUNT, "private_key": pem(key)}
    credentials = tmp_path / "account.json"
    credentials.write_text(json.dumps({**account, "private_key_id": "1", "client_id": "1", "token_uri": f"{here}/token"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
    monkeypatch.setenv("HTTPS_PROXY", here)
    monkeypatch.setenv("https_proxy", here)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(both))
    yield double
    server.shutdown()
    server.server_close()


@pytest.fixture
def in_cloud(cloud: str, google: Google, settings: Any, tmp_path: Path) -> str:
    """The server's private storage is the bucket."""
    settings.GCS_BUCKET = BUCKET
    settings.STORAGES = {**settings.STORAGES, ALIAS: configuration(tmp_path / "nowhere", BUCKET, ())}
    return cloud


def held(cloud: str) -> list[str]:
    listed = requests.get(f"{cloud}/storage/v1/b/{BUCKET}/o", timeout=5).json()
    return [str(entry["name"]) for entry in listed.get("items", [])]


def test_what_is_not_there_has_no_size(in_cloud: str) -> None:
    assert bucket.size("uploads/none") is None


def test_an_empty_file_has_the_size_nought_and_another_its_own(in_cloud: str) -> None:
    sizes = [bucket.size(private_storage().save(f"uploads/{size}", ContentFile(b"x" * size))) for size in (0, 7)]
    assert sizes == [0, 7]


def test_the_size_is_that_of_what_lies_there_also_where_the_storage_encrypts(in_cloud: str, settings: Any) -> None:
    key = str(pyrage.x25519.Identity.generate())
    settings.STORAGES = {**settings.STORAGES, ALIAS: configuration(Path("nowhere"), BUCKET, (key,))}
    size = bucket.size(private_storage().save("uploads/secret", ContentFile(b"x" * 7)))
    assert size is not None
    assert size > 7


def test_two_installations_in_one_bucket_are_noticed(in_cloud: str) -> None:
    assert is_alone_in_storage()
    assert is_alone_in_storage()
    assert [name.split("/")[0] for name in held(in_cloud)] == ["installations"]
    private_storage().save("installations/another", ContentFile(b"another"))
    assert not is_alone_in_storage()


def test_an_address_is_signed_for_one_object_one_method_and_a_while(in_cloud: str, google: Google) -> None:
    url = bucket.signed_url("uploads/a b", "PUT", timedelta(hours=1))
    assert url.startswith(f"{in_cloud}/{BUCKET}/uploads/a%20b?")
    query = google.verify(url)
    assert query["X-Goog-Algorithm"] == "GOOG4-RSA-SHA256"
    assert query["X-Goog-Credential"].startswith(f"{ACCOUNT}/")
    assert (query["X-Goog-Expires"], query["X-Goog-SignedHeaders"]) == ("3600", "host")
    assert not {"response-content-disposition", "response-content-type"} & set(query)
    ((payload, shown),) = google.signed
    assert (payload.split(b"\n")[0], shown) == (b"GOOG4-RSA-SHA256", "Bearer the-token")
    other = bucket.signed_url("uploads/a b", "GET", timedelta(hours=1))
    assert google.verify(other)["X-Goog-Signature"] != query["X-Goog-Signature"]


def test_without_an_emulator_it_is_googles_own_address(google: Google, settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {**settings.STORAGES, ALIAS: configuration(tmp_path, BUCKET, ())}
    assert bucket.signed_url("uploads/x", "PUT", timedelta(hours=1)).startswith(
        f"https://storage.googleapis.com/{BUCKET}/uploads/x?"
    )


def test_a_file_is_announced_sent_and_made_into_a_video_in_the_bucket(
    in_cloud: str, google: Google, client: Client, tmp_path: Path
) -> None:
    clip = Clip().write(tmp_path / "clip.mp4").read_bytes()
    place = announce(client, len(clip)).json()
    assert refusal(start(client, place["id"], "recording")) == (409, "upload_incomplete")
    assert requests.put(place["url"], clip, timeout=5).status_code == 200
    assert held(in_cloud) == [f"uploads/{place['id']}"]
    job = start(client, place["id"], "recording").json()["id"]
    assert Upload.objects.get().received == len(clip)
    assert done_in(tmp_path, Job.objects.get()).state == State.DONE
    answer = client.get(f"/api/jobs/{job}/result")
    assert answer.status_code == 302
    query = google.verify(answer.headers["Location"])
    assert query["response-content-type"] == "video/mp4"
    assert query["response-content-disposition"] == 'attachment; filename="clip (AI-made).mp4"'
    fetched = tmp_path / "fetched.mp4"
    fetched.write_bytes(requests.get(answer.headers["Location"], timeout=5).content)
    assert len(look_at(fetched).times) == len(Clip.times)
    assert client.delete(f"/api/jobs/{job}").status_code == 204
    assert held(in_cloud) == []
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(("announced", "sent_bytes", "code"), [(5, 6, "more_than_announced"), (5, 1001, "file_too_large")])
def test_more_than_was_announced_is_refused_and_leaves_nothing(
    in_cloud: str, client: Client, settings: Any, announced: int, sent_bytes: int, code: str
) -> None:
    settings.MAX_MEDIA_BYTES = 1000
    place = announce(client, announced).json()
    assert requests.put(place["url"], b"x" * sent_bytes, timeout=5).status_code == 200
    assert refusal(start(client, place["id"], "recording")) == (413, code)
    assert held(in_cloud) == []
    assert refusal(start(client, place["id"], "recording")) == (404, "unknown_upload")


def test_a_file_that_is_sent_again_behind_the_job_is_not_worked_on(in_cloud: str, client: Client, tmp_path: Path) -> None:
    place = announce(client).json()
    assert requests.put(place["url"], b"video", timeout=5).status_code == 200
    assert start(client, place["id"], "recording").status_code == 201
    assert requests.put(place["url"], b"x" * 1001, timeout=5).status_code == 200
    job = done_in(tmp_path, Job.objects.get())
    assert (job.state, job.message) == (
        State.FAILED,
        "Another file was sent in the place of this one. Announce it anew, and send it once.",
    )


def test_a_picture_that_is_sent_again_is_not_worked_on(in_cloud: str, client: Client) -> None:
    place = announce(client).json()
    assert requests.put(place["url"], b"photo", timeout=5).status_code == 200
    assert refusal(start(client, place["id"], "picture")) == (400, "bad_image")
    assert requests.put(place["url"], b"x" * 1001, timeout=5).status_code == 200
    assert refusal(start(client, place["id"], "picture")) == (409, "upload_changed")


def test_an_empty_file_in_the_bucket_is_refused_and_leaves_nothing(in_cloud: str, client: Client) -> None:
    place = announce(client).json()
    private_storage().save(f"uploads/{place['id']}", ContentFile(b""))  # the emulator breaks at a PUT of nothing
    assert refusal(start(client, place["id"], "recording")) == (400, "empty_file")
    assert held(in_cloud) == []
