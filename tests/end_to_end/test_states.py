"""Every size of window, by light and by dark: nothing overflows, nothing is too small to touch, axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.end_to_end.conftest import Visit
from tests.end_to_end.studio import Studio

SIZES = [(360, 740), (768, 1024), (1280, 800), (1920, 1080)]
SMALL_TARGETS = """
    [...document.querySelectorAll("button, select, input, a.primary, a.secondary, .brand, .nav-link")]
        .map((element) => element.closest("label") ?? element)
        .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden"))
        .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
        .map(([html, box]) => `${html} ${box.width}x${box.height}`)
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("size", SIZES)
def test_page_and_dialog_fit(visit: Visit, size: tuple[int, int]) -> None:
    studio = visit(size=size)
    studio.assert_accessible()
    assert studio.page.evaluate(SMALL_TARGETS) == []
    assert studio.page.evaluate(OVERFLOW) == 0
    studio.go_live()
    studio.assert_accessible()
    assert studio.page.evaluate(OVERFLOW) == 0
    studio.page.get_by_role("radio", name="Swap only").check(force=True)
    studio.assert_accessible()
    studio.open_settings()
    studio.assert_accessible()
    assert studio.page.evaluate(SMALL_TARGETS) == []
    assert studio.page.evaluate(OVERFLOW) == 0
    expect(studio.page.locator("#output")).to_be_in_viewport(ratio=0.6)
    studio.page.keyboard.press("Escape")
    studio.stop()
    studio.page.get_by_role("button", name="Bring a photo").click()
    expect(studio.page.get_by_role("button", name="Use this face")).to_be_in_viewport()
    studio.assert_accessible()
    assert studio.page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("path", ["/files", "/privacy", "/report", "/nothing-here"])
def test_the_other_pages(visit: Visit, path: str) -> None:
    studio = visit(size=SIZES[0], servers_may_fail=True)
    studio.page.goto(studio.url + path)
    studio.assert_accessible()
    assert studio.page.evaluate(OVERFLOW) == 0
    studio.page.get_by_role("navigation").get_by_role("link", name="Live", exact=True).click()
    studio.wait_for_state("Ready")


def assert_fits(studio: Studio) -> None:
    for width, height in (SIZES[0], SIZES[2]):
        studio.page.set_viewport_size({"width": width, "height": height})
        studio.assert_accessible()
        assert studio.page.evaluate(SMALL_TARGETS) == []
        assert studio.page.evaluate(OVERFLOW) == 0


def test_the_pages_of_an_account(visit: Visit) -> None:
    """Each as it comes and after what will not do."""
    studio = visit(camera=False, servers_may_fail=True, path="/account/sign-in")
    page = studio.page
    page.get_by_label("Name").fill("nobody here")
    page.get_by_label("Password").fill("nothing")
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_fits(studio)
    page.goto(f"{studio.url}/account/sign-up")
    page.locator("main").get_by_role("button").click()
    page.get_by_label("Name").fill("Zoë")
    for field in page.locator("input[type=password]").all():
        field.fill("a chair on the moon")
    assert_fits(studio)
    page.locator("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoë")
    assert_fits(studio)
    for path in ("/account/password", "/account/delete"):
        page.goto(studio.url + path)
        page.locator("main").get_by_role("button").click()
        assert_fits(studio)
    page.goto(f"{studio.url}/developers")
    page.get_by_label("What it is for").fill("my script")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("heading", name="“my script” is ready")).to_be_visible()
    page.locator("summary").first.click()
    assert_fits(studio)


@pytest.mark.parametrize("path", ["/", "/files"])
def test_the_first_load_is_small(visit: Visit, path: str) -> None:
    studio = visit(path=path, anew=True)
    studio.page.wait_for_load_state("networkidle")
    size = studio.page.evaluate(
        """[...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
            .reduce((sum, { transferSize }) => sum + transferSize, 0)"""
    )
    assert 20_000 < size < 150_000
