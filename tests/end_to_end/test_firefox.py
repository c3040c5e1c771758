"""The pages in Firefox: the live one with a camera and with a film, the others as far as they run scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.browser import FIREFOX, find_browser
from tests.end_to_end.firefox import FirefoxPage, firefox
from tests.end_to_end.tiers import Tiers

LIVE = "document.querySelector('#state-words').textContent === 'Live'"
SHOWN = "Number(document.querySelector('#output').dataset.frames)"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirefoxPage]:
    path = find_browser(FIREFOX)
    assert path is not None, "no Firefox; `make test` installs one, or set FIREFOX to its path"
    with firefox(path, tmp_path_factory.mktemp("firefox")) as page:
        yield page


@pytest.fixture(autouse=True)
def quiet(page: FirefoxPage) -> Iterator[None]:
    yield
    complaints = page.complaints.copy()
    page.complaints.clear()
    assert complaints == []


def test_frames_of_the_camera_come_back(page: FirefoxPage, tiers: Tiers) -> None:
    page.open(tiers.client.url)
    page.click("#toggle")
    page.wait_for(LIVE)
    page.wait_for(f"{SHOWN} > 20")
    # Firefox's own camera for tests shows colours and a beep's number, nobody.
    page.wait_for("document.querySelector('#tip').innerText.includes('No face found')")
    page.click("#toggle")
    page.wait_for("document.querySelector('#state-words').textContent === 'Ready'")


def test_a_film_is_swapped_its_people_are_seen_and_it_is_recorded_without_sound(
    page: FirefoxPage, tiers: Tiers, film: Path
) -> None:
    page.open(tiers.client.url)
    page.click("input[name=input][value=file] + span")
    page.choose_file("#video-file", film)
    page.click("#toggle")
    page.wait_for(LIVE)
    page.wait_for("document.querySelector('.people button') !== null")  # somebody is seen
    page.click("input[name=view][value=compare] + span")
    page.wait_for(f"{SHOWN} > 30")
    assert page.value("document.querySelector('#notices').innerText.trim()") == ""
    page.click("#record")
    page.wait_for("document.querySelector('#record-dialog').open")
    page.click("#record-form input[value=without] + span")
    page.click("#record-consent")
    page.click("#record-form [type=submit]")
    page.wait_for("document.querySelector('#recording-clock').textContent >= '0:02'")
    page.click("#record")
    jobs = "fetch('/api/jobs').then((answer) => answer.json()).then(({ jobs }) => jobs.filter(({ state }) => state === 'done'))"
    (job,) = page.wait_for(f"{jobs}.then((done) => done.length && done)")
    assert (job["kind"], job["width"], job["height"]) == ("recording", 640, 480)
    page.click("#toggle")


@pytest.mark.parametrize(
    ("path", "ready"),
    [
        ("/files", "input[type=file]"),
        ("/verify", "input[type=file]"),
        ("/stage", "button, canvas, video"),
        ("/developers", "#open_session"),
        ("/account/sign-in", "[name=password]"),
    ],
)
def test_the_other_pages_load_without_a_complaint(page: FirefoxPage, tiers: Tiers, path: str, ready: str) -> None:
    page.open(tiers.client.url + path, (360, 740))
    page.wait_for(f"document.querySelector('{ready}') !== null")
    assert page.value("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
