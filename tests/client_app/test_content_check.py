"""The operator's own check of what is brought."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from facedetect import checks
from facedetect.content_check import check_media, problem
from facedetect.errors import ApiError
from facedetect.models import Source
from tests.client_app.conftest import RelayDouble
from tests.client_app.test_server import environment, manage
from tests.client_app.test_sources import bring, error

HERE = "tests.client_app.test_content_check"
seen: list[tuple[str, bytes, str]] = []


def note(path: Path, kind: str) -> str | None:
    seen.append((path.suffix, path.read_bytes(), kind))
    return None


def refuse(path: Path, kind: str) -> str | None:
    return f"No {kind}s on Sundays."


def fail(path: Path, kind: str) -> str | None:
    raise ZeroDivisionError("inner detail")


NO_FUNCTION = "text"


def test_without_a_check_everything_passes(settings: Any) -> None:
    settings.CONTENT_CHECK = ""
    check_media(Path("nowhere"), "video")
    assert problem() is None
    assert checks.content_check_can_be_used() == []


@pytest.mark.parametrize("path", ["nonsense", "no.such.module", f"{HERE}.nothing", f"{HERE}.NO_FUNCTION"])
def test_a_wrong_path_is_refused_at_start(settings: Any, path: str) -> None:
    settings.CONTENT_CHECK = path
    (message,) = checks.content_check_can_be_used()
    assert path in message.msg
    assert message.id == "facedetect.E001"
    assert checks.startup_problems() == [message.msg]


def test_djangos_check_command_says_it(tmp_path: Path) -> None:
    done = manage(["check"], environment(tmp_path, CONTENT_CHECK="no.such.module"))
    assert done.returncode == 1
    assert "CONTENT_CHECK" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_a_photo_is_shown_to_it_and_leaves_no_file(client: Client, connected: RelayDouble, settings: Any) -> None:
    settings.CONTENT_CHECK = f"{HERE}.note"
    seen.clear()
    bring(client)
    assert seen == [(".jpg", Source.objects.get().photo_bytes()[0], "photo")]


@pytest.mark.django_db
def test_what_it_refuses_is_not_kept_nor_shown_to_the_model(client: Client, connected: RelayDouble, settings: Any) -> None:
    settings.CONTENT_CHECK = f"{HERE}.refuse"
    response = bring(client)
    assert error(response) == (422, "content_refused")
    assert response.json()["error"]["message"] == "No photos on Sundays."
    assert not Source.objects.exists()
    assert connected.calls == []


@pytest.mark.django_db
def test_a_check_that_fails_lets_nothing_through(client: Client, connected: RelayDouble, settings: Any, caplog: Any) -> None:
    settings.CONTENT_CHECK = f"{HERE}.fail"
    response = bring(client)
    assert error(response) == (503, "content_not_checked")
    assert "inner detail" not in response.text
    assert "inner detail" in caplog.text
    with pytest.raises(ApiError):
        check_media(Path("video.mp4"), "video")
