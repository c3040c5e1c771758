"""A person opens the page, picks a face, allows the camera and is someone else."""

import itertools

import numpy as np

from tests.end_to_end.conftest import Visit
from tests.end_to_end.studio import Identity, enlarged, psnr
from tests.footage import ASTRONAUT, carphone, decoded

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
    assert to_chosen > 0.35, (to_chosen, to_person)
    assert to_chosen > to_person + 0.05, (to_chosen, to_person)
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
    assert studio.page.evaluate("[document.querySelector('#output').dataset.frames, document.querySelector('#camera').srcObject]") == ["0", None]
    received = studio.page.evaluate("witness.receivedSeqs.length")
    studio.go_live(frames=3)
    assert studio.page.evaluate("witness.receivedSeqs.length") > received
