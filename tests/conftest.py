"""How `make test`, which runs two processes, divides tests and cores between them."""

from typing import Any

import cv2
import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/end_to_end"


class BrowserBesideTheRest(LoadScopeScheduling):
    """A browser and its servers fill more than a core: their tests share one set of them and go one after the other.

    All others keep together by file, for the fixtures that a file shares.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else nodeid.split("::", 1)[0]


def pytest_configure(config: pytest.Config) -> None:
    # As it is served; and each of the two processes has one core.
    cv2.setNumThreads(1)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BrowserBesideTheRest:
    return BrowserBesideTheRest(config, log)
