"""Finds a Chromium for the tests: one that is there, else from the system's packages, else Playwright's download."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: CHROMIUM, one on PATH, or the one that Playwright downloaded."""
    named = os.environ.get("CHROMIUM")
    candidates = [named, *map(shutil.which, NAMES), MAC, _playwrights_own()]
    return next((path for path in candidates if path and Path(path).exists() and _runs(path)), None)


def _playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _runs(path: str) -> bool:
    """Ubuntu's /usr/bin/chromium-browser may be only a notice that the package is a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_browser() -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
        if find_browser():
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=False)


def main() -> int:
    if not find_browser():
        print("No Chromium found; installing one for the tests ...", flush=True)
        install_browser()
    browser = find_browser()
    if not browser:
        print("No Chromium could be installed. Install Chromium or Chrome, or set CHROMIUM to its path.", file=sys.stderr)
        return 1
    print(f"Browser for the tests: {browser}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
