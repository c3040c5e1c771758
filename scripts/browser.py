"""Finds the browsers for the tests: one that is there, else from the system's packages, else Playwright's download."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """`variable` names a path of one's own; `download` is what Playwright calls it."""

    name: str
    variable: str
    commands: tuple[str, ...]
    mac: str
    package: str
    download: str


CHROMIUM = Kind(
    "Chromium",
    "CHROMIUM",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "chromium",
    "chromium",
)
FIREFOX = Kind(
    "Firefox",
    "FIREFOX",
    ("firefox-esr", "firefox"),
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    "firefox-esr",
    "firefox",
)


def find_browser(kind: Kind = CHROMIUM) -> str | None:
    """The path that the variable says, one on PATH, or the one that Playwright downloaded."""
    named = os.environ.get(kind.variable)
    known = next((path for path in [named, *map(shutil.which, kind.commands), kind.mac] if path and _usable(path)), None)
    if known:
        return known
    downloaded = _playwrights_own(kind)
    return downloaded if _usable(downloaded) else None


def _playwrights_own(kind: Kind) -> str:
    """Asked of another process: in this one the tests' Playwright may be running, and two cannot."""
    ask = f"from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.{kind.download}.executable_path)"
    return subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout.strip()


def _usable(path: str) -> bool:
    return Path(path).is_file() and _runs(path)


def _runs(path: str) -> bool:
    """On Ubuntu a browser's command may be only a notice that the package is a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_browser(kind: Kind) -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", kind.package], check=False)
        if find_browser(kind):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", kind.download], check=False)


def ensure_browser(kind: Kind) -> bool:
    if not find_browser(kind):
        print(f"No {kind.name} found; installing one for the tests ...", flush=True)
        install_browser(kind)
    browser = find_browser(kind)
    if not browser:
        print(f"No {kind.name} could be installed. Install it, or set {kind.variable} to its path.", file=sys.stderr)
        return False
    print(f"Browser for the tests: {browser}")
    return True


def main() -> int:
    return 0 if all(ensure_browser(kind) for kind in (CHROMIUM, FIREFOX)) else 1


if __name__ == "__main__":
    sys.exit(main())
