from typing import Any

import cv2
import pytest


def pytest_configure(config: pytest.Config) -> None:
    # As it is served; and each of the two processes has one core.
    cv2.setNumThreads(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    # The training's own environment runs its tests without xdist.
    from tests.scheduling import BrowserBesideTheRest

    return BrowserBesideTheRest(config, log)
