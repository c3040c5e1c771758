"""Photos of one's own: consent, what the server says of them, their time, and their end."""

from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import expect

from tests.end_to_end.conftest import Visit
from tests.end_to_end.studio import Studio
from tests.footage import HOPPER, carphone, jpeg


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
    expect(why).to_have_text("Tick the statement to go on.")
    expect(add).to_have_attribute("aria-disabled", "true")
    add.click(force=True)
    assert studio.page.evaluate("document.activeElement.id") == "photo-consent"
    assert requests == []
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


def test_a_photo_removed_in_another_tab_ends_its_stream_with_the_reason(visit: Visit) -> None:
    studio = visit(servers_may_fail=True)
    bring(studio, HOPPER)
    expect(studio.page.get_by_role("radio", name="Ada")).to_be_checked(timeout=30_000)
    studio.go_live()
    other = visit(beside=studio)
    other.page.get_by_role("button", name="Remove Ada").click()
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
        bring(studio, photo)
        expect(error).to_contain_text(words, timeout=30_000)
        expect(error).to_be_focused()
        studio.assert_accessible()
        studio.page.keyboard.press("Escape")
    assert studio.page.get_by_role("radio", name="Ada").count() == 0


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
    studio = visit()
    studio.page.clock.install()
    studio.page.reload()
    bring(studio, HOPPER)
    mine = studio.page.get_by_role("radio", name="Ada")
    expect(mine).to_be_checked(timeout=30_000)
    studio.page.clock.fast_forward("24:01:00")
    studio.page.clock.run_for(21_000)
    expect(mine).to_have_count(0)
    assert studio.says() == "Ada has expired and was deleted."
