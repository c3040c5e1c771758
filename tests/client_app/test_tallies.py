"""What is counted over all processes."""

import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F

from facedetect.models import Tally
from tests.client_app.conftest import CLIENT_APP

MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_what_never_was_waits_for_nothing() -> None:
    assert Tally.objects.wait("calls", 1) is None
    Tally.objects.forget("calls")
    assert not Tally.objects.exists()


@pytest.mark.django_db
def test_each_thing_is_counted_by_itself_and_waits_when_it_is_full() -> None:
    assert [Tally.objects.add(what, MINUTE) for what in ("a", "a", "b", "a")] == [1, 2, 1, 3]
    wait = Tally.objects.wait("a", 3)
    assert wait is not None
    assert timedelta(0) < wait <= MINUTE
    assert Tally.objects.wait("a", 4) is None
    assert Tally.objects.wait("b", 3) is None
    Tally.objects.forget("a")
    assert Tally.objects.wait("a", 1) is None
    assert Tally.objects.wait("b", 1) is not None


@pytest.mark.django_db
def test_it_is_forgotten_in_time_and_nothing_is_left() -> None:
    Tally.objects.add("a", MINUTE)
    Tally.objects.add("a", MINUTE)
    Tally.objects.update(ends=F("ends") - MINUTE)
    assert Tally.objects.wait("a", 1) is None
    assert Tally.objects.add("b", MINUTE) == 1
    assert Tally.objects.count() == 1
    assert Tally.objects.add("a", MINUTE) == 1


@pytest.mark.django_db
def test_nobody_can_read_what_it_was() -> None:
    Tally.objects.add("calls of 192.0.2.7", MINUTE)
    assert "192.0.2.7" not in str(list(Tally.objects.values()))


def test_several_processes_count_together(tmp_path: Path) -> None:
    environment = {
        "DJANGO_SETTINGS_MODULE": "facedetect.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "KEY_DIR": str(tmp_path),
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=CLIENT_APP, env=environment, check=True)
    count = (
        "import django; django.setup()\n"
        "from datetime import timedelta\n"
        "from facedetect.models import Tally\n"
        "for _ in range(50): Tally.objects.add('calls', timedelta(hours=1))\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", count], cwd=CLIENT_APP, env=environment) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        assert database.execute("SELECT count FROM facedetect_tally").fetchall() == [(100,)]
