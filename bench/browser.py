"""All three tiers and a browser on the same machine: frames shown a second, and delay from capture to drawn.

A headless Chromium opens the real page, its camera playing a talking head at 30 frames a second in 640x480 with a
webcam's noise; what is printed is the delay that the page itself shows and the canvas's own count of frames.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.footage import webcam_jpegs
from bench.table import print_table
from scripts.browser import find_browser
from tests.end_to_end.tiers import Tiers, tiers_in

CAMERA_FRAMES = 60
WARM_UP_S = 4
MEASURED_S = 15
TARGET_FPS, TARGET_DELAY_MS = 24, 100
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiers = tiers_in(Path(folder))
        try:
            tiers.start()
            fps, delays = measure(tiers, Path(folder))
        finally:
            tiers.stop()
    rows = [
        [f"{os.cpu_count()} cores", f"{fps:.1f}", f"{TARGET_FPS}", f"{statistics.median(delays):.0f}", f"{TARGET_DELAY_MS}"]
    ]
    head = ["three tiers and Chromium", "fps shown", "at least", "median delay ms", "at most"]
    print_table("In the browser, 640x480 at 30 frames a second", head, rows)


def measure(tiers: Tiers, folder: Path) -> tuple[float, list[float]]:
    """Frames drawn a second, and the delay that the page shows, read twice a second."""
    camera = folder / "camera.mjpeg"
    forth = webcam_jpegs(CAMERA_FRAMES)
    camera.write_bytes(b"".join([*forth, *reversed(forth)]))
    path = find_browser()
    if path is None:
        raise SystemExit("No Chromium: `make bench` installs one, or set CHROMIUM to its path.")
    media = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *media])
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.grant_permissions(["camera"])
        page = context.new_page()
        page.goto(tiers.client.url)
        page.get_by_role("button", name="Start").click()
        page.locator("#state-words", has_text="Live").wait_for()
        time.sleep(WARM_UP_S)
        drawn = "Number(document.querySelector('#output').dataset.frames)"
        start, before = time.perf_counter(), page.evaluate(drawn)
        delays = []
        while time.perf_counter() - start < MEASURED_S:
            time.sleep(0.5)
            delays.append(float(page.locator("#delay").inner_text()))
        fps = (page.evaluate(drawn) - before) / (time.perf_counter() - start)
        browser.close()
    return fps, delays


if __name__ == "__main__":
    main()
