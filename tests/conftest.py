"""Which tests must follow one another when `make test` runs two processes at a time."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser and its servers fill more than a core: their tests share one set of them and go one after the other.

    All others keep together by file, for the fixtures that a file shares.
    """
    for item in items:
        place = item.path.relative_to(TESTS)
        item.add_marker(pytest.mark.xdist_group("end_to_end" if place.parts[0] == "end_to_end" else str(place)))
