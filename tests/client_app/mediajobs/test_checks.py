from typing import Any

import pytest

from mediajobs.checks import files_outlive_the_instance


def found() -> list[str]:
    return [problem.id or "" for problem in files_outlive_the_instance()]


def test_a_machine_of_ones_own_keeps_its_files() -> None:
    assert found() == []


def test_on_app_engine_a_folder_and_sqlite_are_refused(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setenv("GAE_ENV", "standard")
    assert found() == ["mediajobs.E001", "mediajobs.E002"]
    settings.GCS_BUCKET = "bucket"
    assert found() == ["mediajobs.E002"]
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    assert found() == []
