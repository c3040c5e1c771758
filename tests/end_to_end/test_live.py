"""A person opens the page, picks a face, allows the camera and is someone else."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end.conftest import Visit
from tests.end_to_end.studio import HIDE, Identity, enlarged, psnr
from tests.footage import ASTRONAUT, HOPPER, carphone, decoded

MARK_CORNER = 0.18


def test_before_start_nothing_is_sent_and_no_camera_is_on(visit: Visit) -> None:
    studio = visit()
    studio.wait_for_state("Ready")
    assert studio.page.evaluate("[witness.sent.size, witness.tracks.length]") == [0, 0]


def test_at_least_thirty_distinct_frames_come_back_in_order(visit: Visit) -> None:
    studio = visit()
    studio.go_live("Eileen Collins", frames=60)
    drawn = studio.page.evaluate("witness.drawn")
    seqs = [frame["seq"] for frame in drawn]
    assert all(earlier < later for earlier, later in itertools.pairwise(seqs))
    assert len({frame["pixels"] for frame in drawn}) >= 30
    assert studio.page.evaluate("witness.mostUnanswered") <= 2


def test_the_face_is_the_chosen_one_and_the_background_is_untouched(visit: Visit, identity: Identity) -> None:
    studio = visit()
    studio.go_live("Eileen Collins", frames=60)
    outputs = [studio.output()]
    for _ in range(4):
        studio.wait_for_frames(12)
        outputs.append(studio.output())
    pairs = studio.pairs()
    chosen = identity.vector(decoded(ASTRONAUT.read_bytes()))
    person = np.mean([identity.vector(frame) for frame in carphone(150)[::30]], axis=0)
    person /= np.linalg.norm(person)
    seen = np.mean([identity.vector(output) for output in outputs], axis=0)
    seen /= np.linalg.norm(seen)
    to_chosen, to_person = float(seen @ chosen), float(seen @ person)
    assert to_chosen > 0.45, (to_chosen, to_person)
    assert to_chosen > to_person + 0.15, (to_chosen, to_person)
    assert float(chosen @ person) < 0.2, "the test proves nothing with people who look alike"

    assert len(pairs) >= 20
    for sent, received in pairs:
        assert received.shape == sent.shape
        face = identity.face(sent)
        assert face is not None
        left, top, right, bottom = enlarged(face, 1.7)
        outside = np.ones(sent.shape[:2], bool)
        outside[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = False
        height, width = outside.shape
        outside[int(height * (1 - MARK_CORNER)) :, int(width * (1 - MARK_CORNER)) :] = False
        assert outside.mean() > 0.3
        assert psnr(sent, received, outside) > 45


def test_stop_ends_the_camera_closes_the_stream_and_clears_the_picture(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    assert studio.page.evaluate("witness.tracks.map((track) => track.readyState)") == ["live"]
    studio.stop()
    studio.wait_for_state("Ready")
    assert studio.page.evaluate("witness.tracks.map((track) => track.readyState)") == ["ended"]
    studio.wait_until("witness.closes.length === 1")
    assert studio.page.evaluate("witness.closes[0].code") == 1000
    assert studio.page.evaluate("document.querySelector('#output').dataset.frames") == "0"
    assert studio.page.evaluate("document.querySelector('#camera').srcObject") is None
    received = studio.page.evaluate("witness.receivedSeqs.length")
    studio.go_live(frames=3)
    assert studio.page.evaluate("witness.receivedSeqs.length") > received


def test_another_face_can_be_chosen_while_live(visit: Visit, identity: Identity) -> None:
    studio = visit()
    studio.go_live("Eileen Collins", frames=5)
    studio.choose("Grace Hopper")
    studio.wait_for_state("Preparing Grace Hopper")
    studio.wait_for_state("Live")
    studio.wait_for_frames(10)
    seen = identity.vector(studio.output())
    hopper, collins = (identity.vector(decoded(path.read_bytes())) for path in (HOPPER, ASTRONAUT))
    assert float(seen @ hopper) > float(seen @ collins)
    assert studio.page.evaluate("witness.closes") == [], "the open stream goes on with the new face"
    seqs = studio.page.evaluate("witness.drawn.map((frame) => frame.seq)")
    assert all(earlier < later for earlier, later in itertools.pairwise(seqs))


@pytest.mark.parametrize("part", ["MediaStreamTrackProcessor", "OffscreenCanvas.prototype.convertToBlob"])
def test_a_browser_that_lacks_the_newest_parts_streams_too(visit: Visit, part: str) -> None:
    studio = visit(without=part)
    studio.go_live(frames=20)
    assert studio.page.evaluate("witness.mostUnanswered") <= 2


def test_a_video_file_takes_the_place_of_the_camera(visit: Visit, film: Path) -> None:
    studio = visit()
    studio.play_file(film)
    studio.go_live(frames=40)
    assert studio.page.evaluate("witness.tracks") == [], "the camera stays off"
    studio.stop()
    studio.wait_for_state("Ready")
    assert studio.page.evaluate("document.querySelector('#camera').getAttribute('src')") is None


def test_a_picture_without_a_face_brings_advice(visit: Visit, faceless_film: Path) -> None:
    studio = visit()
    studio.play_file(faceless_film)
    studio.go_live()
    tip = "No face found. Face the camera, with light from the front. Until then your own picture is shown."
    studio.page.locator("#tip", has_text=tip).wait_for()
    assert studio.says() == tip
    studio.assert_accessible()


def test_a_hidden_page_sends_nothing_and_goes_on_when_it_is_back(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    studio.page.evaluate(HIDE, True)
    studio.wait_for_state("Paused while hidden")
    studio.page.wait_for_timeout(1000)
    sent = studio.page.evaluate("witness.newestSent")
    studio.page.wait_for_timeout(1000)
    assert studio.page.evaluate("witness.newestSent") == sent
    studio.page.evaluate(HIDE, False)
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)
    assert studio.page.evaluate("witness.closes") == []


def test_views_and_mirror_are_display_only_and_remembered(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    page = studio.page
    mirrored = "getComputedStyle(document.querySelector('#output')).transform !== 'none'"
    assert page.evaluate(mirrored)
    page.get_by_role("switch", name="Mirror").uncheck()
    assert not page.evaluate(mirrored)
    page.get_by_role("radio", name="Swap only").check(force=True)
    assert not page.locator("#camera").is_visible()
    assert page.locator("#output").is_visible()
    studio.wait_for_frames(5)
    page.reload()
    assert not page.get_by_role("switch", name="Mirror").is_checked()
    assert page.get_by_role("radio", name="Swap only").is_checked()
