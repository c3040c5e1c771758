"""The settings: offered as the model reports them, at work in the picture at once, remembered, and never in the way."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import requests
from numpy.typing import NDArray
from playwright.sync_api import Locator, Route, expect

from tests.end_to_end.conftest import Launch, Visit, write_film
from tests.end_to_end.studio import Studio, psnr
from tests.end_to_end.test_keyboard import tab_to
from tests.end_to_end.tiers import Tiers
from tests.footage import Frame, carphone, jpeg

FACE = (slice(90, 330), slice(230, 420))
Picture = NDArray[np.float32]
KEY = "live-face-swap"
#: More than two means of pictures differ between which nothing was set.
NOISE = 5.0


@pytest.fixture
def still(visit: Visit, launch: Launch, tmp_path: Path) -> Studio:
    """Before the camera a man who does not move, so that two pictures differ by what was set and by nothing else."""
    path = tmp_path / "still.mjpeg"
    path.write_bytes(jpeg(carphone(1)[0]) * 2)
    studio = visit(browser=launch("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}"))
    studio.go_live("Eileen Collins", frames=15)
    studio.open_settings()
    return studio


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same man twice, side by side."""
    half = carphone(1)[0][:, 160:480]
    return write_film(tmp_path_factory.mktemp("film") / "twins.webm", [np.hstack([half, half])] * 45)


def panel(studio: Studio) -> Locator:
    return studio.page.get_by_role("region", name="Settings")


def slider(studio: Studio, name: str) -> Locator:
    return studio.page.get_by_role("slider", name=name)


def choice(studio: Studio, setting: str, name: str) -> Locator:
    return studio.page.get_by_role("radiogroup", name=setting).get_by_role("radio", name=name, exact=True)


def play(studio: Studio, film: Path) -> None:
    studio.play_file(film)
    studio.go_live(frames=15)
    studio.open_settings()


def shown(studio: Studio) -> Picture:
    """The mean of some swapped pictures, because grain and smoothing make each a little different."""
    studio.wait_for_answers(20)
    return np.mean([received for _, received in studio.pairs(12)], axis=0, dtype=np.float32)


def difference(a: Picture, b: Picture) -> float:
    """In grey levels, at the place where the faces differ most."""
    return float(cv2.blur(np.abs(a - b)[FACE], (15, 15)).max())


def newest_pair(studio: Studio) -> tuple[Frame, Frame]:
    studio.wait_for_answers(8)
    (pair,) = studio.pairs(1)
    return pair


def jpeg_size(studio: Studio) -> int:
    studio.wait_for_answers(8)
    return int(studio.page.evaluate("[...witness.received.values()].at(-1).length"))


def test_what_the_model_reports_can_be_set_before_start(visit: Visit, tiers: Tiers) -> None:
    studio = visit()
    studio.open_settings()
    schemas: dict[str, Any] = requests.get(f"{tiers.relay.url}/healthz", timeout=20).json()["model"]["parameters"]
    pages = {name: schema for name, schema in schemas.items() if not name.startswith("mark")}
    settable = {name: schema for name, schema in pages.items() if len(schema.get("enum", "ab")) > 1}
    expect(panel(studio).locator(".setting")).to_have_count(len(settable))
    for name, schema in settable.items():
        row = studio.page.locator(f"#setting-{name}")
        if "enum" not in schema:
            assert [float(row.get_attribute(end) or "") for end in ("min", "max")] == [schema["minimum"], schema["maximum"]]
            assert float(row.input_value()) == schema["default"]
        elif name != "tone":
            assert row.locator("input:checked").input_value() == schema["default"]
    assert choice(studio, "Skin tone", "Auto").is_checked()
    expect(panel(studio).get_by_role("heading", level=4)).to_have_text(["The face", "The picture"])  # none without words
    assert studio.page.evaluate("witness.said") == []


def report(studio: Studio, parameters: dict[str, Any]) -> None:
    """Has the page told, before its first stream, that the model has these."""

    def answer(route: Route) -> None:
        model = {"reachable": True, "name": "other", "version": "1", "parameters": parameters}
        route.fulfill(body=json.dumps({"ok": True, "model": model}), headers={"Access-Control-Allow-Origin": "*"})

    studio.page.route("**/healthz", answer)
    studio.page.reload()


def test_several_engines_are_offered_by_name(visit: Visit) -> None:
    studio = visit()
    names = ["mesh", "inswapper_128", "simswap_unofficial_512", "hyperswap_1a_256"]
    report(studio, {"engine": {"enum": names, "default": "mesh", "title": "Swap engine"}})
    studio.open_settings()
    for name in ("Mesh", *names[1:]):
        expect(choice(studio, "Engine", name)).to_be_visible()
    assert choice(studio, "Engine", "Mesh").is_checked()
    row = studio.page.locator("#setting-engine")
    assert row.evaluate("row => row.scrollWidth <= row.clientWidth"), "long names wrap"
    studio.assert_accessible()
    studio.set_choice("Engine", "inswapper_128")
    assert choice(studio, "Engine", "inswapper_128").is_checked()


def test_only_what_the_model_reports_is_offered(visit: Visit) -> None:
    studio = visit()
    offer = {
        "opacity": {"type": "number", "minimum": 0.2, "maximum": 0.8, "default": 0.5, "title": "Opacity"},
        "glow": {"type": "boolean", "default": True, "title": "Glow around the face"},
        "engine": {"enum": ["mesh"], "default": "mesh", "title": "Engine"},
        "mark": {"type": "boolean", "default": True, "title": "Mark"},
    }

    report(studio, offer)
    studio.open_settings()
    expect(panel(studio).locator(".setting-name")).to_have_text(["Strength", "Glow around the face"])
    assert choice(studio, "Glow", "On").is_checked()
    assert slider(studio, "Strength").input_value() == "0.5"
    studio.assert_accessible()
    studio.go_live()
    expect(choice(studio, "Skin tone", "Auto")).to_be_checked()
    assert studio.page.locator("#setting-glow").count() == 0, "the model that swaps has the last word"
    assert slider(studio, "Strength").input_value() == "1"


def test_each_setting_changes_the_picture_and_reset_brings_it_back(still: Studio) -> None:
    studio = still
    before = shown(studio)
    reset = studio.page.get_by_role("button", name="Reset to defaults")
    choices = {"Eyes": "Yours", "Lips": "Yours", "Skin tone": "Theirs"}
    for setting, name in choices.items():
        studio.set_choice(setting, name)
        assert difference(before, shown(studio)) > NOISE, setting
        reset.click()
        assert difference(before, shown(studio)) < NOISE, f"{setting} is back"
    for share in (0, 1):
        studio.set_number("Face shape", share)
        assert difference(before, shown(studio)) > NOISE, share
    reset.click()
    assert studio.says() == "The settings are back at their defaults."
    assert difference(before, shown(studio)) < NOISE

    studio.set_number("Strength", 0)
    sent, received = newest_pair(studio)
    everywhere = np.zeros(sent.shape[:2], bool)
    everywhere[FACE] = True
    assert psnr(sent, received, everywhere) > 38, "at no strength the camera's own face is seen"
    studio.set_number("Strength", 1)
    sent, received = newest_pair(studio)
    assert psnr(sent, received, everywhere) < 30
    fine = jpeg_size(studio)
    studio.set_number("JPEG quality", 10)
    assert jpeg_size(studio) < fine / 2
    for name in ("Fast", "Best"):  # alike to the eye, so what counts is that they are taken
        studio.set_choice("Rendering", name)
        assert studio.options_told()["preset"] == name.lower()
        studio.wait_for_answers(8)
    assert studio.notices() == []


def test_all_faces_or_the_largest(visit: Visit, twins: Path) -> None:
    studio = visit()
    play(studio, twins)

    def swapped_halves() -> int:
        sent, received = newest_pair(studio)
        changed = np.abs(sent.astype(np.int16) - received.astype(np.int16)).mean(axis=2) > 12
        return sum(bool(half[:400].mean() > 0.02) for half in (changed[:, :320], changed[:, 320:]))

    assert swapped_halves() == 1
    studio.set_choice("Faces", "All")
    studio.wait_for_frames(20)
    assert swapped_halves() == 2


def test_what_is_shown_without_a_face(visit: Visit, faceless_film: Path) -> None:
    studio = visit()
    play(studio, faceless_film)
    sent, received = newest_pair(studio)
    everywhere = np.ones(sent.shape[:2], bool)
    assert psnr(sent, received, everywhere) > 35
    studio.set_choice("When no face is found", "Hide")
    sent, received = newest_pair(studio)
    assert psnr(sent, received, everywhere) < 20


def test_the_skin_tone_follows_the_face_until_it_is_chosen(visit: Visit) -> None:
    studio = visit()
    studio.go_live("Eileen Collins")
    assert studio.options_told()["tone"] == "user"
    studio.choose("Jade")
    studio.wait_for_state("Preparing Jade")
    studio.wait_for_state("Live")
    studio.wait_for_frames(3)
    assert studio.options_told()["tone"] == "source"
    studio.open_settings()
    studio.set_choice("Skin tone", "Yours")
    assert studio.options_told()["tone"] == "user"
    studio.set_choice("Skin tone", "Auto")
    assert studio.options_told()["tone"] == "source"


def test_settings_are_remembered_and_reset(visit: Visit) -> None:
    studio = visit()
    studio.open_settings()
    studio.set_number("Strength", 0.4)
    studio.set_choice("Lips", "Yours")
    studio.page.reload()
    studio.open_settings()
    expect(choice(studio, "Lips", "Yours")).to_be_checked()
    assert slider(studio, "Strength").input_value() == "0.4"
    expect(panel(studio).locator('output[for="setting-opacity"]')).to_have_text("40 %")
    studio.go_live()
    told = studio.options_told()
    assert (told["opacity"], told["mouth"]) == (0.4, "user")
    studio.page.get_by_role("button", name="Reset to defaults").click()
    assert studio.options_told()["opacity"] == 1
    studio.page.reload()
    studio.open_settings()
    expect(choice(studio, "Lips", "Theirs")).to_be_checked()


GARBAGE = [
    "{",
    "null",
    "7",
    '"text"',
    "[1, 2]",
    '{"settings": 7, "view": 3, "mirror": "no", "face": {"a": 1}, "camera": [2]}',
    '{"settings": [1], "view": null}',
    '{"settings": {"opacity": "x", "shape": 9, "eyes": 3, "mouth": null, "tone": "green", "quality": 12.5}}',
    '{"settings": {"opacity": -1, "preset": "constructor", "__proto__": {"faces": "all"}, "gone": true}}',
]


def test_garbage_that_is_remembered_does_no_harm(visit: Visit) -> None:
    studio = visit()
    for garbage in GARBAGE:
        studio.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, garbage])
        studio.page.reload()
        studio.open_settings()
        expect(choice(studio, "Lips", "Theirs")).to_be_checked()
        for setting, name in (("Eyes", "Theirs"), ("Skin tone", "Auto"), ("Faces", "Largest"), ("Rendering", "Balanced")):
            assert choice(studio, setting, name).is_checked(), garbage
        assert slider(studio, "Strength").input_value() == "1"
        assert slider(studio, "JPEG quality").input_value() == "90"
        studio.go_live()
    assert studio.notices() == []
    studio.set_choice("Lips", "Yours")
    studio.page.reload()
    studio.open_settings()
    expect(choice(studio, "Lips", "Yours")).to_be_checked()


SPOIL = """
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
        return send.call(this, typeof data === "string" ? data.replace(/"opacity":0\\.[1-5]\\d*/, '"opacity":7') : data);
    };
"""


def test_a_refused_setting_is_said_and_goes_back(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    studio.open_settings()
    studio.set_number("Strength", 0.8)
    studio.page.evaluate(f"() => {{ {SPOIL} }}")
    # As when the model has been replaced by one that takes less than it has said.
    studio.page.wait_for_timeout(3100)  # by then the page counts 80 % as taken
    studio.set_number("Strength", 0.4)
    studio.wait_for_notice("Strength could not be changed")
    expect(slider(studio, "Strength")).to_have_value("0.8")
    words = "It is back at what it was. The server said: Opacity: 7 is greater than the maximum of 1."
    assert words in studio.page.locator(".notice").inner_text()
    assert studio.says() == f"Strength could not be changed. {words}"
    assert studio.options_told()["opacity"] == 0.8
    studio.assert_accessible()
    studio.wait_for_frames(3)
    studio.set_choice("Lips", "Yours")
    expect(studio.page.locator(".notice")).to_have_count(0)
    assert studio.options_told()["mouth"] == "user"


def test_a_remembered_setting_that_is_refused_leaves_the_others(visit: Visit) -> None:
    studio = visit()
    studio.page.evaluate(
        "([key, text]) => localStorage.setItem(key, text)", [KEY, '{"settings": {"opacity": 0.3, "mouth": "user"}}']
    )
    studio.page.reload()
    studio.page.evaluate(f"() => {{ {SPOIL} }}")
    studio.go_live()
    studio.wait_for_notice("Strength could not be changed")
    told = studio.options_told()
    assert (told["opacity"], told["mouth"]) == (1, "user")


def test_without_a_mouse(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    press = studio.page.keyboard.press
    button = studio.page.get_by_role("button", name="Settings", exact=True)
    tab_to(studio, button)
    expect(button).to_have_attribute("aria-expanded", "false")
    press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    tab_to(studio, slider(studio, "Strength"))
    press("ArrowLeft")
    expect(slider(studio, "Strength")).to_have_attribute("aria-valuetext", "99 %")
    press("Home")
    assert studio.options_told()["opacity"] == 0
    tab_to(studio, choice(studio, "Eyes", "Theirs"))
    press("ArrowRight")
    expect(choice(studio, "Eyes", "Yours")).to_be_checked()
    assert studio.options_told()["eyes"] == "user"
    tab_to(studio, studio.page.get_by_role("button", name="Reset to defaults"), "Shift+Tab")
    press("Space")
    expect(slider(studio, "Strength")).to_have_value("1")
    press("Escape")
    expect(panel(studio)).to_be_hidden()
    expect(button).to_be_focused()
    press("Enter")
    tab_to(studio, studio.page.get_by_role("button", name="Close the settings"))
    press("Enter")
    expect(panel(studio)).to_be_hidden()
    expect(button).to_be_focused()
    studio.wait_for_state("Live")


def test_escape_closes_one_thing_at_a_time(visit: Visit) -> None:
    studio = visit()
    studio.open_settings()
    studio.page.get_by_role("button", name="Bring a photo").click()
    expect(studio.page.get_by_role("dialog")).to_be_visible()
    studio.page.keyboard.press("Escape")
    expect(studio.page.get_by_role("dialog")).to_be_hidden()
    expect(panel(studio)).to_be_visible()
    studio.page.keyboard.press("Escape")
    expect(panel(studio)).to_be_hidden()


def test_by_touch_on_a_phone(visit: Visit) -> None:
    studio = visit(size=(360, 740), touch=True)
    studio.go_live()
    studio.page.get_by_role("button", name="Settings", exact=True).tap()
    strength = slider(studio, "Strength")
    box = strength.bounding_box()
    assert box is not None
    studio.page.touchscreen.tap(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    assert 0.1 < float(strength.input_value()) < 0.4
    studio.page.locator("#setting-quality").scroll_into_view_if_needed()
    expect(studio.page.locator("#setting-quality")).to_be_in_viewport()
    choice(studio, "Rendering", "Best").tap()
    assert studio.options_told()["preset"] == "best"
    expect(studio.page.get_by_role("button", name="Stop")).to_be_in_viewport()
    studio.page.get_by_role("button", name="Close the settings").tap()
    expect(panel(studio)).to_be_hidden()


def test_without_a_model_the_panel_says_when_settings_come(visit: Visit) -> None:
    studio = visit(servers_may_fail=True)
    studio.page.route("**/healthz", lambda route: route.abort())
    studio.page.reload()
    studio.open_settings()
    expect(panel(studio).get_by_text("They appear here once the face model answers.")).to_be_visible()
    studio.assert_accessible()
