"""The stage for OBS: it starts and comes back by itself, and shows a card rather than a bare face."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.conftest import Launch, Run, Visit
from tests.end_to_end.studio import Identity, Studio
from tests.end_to_end.test_viewing import say_to_page
from tests.footage import ASTRONAUT, carphone, decoded, jpeg

KEY = "live-face-swap"
ONLY_FACES_DRAWN = "witness.drawn.every(({ seq }) => witness.facesFound.get(seq) > 0)"


def on_stage(studio: Studio, query: str = "", **remembered: Any) -> Studio:
    studio.page.evaluate("([key, value]) => localStorage.setItem(key, value)", [KEY, json.dumps(remembered)])
    studio.page.goto(f"{studio.url}/stage?{query}")
    return studio


def wait_for_card(studio: Studio) -> None:
    expect(studio.page.locator("#card")).to_be_visible()
    expect(studio.page.locator("#output")).to_be_hidden()


def wait_for_picture(studio: Studio) -> None:
    expect(studio.page.locator("#output")).to_be_visible(timeout=60_000)
    expect(studio.page.locator("#card")).to_be_hidden()


def says(studio: Studio, words: str) -> None:
    expect(studio.page.locator("#words")).to_contain_text(words, timeout=60_000)


@pytest.fixture(scope="module")
def coming_and_going(launch: Launch, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Before its camera a man sits for two seconds and an empty wall stands for three."""
    path = tmp_path_factory.mktemp("camera") / "comes.mjpeg"
    wall = cv2.GaussianBlur(carphone(1)[0], (0, 0), 60)
    path.write_bytes(b"".join(jpeg(frame) for frame in [*carphone(60), *[wall] * 90]))
    return launch("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}")


def test_it_starts_by_itself_with_the_chosen_face_and_safe_settings(visit: Visit, identity: Identity) -> None:
    page_settings = {"no_face": "pass", "faces": "largest", "opacity": 0, "eyes": "user", "quality": 70}
    studio = visit()
    collins = studio.page.get_by_role("radio", name="Eileen Collins").get_attribute("value")
    on_stage(studio, face=collins, settings=page_settings)
    wait_for_picture(studio)
    studio.wait_for_frames(10)
    told = studio.options_told()
    assert {name: told[name] for name in page_settings} == {
        "no_face": "hold", "faces": "all", "opacity": 1, "eyes": "user", "quality": 70,
    }  # fmt: skip
    seen = identity.vector(studio.output())
    assert float(seen @ identity.vector(decoded(ASTRONAUT.read_bytes()))) > float(seen @ identity.vector(carphone(1)[0]))
    assert studio.page.locator("video").count() == 0, "the camera's own picture is no part of the page"
    assert studio.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(0, 0, 0)"
    assert studio.page.get_by_role("button").count() == 0
    expect(studio.page).to_have_title("Live as Eileen Collins · Stage")
    remembered = studio.page.evaluate(f"JSON.parse(localStorage.getItem('{KEY}')).settings")
    assert remembered == page_settings, "what was chosen on the page stays as it was"
    studio.assert_accessible()


def test_without_permission_there_is_one_button(visit: Visit) -> None:
    studio = on_stage(visit(camera=False))
    wait_for_card(studio)
    button = studio.page.get_by_role("button")
    expect(button).to_have_text("Turn on the camera")
    expect(button).to_be_focused()
    studio.assert_accessible()
    button.click()
    says(studio, "The camera is blocked for this page")
    expect(button).to_be_visible()
    studio.page.context.grant_permissions(["camera"])
    wait_for_picture(studio)
    expect(button).to_be_hidden()


def test_who_leaves_is_replaced_by_the_card_and_never_seen_bare(visit: Visit, coming_and_going: Browser) -> None:
    studio = on_stage(visit(browser=coming_and_going))
    for _ in range(2):
        wait_for_picture(studio)
        wait_for_card(studio)
    assert studio.page.evaluate("[...witness.facesFound.values()].includes(0)")
    assert studio.page.evaluate("witness.drawn.length") > 5
    assert studio.page.evaluate(ONLY_FACES_DRAWN)
    expect(studio.page.locator("#words")).to_have_class("words visually-hidden")


def test_who_joins_another_is_not_seen_before_they_are_found(visit: Visit, launch: Launch, tmp_path: Path) -> None:
    man = carphone(1)[0][:, 160:480]
    alone, together = (np.hstack([man, other]) for other in (np.full_like(man, 128), man))
    path = tmp_path / "joins.mjpeg"
    path.write_bytes(b"".join(jpeg(frame) for frame in [*[alone] * 60, *[together] * 60]))
    studio = on_stage(visit(browser=launch("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}")))
    wait_for_picture(studio)
    bare: set[int] = set()
    deadline = time.monotonic() + 60
    while not bare:
        assert time.monotonic() < deadline, "the model found every newcomer at once"
        studio.page.wait_for_timeout(500)
        pairs = studio.page.evaluate("witness.pairs()")
        found = dict(studio.page.evaluate("[...witness.facesFound]"))
        for pair in pairs:
            is_joined = decoded(base64.b64decode(pair["sent"]))[:, 400:].std() > 20
            if is_joined and found[pair["seq"]] == 1:
                bare.add(pair["seq"])
    newest = max(bare)
    studio.wait_until(f"witness.drawn.some(({{ seq }}) => seq > {newest})")
    drawn = studio.page.evaluate("witness.drawn.map(({ seq }) => seq)")
    assert bare & set(drawn) == set()
    assert len({found.get(seq) for seq in drawn} & {1, 2}) >= 1


def test_nothing_is_drawn_of_a_place_without_a_face_unless_the_address_asks(
    visit: Visit, launch: Launch, tmp_path: Path
) -> None:
    path = tmp_path / "wall.mjpeg"
    path.write_bytes(jpeg(np.full((480, 640, 3), 120, np.uint8)) * 2)
    browser = launch("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}")
    studio = visit(browser=browser)
    for query in ("", "no_face=pass", "no_face=nonsense"):
        on_stage(studio, query)
        says(studio, "Waiting for a face")
        studio.wait_until("witness.receivedSeqs.length > 5")
        wait_for_card(studio)
        assert studio.page.evaluate("witness.drawn.length") == 0
        assert studio.options_told()["no_face"] == ("pass" if query == "no_face=pass" else "hold")


def test_a_stream_that_stalls_or_fails_or_breaks_is_covered_and_comes_back(visit: Visit) -> None:
    studio = on_stage(visit())
    wait_for_picture(studio)
    studio.page.evaluate("witness.deaf = true")
    wait_for_card(studio)
    studio.page.evaluate("witness.deaf = false; witness.sockets.at(-1).close(4999)")
    studio.wait_until("witness.sockets.length === 2")
    wait_for_picture(studio)
    trouble = {"type": "error", "code": "model_unreachable", "message": "the model cannot be reached"}
    covered = """(text) => {
        witness.sockets.at(-1).dispatchEvent(new MessageEvent("message", { data: text }));
        return [document.getElementById("output").hidden, document.getElementById("card").hidden];
    }"""
    assert studio.page.evaluate(covered, json.dumps(trouble)) == [True, False]
    wait_for_picture(studio)
    failed = {"code": "engine_failed", "message": "The engine gave no picture for face 1; it is left as it is."}
    say_to_page(studio, {"type": "notes", "seq": 1, "notes": [failed]})
    wait_for_card(studio)
    say_to_page(studio, {"type": "notes", "seq": 2, "notes": []})
    wait_for_picture(studio)


def test_a_setting_that_is_refused_is_done_without_and_one_that_matters_leaves_the_card(visit: Visit) -> None:
    studio = on_stage(visit())
    wait_for_picture(studio)
    say_to_page(studio, {"type": "error", "code": "bad_option", "option": "eyes", "message": "eyes: not today"})
    studio.wait_until("witness.said.filter(({ type }) => type === 'start').length === 2")
    wait_for_picture(studio)
    assert "eyes" not in studio.options_told()
    say_to_page(studio, {"type": "error", "code": "bad_option", "option": "no_face", "message": "no_face: not today"})
    studio.wait_until("witness.said.filter(({ type }) => type === 'start').length === 3")
    seen = studio.page.evaluate("witness.receivedSeqs.length")
    studio.wait_until(f"witness.receivedSeqs.length > {seen + 5}")
    wait_for_card(studio)
    expect(studio.page).to_have_title("The server does not take the setting “no_face” · Stage")


def test_the_address_says_which_face_which_camera_and_how(visit: Visit) -> None:
    studio = on_stage(
        visit(), "face=grace+hopper&camera=HEAD.y4m&resolution=320x240&background=transparent&mirror=1&shape=0.25"
    )
    wait_for_picture(studio)
    assert studio.options_told()["shape"] == 0.25
    height, width, _ = studio.output().shape
    assert width <= 320
    assert abs(width / height - 4 / 3) < 0.02
    expect(studio.page).to_have_title("Live as Grace Hopper · Stage")
    assert studio.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert studio.page.evaluate("getComputedStyle(document.querySelector('#output')).transform") == "matrix(-1, 0, 0, 1, 0, 0)"


def test_another_face_or_camera_than_asked_for_is_never_shown(visit: Visit) -> None:
    studio = on_stage(visit(), "camera=Front")
    says(studio, "There is no camera called “Front”")
    wait_for_card(studio)
    assert studio.page.evaluate("witness.tracks.every(({ readyState }) => readyState === 'ended')")
    assert studio.page.evaluate("witness.sent.size") == 0
    on_stage(studio, "face=Nobody+I+know")
    says(studio, "There is no face called “Nobody I know” here")
    assert studio.page.evaluate("witness.tracks.length") == 0


def test_a_trained_face_that_the_server_does_not_open_is_refused_in_words(visit: Visit) -> None:
    studio = on_stage(visit(servers_may_fail=True), "face=model:nobody")
    says(studio, "This face cannot be used")
    wait_for_card(studio)


def test_in_obs_it_does_not_wait_for_a_click(visit: Visit) -> None:
    studio = visit(camera=False)
    studio.page.add_init_script("globalThis.obsstudio = { pluginVersion: '2' }")
    on_stage(studio)
    says(studio, "OBS does not let this page use the camera")
    expect(studio.page.get_by_role("button")).to_have_count(0)
    studio.page.context.grant_permissions(["camera"])
    wait_for_picture(studio)


def test_the_page_links_to_the_stage_with_all_that_was_chosen(visit: Visit) -> None:
    studio = visit()
    studio.choose("Grace Hopper")
    studio.page.get_by_label("Resolution").select_option("320x240")
    studio.open_settings()
    studio.set_choice("Eyes", "Yours")
    studio.set_choice("When no face is found", "Show")
    studio.set_choice("Faces", "Largest")
    studio.go_live(frames=2)
    link = studio.page.get_by_role("link", name="For OBS")
    link.hover()
    parts = urlsplit(link.get_attribute("href") or "")
    words = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert parts.path == "/stage"
    assert words.pop("camera").endswith("head.y4m")
    assert words == {"face": "Grace Hopper", "resolution": "320x240", "eyes": "user"}


def test_the_address_is_read_whatever_it_says(run: Run) -> None:
    def read(query: str) -> Any:
        return run("stage/address", f"return m.readAddress({json.dumps(query)})")

    nothing = {
        "face": None,
        "camera": None,
        "resolution": None,
        "transparent": False,
        "mirror": False,
        "delay": 500,
        "settings": {},
    }
    assert read("") == nothing
    assert read("?background=pink&mirror=no") == nothing
    for delay, kept in (("0", 0), ("1200", 1200), ("-1", 500), ("", 500), ("soon", 500), ("60000", 500)):
        assert read(f"?delay={delay}")["delay"] == kept
    assert read("?shape=0.5&x=true&y=false&z=&eyes=source&n=1e999")["settings"] == {
        "shape": 0.5, "x": True, "y": False, "z": "", "eyes": "source", "n": "1e999",
    }  # fmt: skip
    made = (
        "return m.stageAddress('https://a.example/stage', {face: 'A & B', camera: null, resolution: '', settings: {shape: 0}})"
    )
    assert run("stage-link", made) == "https://a.example/stage?face=A+%26+B&shape=0"


def test_the_guard_lets_nothing_through_in_doubt(run: Run) -> None:
    def admitted(steps: str, may_pass: str = "false") -> Any:
        admits = "const admits = (faces) => g.admits({ faces });"
        return run("stage/guard", f"const g = new m.Guard({may_pass}); {admits} {steps}")

    for no_face in ("undefined", "'hold'", "'blur'", "'pass'"):
        told = f"g.told({{ no_face: {no_face} }});"
        assert admitted(f"return [admits(1), admits(0)]; {told}") == [False, False], "before it was told"
        assert admitted(f"{told} return [admits(0), admits(2), admits(0)]") == [False, True, no_face == "'blur'"]
        assert admitted(f"{told} g.doubt(); return admits(1)") is False
        assert admitted(f"{told} g.doubt(); {told} return admits(1)") is False
        assert admitted(f"{told} g.begin(); return admits(1)") is False
        assert admitted(f"{told} admits(1); g.begin(); {told} return [admits(0), admits(1)]") == [False, True]
        assert admitted(f"{told} g.noted([{{ code: 'engine_failed' }}]); return admits(1)") is False
        assert admitted(f"{told} g.noted([{{ code: 'harmoniser_failed' }}]); return admits(1)") is True
        assert admitted(f"{told} admits(1); return admits(0)", "true") is (no_face in ("'blur'", "'pass'"))


def test_pictures_from_before_a_newcomer_was_found_are_never_shown(run: Run) -> None:
    def shown(faces: list[int], held: int = 300, unfit: int = -1) -> Any:
        """Which of these pictures, one each 100 ms with so many faces, are let go."""
        took = f"const shown = []; const h = new m.HoldBack(({{ seq }}) => shown.push(seq), {held});"
        take = f"h.take({{ faces, seq, clock: 7000 + seq * 100 }}, seq !== {unfit})"
        return run("stage/hold-back", f"{took} {faces}.forEach((faces, seq) => {take}); return shown")

    assert shown([]) == []
    assert shown([1, 1, 1]) == []
    assert shown([1, 1, 1, 1, 1]) == [0, 1]
    assert shown([1, 1, 1], held=0) == [0, 1, 2]
    assert shown([2, 1, 1, 1, 1]) == [0, 1], "one has left"
    assert shown([1, 1, 1, 1, 2, 2, 2, 2, 2]) == [0, 4, 5], "the second was there before the fifth, and bare"
    assert shown([2, 1, 2, 2, 2, 2]) == [0, 2], "the second was not found once"
    assert shown([1, 1, 0, 0, 0], unfit=2) == [0, 1], "time goes on without a face"
    jump = "const h = new m.HoldBack(({ seq }) => shown.push(seq), 300); const shown = [];"
    jump += "for (const [seq, clock] of [[1, 0], [2, 100], [3, 9000]]) h.take({ faces: 1, seq, clock }, true); h.clear();"
    assert run("stage/hold-back", f"{jump} h.take({{ faces: 1, seq: 4, clock: 9999 }}, false); return shown") == [2]
