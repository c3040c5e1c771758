"""Several people in the picture, each with a face of their own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.end_to_end.conftest import Run, Visit, write_film
from tests.end_to_end.studio import PATIENCE_MS, Studio
from tests.footage import carphone

JADE, TIGER = (60, 120, 60), (30, 110, 220)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A man and, to his right, somebody like him under a bluer light."""
    half = carphone(1)[0][:, 160:480]
    other = np.clip(half[:, ::-1] * np.array([1.15, 0.9, 0.75]), 0, 255).astype(np.uint8)
    return write_film(tmp_path_factory.mktemp("film") / "company.webm", [np.hstack([half, other])] * 45)


@pytest.fixture
def studio(visit: Visit, company: Path) -> Studio:
    studio = visit()
    studio.open_settings()
    studio.set_choice("Faces", "All")
    studio.play_file(company)
    studio.go_live("Jade", frames=10)
    expect(people(studio)).to_have_count(2, timeout=PATIENCE_MS)
    return studio


def people(studio: Studio) -> Locator:
    return studio.page.locator(".people button")


def person(studio: Studio, name: str) -> Locator:
    return studio.page.get_by_role("button", name=name)


def give(studio: Studio, who: str, what: str) -> None:
    person(studio, who).click()
    studio.page.get_by_role("menuitemradio", name=what).click()


def assigned(studio: Studio) -> Any:
    return studio.options_told().get("assign")


def wait_for_parts(studio: Studio, *names: str) -> None:
    """Of the people from left to right in the picture as it is sent."""
    for name in names:
        expect(studio.page.locator(".people button span", has_text=name).first).to_have_count(1, timeout=PATIENCE_MS)
    studio.wait_for_answers(6)


def halves(studio: Studio) -> list[Any]:
    """What the swap added to each half, as a mean colour, BGR."""
    ((sent, received),) = studio.pairs(1)
    change = np.abs(sent.astype(int) - received.astype(int)).sum(axis=2) > 90
    found = []
    for side in (slice(0, 320), slice(320, 640)):
        where = change[:400, side]
        found.append(received[:400, side][where].mean(axis=0) if where.mean() > 0.02 else None)
    return found


def test_each_person_gets_their_own_face_and_keeps_it(studio: Studio) -> None:
    names = [button.get_attribute("aria-label") for button in people(studio).all()]
    assert sorted(names) == ["Person 1, Jade: choose a face", "Person 2, Jade: choose a face"]
    left, right = halves(studio)
    assert left is not None
    assert right is not None
    mirrored = {box.get_attribute("aria-label"): (box.bounding_box() or {})["x"] for box in people(studio).all()}
    studio.page.get_by_role("switch", name="Mirror").uncheck()
    plain = {box.get_attribute("aria-label"): (box.bounding_box() or {})["x"] for box in people(studio).all()}
    assert sorted(mirrored, key=lambda name: mirrored[name]) == sorted(plain, key=lambda name: -plain[name])
    first = min(plain, key=lambda name: plain[name])

    give(studio, str(first), "Tiger")
    wait_for_parts(studio, "Tiger", "Jade")
    left, right = halves(studio)
    assert left[2] > left[1] > left[0], "orange on the left"
    assert right[1] > right[2], "green on the right"
    assert len(assigned(studio)) == 1
    assert studio.page.evaluate("witness.closes") == [], "on the same stream"

    give(studio, "Person 1", "Leave as they are")
    give(studio, "Person 2", "Leave as they are")
    wait_for_parts(studio, "As they are")
    assert halves(studio) == [None, None]
    assert list(assigned(studio).values()) == [None, None]
    give(studio, "Person 1", "Like everyone")
    give(studio, "Person 2", "Like everyone")
    wait_for_parts(studio, "Jade")
    assert assigned(studio) == {}
    assert all(half is not None and half[1] > half[2] for half in halves(studio))


def test_another_face_for_everyone_leaves_the_parts(studio: Studio) -> None:
    give(studio, "Person 2", "Tiger")
    wait_for_parts(studio, "Tiger", "Jade")
    studio.choose("Marble")
    wait_for_parts(studio, "Marble", "Tiger")
    assert len(assigned(studio)) == 1
    studio.stop()
    studio.go_live(frames=5)
    expect(people(studio)).to_have_count(2, timeout=PATIENCE_MS)
    assert assigned(studio) == {}, "who is there next time is somebody new"


def test_the_menu_by_keyboard(studio: Studio) -> None:
    press = studio.page.keyboard.press
    someone = people(studio).first
    someone.focus()
    press("Enter")
    menu = studio.page.get_by_role("menu")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("menuitemradio", name="Like everyone")).to_be_focused()
    studio.assert_accessible()
    press("ArrowUp")
    expect(menu.get_by_role("menuitemradio").last).to_be_focused()
    press("Home")
    press("ArrowDown")
    expect(menu.get_by_role("menuitemradio", name="Leave as they are")).to_be_focused()
    press("Escape")
    expect(menu).to_be_hidden()
    expect(someone).to_be_focused()
    expect(studio.page.get_by_role("region", name="Settings")).to_be_visible()
    press("Enter")
    press("ArrowDown")
    press("Enter")
    expect(someone).to_be_focused()
    wait_for_parts(studio, "As they are", "Jade")
    assert list(assigned(studio).values()) == [None]


def test_a_part_given_while_only_the_largest_is_changed_turns_to_all(studio: Studio) -> None:
    studio.set_choice("Faces", "Largest")
    expect(people(studio)).to_have_count(1, timeout=PATIENCE_MS)
    give(studio, "Person", "Tiger")
    expect(studio.page.get_by_role("radiogroup", name="Faces").get_by_role("radio", name="All")).to_be_checked()
    expect(studio.page.locator("#aside")).to_contain_text("All faces are changed now.")
    expect(people(studio)).to_have_count(2, timeout=PATIENCE_MS)
    wait_for_parts(studio, "Tiger", "Jade")


def test_cast(run: Run) -> None:
    def cast(body: str) -> Any:
        return run(
            "cast",
            """
            const told = [];
            const cast = new m.Cast({ changed: () => told.push(cast.assign), seen: () => {} });
            const face = (id, x, source = "a") => ({ id, box: [x, 0, 100, 100], source });
            """
            + body,
        )

    assert cast("cast.see([]); return [cast.assign, cast.sources, cast.faces, cast.partOf('1') ?? 'none', told]") == [
        {}, [], [], "none", [],
    ]  # fmt: skip
    broken = (
        "cast.see([null, 7, {id: 1, box: [1, 2, 3, 4]}, {id: 'a'}, {id: 'a', box: [1, 2, 3]}, {id: 'a', box: [1, 2, 3, NaN]}])"
    )
    assert cast(f"{broken}; return cast.faces") == []
    given = "cast.see([face('1', 0), face('2', 300)]); cast.give('2', 'b'); cast.give('1', null); "
    assert cast(given + "return [cast.assign, cast.sources]") == [{"1": None, "2": "b"}, ["b"]]
    assert cast(given + "cast.give('2', undefined); return cast.assign") == {"1": None}
    assert cast(given + "cast.withdraw('b'); cast.withdraw('b'); return told") == [
        {"2": "b"},
        {"1": None, "2": "b"},
        {"1": None},
    ]
    # After a new start the same two, with other ids and a little further on.
    begun = given + "cast.renumber(); const lost = [cast.assign, cast.sources]; "
    again = begun + "cast.see([]); cast.see([face('1', 320), face('2', 20)]); return [lost, cast.assign, told.at(-1)]"
    assert cast(again) == [[{}, ["b"]], {"1": "b", "2": None}, {"1": "b", "2": None}]
    assert cast(begun + "cast.see([face('7', 1000)]); return [cast.assign, cast.sources]") == [{}, []]
    assert cast(given + "cast.clear(); cast.see([face('1', 0)]); return cast.assign") == {}
    many = "const taken = [...Array(9).keys()].map((i) => cast.give(`${i}`, `face ${i}`)); "
    assert cast(many + "return [cast.sources.length, taken.indexOf(false)]") == [7, 7]
    freed = many + "cast.give('0', 'face 1'); return [cast.sources.length, cast.give('9', 'new')]"
    assert cast(freed) == [6, True], "a face that nobody wears is free again"


def test_places(run: Run) -> None:
    def place(picture: str, room: str, mirrored: str) -> Any:
        found = run("overlay", f"return m.placeOnScreen([10, 20, 30, 40], {picture}, {room}, {mirrored})")
        return [found["left"], found["top"], found["width"], found["height"]]

    picture, room = "{width: 100, height: 100}", "{width: 200, height: 200}"
    assert place(picture, room, "false") == [20, 40, 60, 80]
    assert place(picture, room, "true") == [120, 40, 60, 80]
    assert place(picture, "{width: 300, height: 200}", "false") == [70, 40, 60, 80], "bars at the sides"
    assert place(picture, "{width: 200, height: 400}", "true") == [120, 140, 60, 80], "bars above and below"

    def within(left: int, top: int, size: int) -> Any:
        box = f"{{left: {left}, top: {top}, width: {size}, height: {size}}}"
        found = run("overlay", f"return m.within({{width: 200, height: 200}}, {box}, 44)")
        return [found["left"], found["top"], found["width"], found["height"]]

    assert within(20, 30, 50) == [20, 30, 50, 50]
    assert within(-20, 180, 100) == [0, 156, 80, 44]
    assert within(190, 10, 5) == [156, 10, 44, 44]
    assert within(500, -300, 50) == [156, 0, 44, 44]
