"""Pictures and videos on the page: from the dropped file to what comes back."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.client_app.mediajobs.clips import Clip
from tests.end_to_end.conftest import Visit
from tests.end_to_end.studio import PATIENCE_MS, Studio
from tests.end_to_end.test_states import OVERFLOW, SMALL_TARGETS
from tests.footage import HOPPER, carphone


@pytest.fixture(scope="module")
def two_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One picture of two people, whose name holds what a page must not take for markup."""
    hopper = cv2.imread(str(HOPPER))
    assert hopper is not None
    beside = cv2.resize(hopper, (round(hopper.shape[1] * 480 / hopper.shape[0]), 480))
    path = tmp_path_factory.mktemp("pictures") / "two <b>people & é.png"
    cv2.imencode(".png", np.hstack([carphone(1)[0], beside]))[1].tofile(path)
    return path


def order(studio: Studio, *files: Path) -> None:
    studio.page.locator("#files").set_input_files(list(files))
    studio.page.get_by_role("checkbox").check()
    studio.page.get_by_role("button", name="Change").click()


def card(studio: Studio, name: str) -> Locator:
    return studio.page.locator(".job", has=studio.page.get_by_role("heading", name=name, exact=True))


def wait_until_ready(job: Locator) -> None:
    expect(job.locator(".job-state")).to_contain_text("Ready.", timeout=PATIENCE_MS)


def shown(job: Locator) -> str:
    """What the card's canvas holds, as text that differs when the picture does."""
    return str(job.locator("canvas").evaluate("(canvas) => canvas.toDataURL('image/jpeg')"))


def test_nothing_is_sent_before_a_file_is_chosen_and_the_statement_ticked(visit: Visit, two_people: Path) -> None:
    studio = visit(path="/files")
    sent: list[str] = []
    studio.page.on("request", lambda request: request.method in ("POST", "PUT") and sent.append(request.url))
    why = studio.page.locator("#why")
    expect(why).to_have_text("Choose a file to go on.")
    studio.page.get_by_role("button", name="Change it").click(force=True)
    assert studio.page.evaluate("document.activeElement.id") == "files"
    studio.page.locator("#files").set_input_files(two_people)
    expect(why).to_have_text("Tick the statement to go on.")
    studio.page.get_by_role("button", name="Change it").click(force=True)
    assert studio.page.evaluate("document.activeElement.id") == "consent"
    studio.page.get_by_role("button", name=f"Leave out {two_people.name}").click()
    expect(why).to_have_text("Choose a file to go on.")
    assert sent == []


def test_files_chosen_while_the_page_still_loads_are_taken(visit: Visit, two_people: Path) -> None:
    studio = visit(camera=False)
    release = studio.hold("**/js/files/order*.js")
    studio.page.goto(f"{studio.url}/files", wait_until="commit")
    studio.page.locator("#files").set_input_files(two_people)
    expect(studio.page.locator("#pending li")).to_have_count(0)
    release()
    expect(studio.page.locator("#pending li")).to_contain_text(two_people.name)
    expect(studio.page.locator("#why")).to_have_text("Tick the statement to go on.")


def test_files_that_will_not_do_are_refused_before_they_are_sent(visit: Visit, tmp_path: Path) -> None:
    letter, drawing, nothing = tmp_path / "letter.pdf", tmp_path / "drawing.svg", tmp_path / "nothing.mp4"
    letter.write_text("Dear Sir or Madam")
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    nothing.write_bytes(b"")
    studio = visit(path="/files")
    studio.page.locator("#files").set_input_files([letter, drawing, nothing])
    studio.wait_for_notice("This cannot be changed")
    notice = studio.page.locator(".notice-text")
    expect(notice).to_contain_text("letter.pdf is neither a picture")
    expect(notice).to_contain_text("drawing.svg is neither a picture")
    expect(notice).to_contain_text("nothing.mp4 is empty")
    expect(studio.page.locator("#pending li")).to_have_count(0)
    studio.assert_accessible()


def test_in_a_picture_each_face_can_be_given_another(visit: Visit, two_people: Path) -> None:
    studio = visit(path="/files")
    studio.choose("Tiger")
    order(studio, two_people)
    job = card(studio, two_people.name)
    wait_until_ready(job)
    people = job.get_by_role("button", name="choose a face")
    expect(people).to_have_count(2)
    as_tigers = shown(job)
    job.get_by_role("button", name="Person 2, Tiger: choose a face").click()
    studio.assert_accessible()
    studio.page.get_by_role("menuitemradio", name="Jade").click()
    expect(job.get_by_role("button", name="Person 2, Jade: choose a face")).to_have_count(1, timeout=PATIENCE_MS)
    with_jade = shown(job)
    assert with_jade != as_tigers
    job.get_by_role("button", name="Show the original").click()
    expect(people).to_have_count(0)
    assert shown(job) not in (as_tigers, with_jade)
    with studio.page.expect_download() as download:
        job.get_by_role("link", name="Download").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\x89PNG")
    assert b"c2pa" in content
    studio.assert_accessible()


def test_a_video_is_followed_over_a_reload_and_comes_back_with_its_face_changed(visit: Visit, tmp_path: Path) -> None:
    film = Clip(times=range(0, 3000, 40), size=(640, 480)).write(tmp_path / "talk.mp4", carphone(75))
    studio = visit(path="/files")
    studio.choose("Marble")
    order(studio, film)
    job = card(studio, "talk.mp4")
    expect(job.get_by_role("progressbar")).to_be_visible(timeout=PATIENCE_MS)
    studio.assert_accessible()
    studio.page.reload()
    wait_until_ready(job)
    video = job.locator("video")
    studio.wait_until("document.querySelector('.job video').readyState >= 1")
    assert video.evaluate("(video) => [video.videoWidth, video.videoHeight]") == [640, 480]
    assert video.evaluate("(video) => Math.round(video.duration)") == 3
    sought = "(video) => new Promise((done) => { video.onseeked = () => done(video.currentTime); video.currentTime = 2; })"
    assert video.evaluate(sought) == pytest.approx(2, abs=0.1)
    studio.assert_accessible()
    job.get_by_role("button", name="Remove").click()
    expect(job).to_have_count(0)
    expect(studio.page.locator("#nothing")).to_be_visible()


def test_a_video_that_is_none_says_so_on_its_card(visit: Visit, tmp_path: Path) -> None:
    film = tmp_path / "broken.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 2000)
    studio = visit(path="/files")
    order(studio, film)
    job = card(studio, "broken.mp4")
    expect(job.locator(".job-state")).to_contain_text("damaged or no video", timeout=PATIENCE_MS)
    studio.assert_accessible()


@pytest.mark.parametrize("size", [(360, 740), (1280, 800), (1920, 1080)])
def test_the_page_fits_every_window(visit: Visit, size: tuple[int, int]) -> None:
    studio = visit(path="/files", size=size)
    studio.assert_accessible()
    studio.page.get_by_role("button", name="Settings", exact=True).click()
    studio.assert_accessible()
    assert studio.page.evaluate(SMALL_TARGETS) == []
    assert studio.page.evaluate(OVERFLOW) == 0
