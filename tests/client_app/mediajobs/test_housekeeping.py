"""The worker's process, beside its jobs."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.client_app.conftest import CLIENT_APP


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_worker_whose_storage_fails_goes_on_to_say_that_it_lives(tmp_path: Path) -> None:
    (tmp_path / "media").write_bytes(b"no folder")
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "KEY_DIR": str(tmp_path),
        "MEDIA_DIR": f"{tmp_path}/media",
        "WORK_DIR": f"{tmp_path}/work",
    }
    log = tmp_path / "log"
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=CLIENT_APP, env=environment, check=True)
    database = sqlite3.connect(tmp_path / "db.sqlite3")

    def seen() -> list[tuple[str]]:
        return database.execute("SELECT seen FROM mediajobs_worker").fetchall()

    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "db_worker"], cwd=CLIENT_APP, env=environment, stdout=output, stderr=output
        )
    try:
        until(lambda: "the storage could not be swept" in log.read_text())
        before = seen()
        assert len(before) == 1
        until(lambda: seen() != before)
    finally:
        worker.terminate()
        worker.wait(timeout=20)
        database.close()
    assert "Traceback" not in log.read_text()
