"""The whole of it without a mouse."""

import time
from pathlib import Path

from playwright.sync_api import FileChooser, Locator, expect

from tests.end_to_end.conftest import Visit
from tests.end_to_end.studio import Studio
from tests.footage import HOPPER

FOCUS_SHOWS = """(element) => {
    const parts = [element, element.nextElementSibling, element.closest(".drop")].filter(Boolean);
    return parts.some((part) => {
        const styles = [getComputedStyle(part), getComputedStyle(part, "::before")];
        const outlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return styles.some((style) => outlined(style) || style.boxShadow !== "none");
    });
}"""


def tab_to(studio: Studio, target: Locator, key: str = "Tab") -> None:
    for _ in range(40):
        studio.page.keyboard.press(key)
        if target.evaluate("(element) => element === document.activeElement"):
            assert target.evaluate(FOCUS_SHOWS), "the focus is on it and does not show"
            return
    raise AssertionError(f"{target} cannot be reached with {key}")


def wait_for_chooser(studio: Studio, choosers: list[FileChooser]) -> FileChooser:
    deadline = time.monotonic() + 60
    while not choosers:
        assert time.monotonic() < deadline, "no file chooser has opened"
        studio.page.wait_for_timeout(50)
    return choosers.pop()


def test_from_opening_the_page_to_a_photo_of_ones_own(visit: Visit, film: Path) -> None:
    studio = visit()
    page, press = studio.page, studio.page.keyboard.press
    # From the beginning: to ask for them only when one is about to open would be a race.
    choosers: list[FileChooser] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    press("Enter")

    first, second = (page.locator("#gallery input").nth(place) for place in (0, 1))
    tab_to(studio, first)
    press("ArrowRight")
    expect(second).to_be_checked()
    press("ArrowLeft")
    expect(first).to_be_checked()
    tab_to(studio, page.locator("#toggle"), "Shift+Tab")
    press("Enter")
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)
    tab_to(studio, page.get_by_role("radio", name="Both"))
    press("ArrowRight")
    expect(page.locator("#camera")).to_be_hidden()
    tab_to(studio, page.get_by_role("switch", name="Mirror"))
    press("Space")
    expect(page.get_by_role("switch", name="Mirror")).not_to_be_checked()
    tab_to(studio, page.locator("#toggle"), "Shift+Tab")
    press("Enter")
    studio.wait_for_state("Ready")

    tab_to(studio, page.get_by_role("button", name="Bring a photo"))
    press("Enter")
    tab_to(studio, page.locator("#photo-files"))
    press("Enter")
    wait_for_chooser(studio, choosers).set_files(HOPPER)
    tab_to(studio, page.get_by_label("Name"))
    page.keyboard.type("Ada")
    tab_to(studio, page.get_by_role("checkbox"))
    press("Space")
    tab_to(studio, page.get_by_role("button", name="Use this face"))
    press("Enter")
    expect(page.get_by_role("radio", name="Ada")).to_be_focused(timeout=30_000)
    tab_to(studio, page.get_by_role("button", name="Remove Ada"))
    press("Enter")
    expect(page.get_by_role("radio", name="Ada")).to_have_count(0)

    tab_to(studio, page.get_by_role("radio", name="Camera"))
    press("ArrowRight")
    tab_to(studio, page.locator("#video-file"))
    press("Enter")
    wait_for_chooser(studio, choosers).set_files(film)
    tab_to(studio, page.locator("#toggle"), "Shift+Tab")
    press("Space")
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)
