"""Somebody wonders whether a file is what it seems, and asks the page."""

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.client_app.provenance.media import altered, media
from tests.end_to_end.conftest import Visit
from tests.end_to_end.studio import PATIENCE_MS, Studio
from tests.end_to_end.test_states import OVERFLOW, SIZES, SMALL_TARGETS
from tests.end_to_end.tiers import Tiers
from tests.footage import ROOT

SIGN = "import sys, pathlib; from provenance.credentials import sign; p = pathlib.Path({!r}); sign(p, p, 'video/mp4', 'me.mp4')"


@pytest.fixture(scope="module")
def signed(tiers: Tiers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with content credentials, by the certificate of the server under test."""
    path = tmp_path_factory.mktemp("verify") / "me <& you>.mp4"
    path.write_bytes(media("video/mp4"))
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", SIGN.format(str(path))],
        cwd=ROOT / "client_app",
        env={**tiers.client.environment, "PATH": ""},
        check=True,
    )
    return path


def verify_page(visit: Visit, **how: Any) -> Studio:
    return to_verify(visit(camera=False, **how))


def to_verify(studio: Studio) -> Studio:
    studio.page.get_by_role("navigation", name="Site").get_by_role("link", name="Verify").click()
    expect(studio.page.get_by_role("heading", level=1)).to_have_text("What does a file say?")
    return studio


def choose(studio: Studio, file: Any) -> Locator:
    studio.page.get_by_label("Choose a picture or video").set_input_files(file)
    return finding(studio)


def finding(studio: Studio) -> Locator:
    expect(studio.page.locator("#busy")).to_be_empty(timeout=PATIENCE_MS)
    return studio.page.locator("#finding")


def as_file(name: str, media_type: str, blob: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": media_type, "buffer": blob}


def test_before_a_file_is_chosen_nothing_is_said(visit: Visit) -> None:
    studio = verify_page(visit)
    expect(studio.page.locator("#finding")).to_be_hidden()
    expect(studio.page.get_by_text("up to 200 MB")).to_be_visible()


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
def test_every_answer_fits_and_is_accessible(visit: Visit, signed: Path, size: tuple[int, int]) -> None:
    studio = verify_page(visit, size=size)
    studio.assert_accessible()
    files = {
        "Made here, and unchanged since": signed,
        "Signed here, and changed since": as_file("changed.mp4", "video/mp4", altered(signed.read_bytes(), "video/mp4")),
        "It says nothing about how it was made": as_file("plain.png", "image/png", media("image/png")),
        "This file cannot be read": as_file("a name that goes on and on " * 8 + ".jpg", "image/jpeg", b"no picture"),
    }
    for headline, file in files.items():
        answer = choose(studio, file)
        expect(answer.get_by_role("heading")).to_have_text(headline)
        expect(answer).to_be_focused()
        expect(answer.get_by_role("link", name="Report this file")).to_be_visible(visible="here" in headline)
        studio.assert_accessible()
        assert studio.page.evaluate(OVERFLOW) == 0
        assert studio.page.evaluate(SMALL_TARGETS) == []


def test_what_the_credentials_say_is_listed(visit: Visit, signed: Path) -> None:
    studio = verify_page(visit)
    answer = choose(studio, signed)
    expect(answer).to_contain_text("me <& you>.mp4")
    facts = dict(zip(answer.locator("dt").all_inner_texts(), answer.locator("dd").all_inner_texts(), strict=True))
    assert facts["Signed by"] == "Live face swap, development (this server)"
    assert facts["Says it is"] == "part camera, part made or changed by generative AI"
    assert facts["Called"] == "me.mp4"
    assert facts["What was done"].startswith("made, ")


def test_a_frame_of_the_live_stream_says_that_it_is_ai_made(visit: Visit) -> None:
    live = visit()
    live.go_live("Eileen Collins")
    frame = live.page.evaluate(
        "btoa([...witness.received.values()].at(-1).reduce((text, byte) => text + String.fromCharCode(byte), ''))"
    )
    live.stop()
    answer = choose(to_verify(live), as_file("frame.jpg", "image/jpeg", base64.b64decode(frame)))
    expect(answer.get_by_role("heading")).to_have_text("Tagged as AI-made, not signed")


def test_a_file_chosen_while_the_page_still_loads_is_looked_at(visit: Visit, signed: Path) -> None:
    studio = visit(camera=False)
    release = studio.hold("**/js/verify*.js")
    studio.page.goto(f"{studio.url}/verify", wait_until="commit")
    studio.page.get_by_label("Choose a picture or video").set_input_files(signed)
    expect(studio.page.locator("#finding")).to_be_hidden()
    release()
    expect(studio.page.locator("#finding")).to_contain_text("me <& you>.mp4", timeout=PATIENCE_MS)


def test_a_file_can_be_dropped_anywhere_on_the_page(visit: Visit) -> None:
    studio = verify_page(visit)
    studio.page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["nothing"], "dropped.jpg"));
            const how = { dataTransfer: transfer, bubbles: true, cancelable: true };
            const fire = (type) => document.querySelector("h1").dispatchEvent(new DragEvent(type, how));
            fire("dragover");
            window.shown = document.querySelector("#drop").hasAttribute("data-over");
            fire("drop");
        }"""
    )
    assert studio.page.evaluate("window.shown && !document.querySelector('#drop').hasAttribute('data-over')")
    expect(studio.page.locator("#finding")).to_contain_text("dropped.jpg", timeout=PATIENCE_MS)
    expect(finding(studio).get_by_role("heading")).to_have_text("This file cannot be read")


def test_by_keyboard_the_file_is_reached(visit: Visit) -> None:
    studio = verify_page(visit)
    for _ in range(20):
        studio.page.keyboard.press("Tab")
        if studio.page.evaluate("document.activeElement.id") == "file":
            break
    expect(studio.page.locator("#file")).to_be_focused()
    with studio.page.expect_file_chooser():
        studio.page.keyboard.press("Space")


def test_a_file_that_is_too_large_and_a_server_that_is_away_are_said(visit: Visit) -> None:
    studio = verify_page(visit, servers_may_fail=True)
    studio.page.locator("#file").evaluate("input => (input.dataset.limit = 5)")
    answer = choose(studio, as_file("large.png", "image/png", media("image/png")))
    expect(answer).to_contain_text("It is larger than what can be looked at here. JPEG, PNG, WebP or MP4, up to 200 MB.")
    studio.page.locator("#file").evaluate("input => (input.dataset.limit = 5e6)")
    studio.page.context.set_offline(True)
    expect(choose(studio, as_file("one.png", "image/png", media("image/png")))).to_contain_text("The server cannot be reached")
    studio.page.context.set_offline(False)
    answer = choose(studio, as_file("one.png", "image/png", media("image/png")))
    expect(answer.get_by_role("heading")).to_have_text("It says nothing about how it was made")
