"""What can be done with the picture: compared, saved, made large, kept in sight, and all of it with single keys."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Locator, expect

from tests.end_to_end.conftest import Run, Visit
from tests.end_to_end.studio import HIDE, Studio, psnr
from tests.end_to_end.test_keyboard import tab_to
from tests.footage import decoded

NOTE = {"code": "harmoniser_failed", "message": "The harmoniser gave no picture for face 1; the mesh's own light is shown."}
DIGITAL_SOURCE = b"compositeWithTrainedAlgorithmicMedia"
BOTH_CANVASES = """(() => {
    const { seq } = document.querySelector("#output").dataset;
    const sent = witness.sent.get(Number(seq));
    const before = document.querySelector("#before").toDataURL("image/png").split(",")[1];
    return { before, sent: btoa(sent.reduce((text, byte) => text + String.fromCharCode(byte), "")) };
})()"""


def divider(studio: Studio) -> Locator:
    return studio.page.get_by_role("slider", name="Divider")


def compare(studio: Studio) -> None:
    studio.page.get_by_role("radio", name="Compare").check(force=True)
    expect(divider(studio)).to_be_visible()
    studio.wait_for_frames(3)


def place(studio: Studio) -> float:
    """Where the line is, as a share of the picture's width."""
    room, handle = studio.page.locator("#panes").bounding_box(), divider(studio).bounding_box()
    assert room is not None
    assert handle is not None
    return (handle["x"] + handle["width"] / 2 - room["x"]) / room["width"]


def test_camera_and_swap_of_the_same_moment_lie_on_each_other(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    compare(studio)
    expect(studio.page.locator("#camera")).to_be_hidden()
    boxes = [studio.page.locator(canvas).bounding_box() for canvas in ("#before", "#output")]
    assert boxes[0] == boxes[1]
    mirrored = "['#before', '#output'].map((canvas) => getComputedStyle(document.querySelector(canvas)).transform)"
    assert studio.page.evaluate(mirrored) == ["matrix(-1, 0, 0, 1, 0, 0)"] * 2
    pair = studio.page.evaluate(BOTH_CANVASES)
    before, sent = (decoded(base64.b64decode(pair[name])) for name in ("before", "sent"))
    assert psnr(before, sent, np.ones(sent.shape[:2], bool)) > 40
    studio.assert_accessible()


def test_advice_lies_on_both_halves(visit: Visit, faceless_film: Path) -> None:
    studio = visit()
    studio.play_file(faceless_film)
    studio.go_live()
    compare(studio)
    tip = studio.page.locator("#tip")
    expect(tip).to_be_visible()
    box = tip.bounding_box()
    assert box is not None
    at_its_left = f"document.elementFromPoint({box['x'] + 12}, {box['y'] + 12}).id"
    studio.page.locator(".pane-you").evaluate("(pane) => pane.style.setProperty('pointer-events', 'auto')")
    assert studio.page.evaluate(at_its_left) == "tip"


def test_the_divider_moves_by_pointer_and_by_keys_and_stays_where_it_was(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    expect(divider(studio)).to_be_hidden()
    compare(studio)
    expect(divider(studio)).to_have_attribute("aria-valuenow", "50")
    room, handle = studio.page.locator("#panes").bounding_box(), divider(studio).bounding_box()
    assert room is not None
    assert handle is not None
    mouse = studio.page.mouse
    mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    mouse.down()
    mouse.move(room["x"] + room["width"] * 0.25, handle["y"] + 20, steps=4)
    mouse.up()
    mouse.move(room["x"] + room["width"] * 0.9, handle["y"] + 20)
    assert abs(place(studio) - 0.25) < 0.01
    expect(divider(studio)).to_have_attribute("aria-valuetext", "25 % camera, 75 % swapped")
    studio.page.reload()
    studio.go_live()
    expect(divider(studio)).to_have_attribute("aria-valuenow", "25")
    tab_to(studio, divider(studio), "Shift+Tab")
    for key, share in (("ArrowRight", 27), ("ArrowLeft", 25), ("PageUp", 35), ("End", 100), ("ArrowUp", 100), ("Home", 0)):
        studio.page.keyboard.press(key)
        expect(divider(studio)).to_have_attribute("aria-valuenow", str(share))
    assert 0 <= place(studio) < 0.1
    divider(studio).dblclick()
    assert abs(place(studio) - 0.5) < 0.01


def test_the_divider_moves_by_touch_on_a_phone(visit: Visit) -> None:
    studio = visit(size=(360, 740), touch=True)
    studio.go_live()
    compare(studio)
    room, handle = studio.page.locator("#panes").bounding_box(), divider(studio).bounding_box()
    assert room is not None
    assert handle is not None
    y = handle["y"] + handle["height"] / 2
    touch = studio.page.context.new_cdp_session(studio.page)
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.6), ("touchMove", 0.75), ("touchEnd", None)):
        points = [] if share is None else [{"x": room["x"] + room["width"] * share, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert abs(place(studio) - 0.75) < 0.01
    assert studio.page.evaluate("document.documentElement.scrollWidth") == 360
    studio.assert_accessible()


def test_a_snapshot_is_the_picture_as_it_came(visit: Visit, tmp_path: Path) -> None:
    studio = visit()
    button = studio.page.get_by_role("button", name="Save this picture")
    expect(button).to_be_disabled()
    studio.go_live("Eileen Collins")
    with studio.page.expect_download() as waiting:
        button.click()
    saved = tmp_path / "saved.jpg"
    waiting.value.save_as(saved)
    as_it_came = "(saved) => witness.pairs().some(({ received }) => received === saved)"
    assert studio.page.evaluate(as_it_came, base64.b64encode(saved.read_bytes()).decode())
    assert DIGITAL_SOURCE in saved.read_bytes()
    assert waiting.value.suggested_filename.startswith("Live Face Swap - Eileen Collins - 20")
    assert studio.says() == "The picture was saved."
    expect(studio.page.locator("#aside")).to_have_text("The picture was saved.")
    studio.stop()
    expect(button).to_be_disabled()


def test_a_snapshot_has_a_name_that_every_system_takes(run: Run) -> None:
    def name(face: str) -> Any:
        return run("snapshot", f"return m.snapshotName({face}, new Date(2026, 0, 2, 3, 4, 5))")

    for face, kept in (
        ("''", "face"),
        ("' \\n\\t'", "face"),
        ("'Ada'", "Ada"),
        ("'../a\\\\b:c*?\"<d>|'", ".. a b c d"),
        ("'Zoë 🦊 李'", "Zoë 🦊 李"),
        ("'\\u202egpj.exe'", "gpj.exe"),
        ("'🦊'.repeat(99)", "🦊" * 60),
    ):
        assert name(face) == f"Live Face Swap - {kept} - 2026-01-02 03.04.05.jpg"


def test_full_screen_by_button_and_by_key(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    button = studio.page.get_by_role("button", name="Full screen")
    button.click()
    studio.wait_until("document.fullscreenElement?.id === 'screen'")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(studio.page.locator("#output")).to_be_in_viewport(ratio=1)
    studio.page.keyboard.press("v")
    studio.wait_until("document.querySelector('#panes').dataset.view === 'swap'")
    studio.wait_for_frames(2)
    studio.page.keyboard.press("f")
    studio.wait_until("document.fullscreenElement === null")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_picture_in_picture_goes_on_while_the_page_is_hidden(visit: Visit) -> None:
    studio = visit()
    button = studio.page.get_by_role("button", name="Picture in picture")
    expect(button).to_be_disabled()
    studio.go_live()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert studio.page.evaluate("document.pictureInPictureElement.srcObject.getVideoTracks()[0].readyState") == "live"
    studio.page.evaluate(HIDE, True)
    studio.wait_for_frames(5)
    shown = "[document.pictureInPictureElement.videoWidth > 0, document.pictureInPictureElement.currentTime > 0]"
    assert studio.page.evaluate(shown) == [True, True]
    studio.page.keyboard.press("p")
    expect(button).to_have_attribute("aria-pressed", "false")
    studio.wait_for_state("Paused while hidden")


def test_a_browser_without_picture_in_picture_offers_none(visit: Visit) -> None:
    studio = visit(without="HTMLCanvasElement.prototype.captureStream")
    expect(studio.page.get_by_role("button", name="Picture in picture")).to_be_hidden()
    studio.page.keyboard.press("p")
    studio.page.keyboard.press("?")
    expect(studio.page.get_by_role("dialog").get_by_text("Full screen")).to_be_visible()
    expect(studio.page.get_by_role("dialog").get_by_text("Picture in picture")).to_have_count(0)


def test_single_keys_do_what_the_list_says(visit: Visit) -> None:
    studio = visit()
    page, press = studio.page, studio.page.keyboard.press
    press("s")
    studio.wait_for_state("Live")
    studio.wait_for_frames(3)
    press("v")
    expect(page.get_by_role("radio", name="Swap only")).to_be_checked()
    press("Shift+V")
    expect(page.get_by_role("radio", name="Compare")).to_be_checked()
    press("m")
    expect(page.get_by_role("switch", name="Mirror")).not_to_be_checked()
    press("t")
    expect(page.get_by_role("region", name="Settings")).to_be_visible()
    press("t")
    with page.expect_download():
        press("c")
    press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    studio.assert_accessible()
    press("s")
    studio.wait_for_state("Live")
    press("?")
    expect(dialog).to_be_hidden()
    press("s")
    studio.wait_for_state("Ready")


def test_keys_leave_alone_who_types_and_can_be_turned_off(visit: Visit) -> None:
    studio = visit()
    page, press = studio.page, studio.page.keyboard.press
    for held in ("Control", "Alt", "Meta"):
        press(f"{held}+m")
    page.get_by_label("Resolution").focus()
    press("m")
    page.get_by_role("button", name="Bring a photo").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Name").press_sequentially("smt?")
    expect(page.get_by_label("Name")).to_have_value("smt?")
    press("Escape")
    studio.wait_for_state("Ready")
    expect(page.get_by_role("switch", name="Mirror")).to_be_checked()
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("switch", name="Use these keys").uncheck()
    press("Escape")
    page.reload()
    press("m")
    press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("switch", name="Mirror")).to_be_checked()


def say_to_page(studio: Studio, message: Any) -> None:
    """As if the relay had sent it."""
    studio.page.evaluate(
        "(text) => witness.sockets.at(-1).dispatchEvent(new MessageEvent('message', { data: text }))", json.dumps(message)
    )


def test_what_the_model_does_otherwise_than_asked_is_said_quietly(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    for strange in ({"type": "weather"}, {"type": "notes"}, {"type": "notes", "seq": 1, "notes": [None, 7, {}]}):
        say_to_page(studio, strange)
    studio.wait_for_frames(3)
    assert studio.notices() == []
    other = {"code": "something_new", "message": "something new happened"}
    say_to_page(studio, {"type": "notes", "seq": 1, "notes": [NOTE, NOTE, other]})
    studio.wait_for_notice("The swap is simpler than you asked for")
    text = studio.page.locator(".notice[data-tone=quiet] .notice-text")
    expect(text).to_have_text("Relighting gave no picture. The face has plain light. Something new happened.")
    studio.assert_accessible()
    say_to_page(studio, {"type": "notes", "seq": 2, "notes": []})
    expect(text).to_have_count(0, timeout=20_000)
    studio.wait_for_state("Live")
