"""Photos of one's own: consent, what the server says of them, their time, and their end."""

import base64
import re
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import expect

from tests.end_to_end.conftest import CAMERA_FRAMES, Visit
from tests.end_to_end.studio import Studio
from tests.footage import ASTRONAUT, HOPPER, carphone, decoded, jpeg


def open_dialog(studio: Studio) -> None:
    studio.page.get_by_role("button", name="Bring a photo").click()
    expect(studio.page.get_by_role("dialog")).to_be_visible()


def bring(studio: Studio, *photos: Path, name: str = "Ada") -> None:
    open_dialog(studio)
    studio.page.locator("#photo-files").set_input_files(list(photos))
    studio.page.get_by_label("Name").fill(name)
    studio.page.get_by_role("checkbox").check()
    studio.page.get_by_role("button", name="Use this face").click()


def test_without_photo_or_consent_nothing_is_sent_and_the_button_says_why(visit: Visit) -> None:
    studio = visit()
    requests: list[str] = []
    studio.page.on("request", lambda request: request.method == "POST" and requests.append(request.url))
    open_dialog(studio)
    add, why = studio.page.get_by_role("button", name="Use this face"), studio.page.locator("#photo-why")
    assert not studio.page.get_by_role("checkbox").is_checked()
    studio.assert_accessible()
    expect(why).to_have_text("Choose a photo to go on.")
    add.click(force=True)
    assert studio.page.evaluate("document.activeElement.id") == "photo-files"
    studio.page.locator("#photo-files").set_input_files(HOPPER)
    expect(why).to_have_text("Tick the statement to go on.", timeout=30_000)
    expect(studio.page.locator("#photo-list li")).to_have_attribute("data-verdict", "good", timeout=30_000)
    expect(add).to_have_attribute("aria-disabled", "true")
    add.click(force=True)
    assert studio.page.evaluate("document.activeElement.id") == "photo-consent"
    assert {url.removeprefix(studio.url) for url in requests} == {"/api/photos/check"}
    studio.assert_accessible()
    studio.page.get_by_role("button", name="Leave out grace-hopper.jpg").click()
    expect(why).to_have_text("Choose a photo to go on.")
    studio.page.keyboard.press("Escape")
    expect(studio.page.get_by_role("dialog")).to_be_hidden()
    assert studio.page.evaluate("document.activeElement.id") == "bring"


def test_a_photo_is_chosen_used_shown_with_its_time_and_removed_while_live(visit: Visit) -> None:
    studio = visit()
    bring(studio, HOPPER)
    mine = studio.page.get_by_role("radio", name="Ada")
    expect(mine).to_be_checked(timeout=30_000)
    expect(mine).to_be_focused()
    expect(studio.page.get_by_text("Gone in 24 h")).to_be_visible()
    studio.assert_accessible()
    studio.go_live()
    studio.page.get_by_role("button", name="Remove Ada").click()
    expect(mine).to_have_count(0)
    studio.wait_for_state("Ready")
    assert studio.says() == "Ada was removed."
    assert studio.page.evaluate("witness.tracks.map((track) => track.readyState)") == ["ended"]
    expect(studio.page.locator("#gallery input").first).to_be_checked()


def test_what_becomes_of_a_photo_shows_in_other_tabs_and_its_end_ends_their_streams(visit: Visit) -> None:
    studio = visit(servers_may_fail=True)
    other, files = visit(beside=studio), visit(beside=studio, path="/files")
    bring(studio, HOPPER)
    expect(studio.page.get_by_role("radio", name="Ada")).to_be_checked(timeout=30_000)
    studio.go_live()
    for tab in (other, files):
        expect(tab.page.get_by_role("radio", name="Ada")).not_to_be_checked()
    other.page.get_by_role("button", name="Change Ada").click()
    other.page.get_by_label("Name").fill("Zoë")
    other.page.get_by_role("button", name="Save", exact=True).click()
    for tab in (studio, files):
        expect(tab.page.get_by_role("radio", name="Zoë")).to_have_count(1)
    expect(studio.page.locator("#swap-name")).to_have_text("Zoë")
    files.page.get_by_role("button", name="Remove Zoë").click()
    expect(other.page.get_by_role("radio", name="Zoë")).to_have_count(0)
    studio.wait_for_notice("This face cannot be used")
    studio.wait_for_state("Ready")
    assert studio.page.evaluate("witness.closes[0].code") == 4401


def test_photos_that_will_not_do_are_refused_in_words(visit: Visit, tmp_path: Path) -> None:
    wall, letter, broken = tmp_path / "wall.jpg", tmp_path / "letter.pdf", tmp_path / "broken.jpg"
    wall.write_bytes(jpeg(np.full((480, 480, 3), 128, np.uint8)))
    letter.write_text("Dear Sir or Madam")
    broken.write_bytes(jpeg(carphone(1)[0])[:2000])
    studio = visit(servers_may_fail=True)
    open_dialog(studio)
    error = studio.page.locator("#photo-error")
    studio.page.locator("#photo-files").set_input_files(letter)
    expect(error).to_have_text("Only pictures can be used: JPEG, PNG or WebP.")
    studio.page.keyboard.press("Escape")
    for photo, words in ((wall, "face"), (broken, "damaged")):
        open_dialog(studio)
        studio.page.locator("#photo-files").set_input_files(photo)
        refused = studio.page.locator("[data-verdict=refused]")
        expect(refused).to_contain_text(words, timeout=30_000)
        expect(studio.page.locator("#photo-why")).to_have_text("Leave out what will not do.")
        studio.page.get_by_role("button", name="Use this face").click(force=True)
        expect(refused.get_by_role("button")).to_be_focused()
        studio.assert_accessible()
        studio.page.keyboard.press("Escape")
    assert studio.page.get_by_role("radio", name="Ada").count() == 0


def test_each_photo_shows_how_it_is_cropped_and_whether_it_will_do(visit: Visit, tmp_path: Path) -> None:
    small = tmp_path / "small.jpg"
    small.write_bytes(jpeg(np.asarray(cv2.resize(decoded(ASTRONAUT.read_bytes()), (150, 188)), np.uint8)))
    studio = visit()
    open_dialog(studio)
    studio.page.locator("#photo-files").set_input_files([HOPPER, small])
    good, usable = (studio.page.locator(f"[data-verdict={verdict}]") for verdict in ("good", "usable"))
    expect(usable).to_contain_text("A larger, sharper one does better.", timeout=30_000)
    expect(good).to_have_count(1)
    crop = studio.page.get_by_role("img", name="grace-hopper.jpg, as it is cropped")
    assert crop.evaluate("(image) => [image.naturalWidth, image.naturalHeight]") == [256, 256]
    studio.page.keyboard.press("Escape")


def test_what_cannot_be_looked_at_now_may_still_be_brought(visit: Visit) -> None:
    studio = visit(servers_may_fail=True)
    studio.page.route("**/api/photos/check", lambda route: route.abort())
    bring(studio, HOPPER)
    expect(studio.page.get_by_role("radio", name="Ada")).to_be_checked(timeout=30_000)


def test_a_photo_is_taken_with_the_camera_which_is_on_only_then(visit: Visit) -> None:
    studio = visit()
    page = studio.page
    open_dialog(studio)
    assert page.evaluate("witness.tracks.length") == 0
    page.get_by_role("button", name="Take one with the camera").click()
    shoot = page.get_by_role("button", name="Take the photo")
    expect(shoot).to_be_focused(timeout=30_000)
    assert "matrix(-1, 0" in page.locator("#photo-viewfinder").evaluate("(video) => getComputedStyle(video).transform")
    studio.assert_accessible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("button", name="Take one with the camera")).to_be_focused()
    assert page.evaluate("witness.tracks.map((track) => track.readyState)") == ["ended"]
    page.get_by_role("button", name="Take one with the camera").click()
    shoot.click()
    expect(page.locator("#photo-list li")).to_have_attribute("data-verdict", re.compile("good|usable"), timeout=30_000)
    assert page.evaluate("witness.tracks.map((track) => track.readyState)") == ["ended", "ended"]
    page.get_by_label("Name").fill("Myself")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Use this face").click()
    mine = page.get_by_role("radio", name="Myself")
    expect(mine).to_be_checked(timeout=30_000)
    image = page.evaluate(
        """async (id) => {
            const bytes = new Uint8Array(await (await fetch(`/api/sources/${id}/image`)).arrayBuffer());
            return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
        }""",
        mine.input_value(),
    )
    taken = decoded(base64.b64decode(image))
    upright = [np.abs(taken.astype(int) - frame).mean() for frame in carphone(CAMERA_FRAMES)]
    mirrored = [np.abs(taken[:, ::-1].astype(int) - frame).mean() for frame in carphone(CAMERA_FRAMES)]
    assert min(upright) < min(mirrored) / 2


def test_a_camera_that_is_denied_is_said_in_the_dialog(visit: Visit) -> None:
    studio = visit(camera=False)
    open_dialog(studio)
    studio.page.get_by_role("button", name="Take one with the camera").click()
    expect(studio.page.locator("#photo-error")).to_contain_text("The camera is blocked for this page", timeout=30_000)
    expect(studio.page.get_by_role("button", name="Take one with the camera")).to_be_visible()


def test_a_face_gets_another_name_and_other_photos_while_live(visit: Visit) -> None:
    studio = visit()
    page = studio.page
    bring(studio, HOPPER)
    expect(page.get_by_role("radio", name="Ada")).to_be_checked(timeout=30_000)
    studio.go_live()
    page.get_by_role("button", name="Change Ada").click()
    expect(page.get_by_role("heading", name="Change Ada")).to_be_visible()
    expect(page.get_by_role("checkbox", name="agreed")).to_be_hidden()
    expect(page.locator("#photo-why")).to_have_text("Write another name, or choose photos.")
    studio.assert_accessible()
    page.get_by_label("Name").fill("Zoë")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("radio", name="Zoë")).to_be_checked()
    before = page.get_by_role("radio", name="Zoë").input_value()
    page.get_by_role("button", name="Change Zoë").click()
    page.locator("#photo-files").set_input_files(ASTRONAUT)
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(f"[data-id='{before}']")).to_have_count(0, timeout=30_000)
    after = page.get_by_role("radio", name="Zoë")
    expect(after).to_be_checked()
    assert after.input_value() != before
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)
    assert studio.notices() == []


def test_photos_dropped_on_the_dialog_are_taken(visit: Visit) -> None:
    studio = visit()
    open_dialog(studio)
    picture = cv2.imencode(".png", carphone(1)[0])[1].ravel().tolist()
    studio.page.evaluate(
        """(bytes) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(bytes)], "me.png", { type: "image/png" }));
            const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
            document.getElementById("photo-drop").dispatchEvent(drop);
        }""",
        picture,
    )
    expect(studio.page.get_by_role("img", name="me.png")).to_be_visible()


def test_a_photo_whose_time_has_run_out_leaves_the_page(visit: Visit) -> None:
    studio = visit(anew=True)
    studio.page.clock.install()
    studio.page.reload()
    bring(studio, HOPPER)
    mine = studio.page.get_by_role("radio", name="Ada")
    expect(mine).to_be_checked(timeout=30_000)
    studio.page.clock.fast_forward("24:01:00")
    studio.page.clock.run_for(21_000)
    expect(mine).to_have_count(0)
    assert studio.says() == "Ada has expired and was deleted."


def test_a_face_counts_down_and_its_end_stops_the_stream_in_words(visit: Visit) -> None:
    studio = visit(servers_may_fail=True)
    bring(studio, HOPPER)
    mine = studio.page.get_by_role("radio", name="Ada")
    expect(mine).to_be_checked(timeout=30_000)
    studio.go_live()
    studio.page.evaluate(
        """() => {
            const { dataset } = document.querySelector("[data-kind=upload]");
            dataset.expires = new Date(Date.now() + 5_000).toISOString();
        }"""
    )
    studio.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(studio.page.locator(".face-expiry", has_text=re.compile(r"Gone in 0:0\d"))).to_be_visible(timeout=30_000)
    studio.wait_for_notice("Ada has expired and was deleted")
    studio.wait_for_state("Ready")
    expect(mine).to_have_count(0)
    studio.assert_accessible()
