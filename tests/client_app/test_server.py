"""The application server as the process that gunicorn makes of it: what no test client shows."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from facedetect.consent import STATEMENT
from tests.client_app.conftest import CLIENT_APP, READ_AT_START, RelayDouble, picture, relay_double
from tests.client_app.provenance.media import operators_pair
from tests.processes import free_port, gunicorn, running

DEADLINE = 30.0


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """What this process has in its environment counts for nothing: an empty variable is one that is not set."""
    empty = {name: "" for name in READ_AT_START if name != "DJANGO_SETTINGS_MODULE"}
    own = {"KEY_DIR": f"{folder}/keys", "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "MEDIA_DIR": f"{folder}/media"}
    return empty | own | variables


def manage(command: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "manage.py", *command]
    whole = os.environ | variables
    return subprocess.run(arguments, cwd=CLIENT_APP, env=whole, capture_output=True, text=True, check=False)


@contextmanager
def serving(variables: dict[str, str], log: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running(gunicorn("main:app"), CLIENT_APP, f"{address}/healthz", variables | {"CLIENT_PORT": str(port)}, log):
        yield address


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server")
    done = manage(["migrate"], environment(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def standing_relay() -> Iterator[RelayDouble]:
    with relay_double() as double:
        yield double


@pytest.fixture
def relay(standing_relay: RelayDouble) -> RelayDouble:
    standing_relay.begin()
    return standing_relay


@pytest.fixture(scope="module")
def address(folder: Path, static_root: Path, standing_relay: RelayDouble) -> Iterator[str]:
    own = {"RELAY_URL": standing_relay.url, "STATIC_ROOT": str(static_root), "SERVICE_KEY": "service"}
    with serving(environment(folder, **own), folder / "gunicorn.log") as address:
        yield address


def bring(visit: requests.Session, address: str, data: bytes) -> requests.Response:
    files: list[Any] = [("photos", ("me.jpg", data, "image/jpeg"))]
    return visit.post(f"{address}/api/sources", files=files, data={"consent": STATEMENT.version}, timeout=DEADLINE)


def test_a_visit_from_the_gallery_to_a_deleted_photo(address: str, relay: RelayDouble) -> None:
    visit = requests.Session()
    gallery = visit.get(f"{address}/api/sources", timeout=DEADLINE).json()["sources"]
    portrait = visit.get(address + gallery[0]["image"], timeout=DEADLINE)
    assert portrait.headers["Content-Type"] == "image/avif"
    assert "immutable" in portrait.headers["Cache-Control"]

    brought = bring(visit, address, picture())
    assert brought.status_code == 201
    source = brought.json()["id"]
    assert relay.calls[0][1] == "Bearer service"

    session = visit.post(f"{address}/api/sessions", json={"sources": [source, gallery[0]["id"]]}, timeout=DEADLINE).json()
    assert session["url"] == relay.url.replace("http", "ws") + "/stream"
    bearer = {"Authorization": f"Bearer {session['token']}"}
    for face in (source, gallery[0]["id"]):
        images = requests.get(f"{address}/api/sources/{face}/images", headers=bearer, timeout=DEADLINE)
        assert len(images.json()["images"]) == 1

    assert visit.delete(f"{address}/api/sources/{source}", timeout=DEADLINE).status_code == 204
    assert relay.bodies("/revoke") == [{"source": source}]


def test_bodies_over_the_limits_are_answered_and_the_server_lives(address: str) -> None:
    visit = requests.Session()
    assert bring(visit, address, b"x" * 15_000_001).json()["error"]["code"] == "image_too_large"
    assert bring(visit, address, b"x" * 40_000_000).json()["error"]["code"] == "body_too_large"
    in_chunks = requests.post(f"{address}/api/sessions", data=iter([b"{}"]), timeout=DEADLINE)
    assert in_chunks.json()["error"]["code"] == "length_required"
    assert bring(visit, address, picture()).status_code == 201


def test_a_body_that_ends_early_harms_nobody(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(b"POST /api/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n{")
        half.shutdown(socket.SHUT_WR)
        assert b"bad_request" in half.makefile("rb").read()
    assert requests.get(f"{address}/healthz", timeout=DEADLINE).status_code == 200


def test_many_visitors_at_once_each_get_their_own(address: str) -> None:
    def visit(number: int) -> tuple[int, str]:
        response = bring(requests.Session(), address, picture((100 + number, 100)))
        return response.status_code, response.json()["id"]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(visit, range(16)))
    assert {status for status, _ in results} == {201}
    assert len({source for _, source in results}) == 16


def test_static_files_are_compressed_and_import_each_other_by_hashed_names(address: str, static_root: Path) -> None:
    scripts = [path for path in (static_root / "js").glob("*.js") if len(path.name.split(".")) == 3]
    importing = next(path for path in scripts if b'from "./' in path.read_bytes())
    for encoding in ("br", "gzip"):
        script = f"{address}/static/js/{importing.name}"
        response = requests.get(script, headers={"Accept-Encoding": encoding}, timeout=DEADLINE)
        assert response.headers["Content-Encoding"] == encoding
    assert response.headers["Content-Type"].startswith("text/javascript")
    imported = response.text.split('from "./')[1].split('"')[0]
    assert (static_root / "js" / imported).exists()
    assert len(imported.split(".")) == 3


def test_without_collected_files_the_server_says_what_to_run(folder: Path, tmp_path: Path) -> None:
    variables = environment(folder, CLIENT_PORT=str(free_port()), STATIC_ROOT=str(tmp_path / "none"))
    done = subprocess.run(
        gunicorn("main:app"),
        cwd=CLIENT_APP,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert done.returncode == 3
    assert "manage.py collectstatic" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named_without_a_trace(folder: Path) -> None:
    for name, value in {"MAX_UPLOAD_BYTES": "lots", "RELAY_URL": "relay", "DATABASE_URL": "nonsense://"}.items():
        done = manage(["check"], environment(folder, **{name: value}))
        assert done.returncode == 1
        assert name in done.stderr
        assert "Traceback" not in done.stderr


def test_production_settings_pass_djangos_deployment_check(folder: Path, tmp_path: Path) -> None:
    certificate, key = operators_pair(tmp_path)
    secret = "".join(chr(code) for code in range(48, 123))
    production = {"SECRET_KEY": secret, "HTTPS": "1", "HSTS_SECONDS": "31536000", "ALLOWED_HOSTS": "a.example"}
    production |= {"C2PA_CERTIFICATE": certificate, "C2PA_PRIVATE_KEY": key}
    done = manage(["check", "--deploy", "--fail-level", "WARNING"], environment(folder, **production))
    assert done.returncode == 0, done.stderr


def test_over_https_cookies_are_secure_and_http_is_sent_there(folder: Path, static_root: Path, relay: RelayDouble) -> None:
    own = {"RELAY_URL": relay.url, "STATIC_ROOT": str(static_root)}
    variables = environment(folder, **own, HTTPS="1", HSTS_SECONDS="60", BEHIND_PROXY="1")
    with serving(variables, folder / "https.log") as address:
        secure = {"X-Forwarded-Proto": "https"}
        plain = requests.get(f"{address}/", timeout=DEADLINE, allow_redirects=False)
        assert plain.headers["Location"] == f"{address.replace('http', 'https')}/"
        source = requests.get(f"{address}/api/sources", headers=secure, timeout=DEADLINE).json()["sources"][0]["id"]
        answer = requests.post(f"{address}/api/sessions", json={"source": source}, headers=secure, timeout=DEADLINE)
        assert "Secure" in answer.headers["Set-Cookie"]
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=60")


def test_runserver_works_alone_and_makes_its_own_database(tmp_path: Path) -> None:
    """On a copy of the tier in an empty folder, which is all that a fresh checkout has."""
    ignored = shutil.ignore_patterns("staticfiles", "__pycache__", ".mypy_cache")
    copy = Path(shutil.copytree(CLIENT_APP, tmp_path / "client_app", ignore=ignored))
    port, log = free_port(), tmp_path / "runserver.log"
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "manage.py", "runserver", "--noreload", str(port)]
    alone = environment(tmp_path) | {"KEY_DIR": "", "DATABASE_URL": "", "RELAY_PORT": str(free_port())}
    with running(command, copy, f"{address}/healthz", alone, log):
        made = {path.name for path in (tmp_path / "var").iterdir()}
        assert made >= {"db.sqlite3", "secret.key", "service.key", "stream.key"}
        assert requests.get(f"{address}/", timeout=DEADLINE).status_code == 200
        assert requests.get(f"{address}/static/icons/icon.svg", timeout=DEADLINE).status_code == 200
        unreachable = bring(requests.Session(), address, picture())
        assert unreachable.json()["error"]["code"] == "relay_unreachable"
    assert "Warning" not in log.read_text()
