from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Convert = Callable[[Path], Any]


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """Makes a recording's MP4 of a file, by the worker's own code; `done` is where it lies then."""
    from tests.client_app.mediajobs.support import brought, done_in, waiting

    return lambda path: done_in(tmp_path, waiting(brought(path)))


@pytest.fixture
def done(tmp_path: Path) -> Path:
    return tmp_path / "done.mp4"
