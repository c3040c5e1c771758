"""Two installations with a database each that were told to keep their files in the same place."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facedetect.files import FOLDER
from facedetect.installation import is_alone_in_storage
from facedetect.models import Installation
from facedetect.private_storage import private_storage
from tests.client_app.conftest import CLIENT_APP


def manage(folder: Path, name: str, *command: str) -> str:
    """What the installation's command says, on both channels."""
    environment = {"DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3", "KEY_DIR": str(folder), "MEDIA_DIR": f"{folder}/media"}
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=CLIENT_APP, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


def test_neither_sweeps_what_may_be_the_others_until_one_is_gone(tmp_path: Path) -> None:
    lost = tmp_path / "media" / FOLDER / "lost.jpg"
    lost.parent.mkdir(parents=True)

    def lose() -> None:
        lost.write_bytes(b"photo")
        os.utime(lost, (0, 0))

    for name in ("one", "two"):
        manage(tmp_path, name, "migrate", "-v0")
    lose()
    assert "Deleted 1 files" in manage(tmp_path, "one", "expire_sources")
    (mark,) = (tmp_path / "media" / "installations").iterdir()
    lose()
    for name in ("two", "one"):
        said = manage(tmp_path, name, "expire_sources")
        assert "the storage (MEDIA_DIR or GCS_BUCKET) is not swept" in said
        assert lost.exists()
    assert f"delete its mark: installations/{mark.name}" in manage(tmp_path, "two", "expire_sources")
    mark.unlink()
    assert "Deleted 1 files" in manage(tmp_path, "two", "expire_sources")


@pytest.mark.django_db
def test_a_mark_that_was_left_twice_at_once_is_ones_own() -> None:
    assert is_alone_in_storage()
    storage, own = private_storage(), Installation.objects.own_name()
    assert storage.save(f"installations/{own}", storage.open(f"installations/{own}")) != f"installations/{own}"
    assert is_alone_in_storage()
