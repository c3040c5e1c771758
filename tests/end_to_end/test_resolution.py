"""How large the picture is: chosen, remembered, and at work in the running stream."""

import re

from playwright.sync_api import expect

from tests.end_to_end.conftest import Launch, Visit
from tests.end_to_end.studio import Studio

#: Out of the JPEG's frame header.
NEWEST = """(() => {
    const bytes = [...witness.%s.values()].at(-1) ?? [];
    const number = (at) => bytes[at] * 256 + bytes[at + 1];
    for (let at = 2; at + 9 < bytes.length; at += 2 + number(at + 2)) {
        if (bytes[at + 1] >= 0xC0 && bytes[at + 1] <= 0xC2) return [number(at + 7), number(at + 5)];
    }
    return [0, 0];
})()"""


def sizes_chosen(studio: Studio) -> list[str]:
    return [option.strip() for option in studio.page.get_by_label("Resolution").locator("option").all_inner_texts()]


def wait_for_size(studio: Studio, width: int, height: int) -> None:
    """Of the camera; what is sent and comes back has its shape, and may be smaller while the machine is busy."""
    camera = "(({ width, height }) => `${width}x${height}`)(witness.tracks.at(-1).getSettings())"
    studio.wait_until(f"{camera} === '{width}x{height}'")
    for side in ("sent", "received"):
        fits = f"w <= {width} && w > 0 && Math.abs(w / h - {width} / {height}) < 0.02"
        studio.wait_until(f"(([w, h]) => {fits})({NEWEST % side})")


def test_a_smaller_picture_at_once_remembered_and_without_a_new_stream(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    wait_for_size(studio, 640, 480)
    studio.page.get_by_label("Resolution").select_option("320x240")
    wait_for_size(studio, 320, 240)
    studio.wait_for_frames(10)
    expect(studio.page.get_by_text(re.compile("Your camera gives 320 . 240[.]"))).to_be_visible()
    assert studio.page.evaluate("[witness.closes.length, witness.tracks.map(({ readyState }) => readyState).join()]") == [
        0,
        "live",
    ]
    studio.page.reload()
    expect(studio.page.get_by_label("Resolution")).to_have_value("320x240")
    studio.go_live()
    wait_for_size(studio, 320, 240)


def test_a_larger_picture_where_the_camera_has_one(visit: Visit, launch: Launch) -> None:
    studio = visit(browser=launch("--use-fake-device-for-media-stream"))
    assert len(sizes_chosen(studio)) == 5
    studio.go_live()
    assert sizes_chosen(studio)[-1].endswith("1080 (full HD)")
    studio.page.get_by_label("Resolution").select_option("1280x720")
    wait_for_size(studio, 1280, 720)
    studio.page.get_by_label("Resolution").select_option("640x480")
    wait_for_size(studio, 640, 480)
    studio.assert_accessible()


def test_a_browser_without_the_newest_parts_changes_size_too(visit: Visit) -> None:
    studio = visit(without="MediaStreamTrackProcessor")
    studio.go_live()
    studio.page.get_by_label("Resolution").select_option("320x240")
    wait_for_size(studio, 320, 240)
