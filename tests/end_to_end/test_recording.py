"""The swapped picture recorded, with the microphone's sound, and made an MP4 by the server."""

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from c2pa import Reader
from playwright.sync_api import expect

from tests.end_to_end.conftest import Run, Visit
from tests.end_to_end.studio import HIDE, PATIENCE_MS, Studio

MICROPHONE = "camera", "microphone"


def live(visit: Visit, *permissions: str) -> Studio:
    studio = visit()
    studio.page.context.grant_permissions(list(permissions))
    studio.go_live("Jade")
    return studio


def begin(studio: Studio, sound: str = "With sound") -> None:
    studio.page.get_by_role("button", name="Record", exact=True).click()
    dialog = studio.page.get_by_role("dialog", name="Record the swapped picture")
    dialog.get_by_role("radio", name=sound).check(force=True)
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Start recording").click()


def stop(studio: Studio) -> None:
    studio.page.get_by_role("button", name="Stop recording").click()


def test_a_recording_becomes_a_signed_mp4_with_sound(visit: Visit, tmp_path: Path) -> None:
    studio = live(visit, *MICROPHONE)
    page = studio.page
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("Up to 10 minutes in this resolution.")).to_be_visible()
    studio.assert_accessible()
    page.keyboard.press("Escape")
    assert page.evaluate("witness.tracks.map(({ kind }) => kind)") == ["video"], "no microphone before it is asked for"
    begin(studio)
    expect(page.locator("#recording-state")).to_contain_text("of 10:00")
    studio.wait_for_frames(20)
    studio.assert_accessible()
    page.evaluate(HIDE, True)
    studio.wait_for_frames(5)
    page.keyboard.press("r")
    expect(page.locator("#recording-state")).to_be_hidden()
    page.evaluate(HIDE, False)
    studio.wait_for_notice("Your recording is ready")
    tracks = page.evaluate("witness.tracks.map(({ kind, readyState }) => `${kind} ${readyState}`)")
    assert tracks == ["video live", "audio ended"]
    studio.assert_accessible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    file = tmp_path / "recording.mp4"
    download.value.save_as(file)
    assert download.value.suggested_filename.startswith("Live Face Swap - Jade - ")

    with av.open(str(file)) as film:
        assert [stream.type for stream in film.streams] == ["video", "audio"]
        frames = [frame.to_ndarray(format="bgr24") for frame in film.decode(video=0)]
    with av.open(str(file)) as film:
        loudest = max(float(np.abs(frame.to_ndarray()).max()) for frame in film.decode(audio=0))
    assert len(frames) >= 10
    assert frames[0].shape == (480, 640, 3)
    green = [face[..., 1].mean() - face[..., 2].mean() for face in (frame[150:300, 260:380] for frame in frames[3:])]
    assert np.median(green) > 5, "it shows Jade"
    assert min(green) > -2, "or, where frames were missing, the card; a bare face is redder than green"
    assert loudest > 0.01, "the microphone beeps"
    manifest = json.loads(Reader(str(file)).json())
    assert "compositeWithTrainedAlgorithmicMedia" in json.dumps(manifest)
    page.goto(f"{studio.url}/files")
    expect(page.get_by_text("Live Face Swap - Jade").first).to_be_visible()


def test_without_a_microphone_or_with_sound_that_does_not_start_it_says_so_and_does_not_begin(visit: Visit) -> None:
    studio = live(visit, "camera")
    page = studio.page
    studio.servers_may_fail = True
    begin(studio)
    studio.wait_for_notice("The recording has not begun")
    assert "or record without sound" in page.locator(".notice").inner_text()
    expect(page.locator("#recording-state")).to_be_hidden()
    studio.assert_accessible()
    page.context.grant_permissions(list(MICROPHONE))
    # As Firefox does on a machine without anything to play sound on.
    stuck = "AudioContext.prototype.resume = function () { this.suspend(); return new Promise(() => {}); }"
    page.evaluate(f"() => {{ {stuck}; }}")
    begin(studio)
    expect(page.locator(".notice")).to_contain_text("Connect headphones or speakers")
    expect(page.locator("#recording-state")).to_be_hidden()
    assert page.evaluate("witness.tracks.at(-1).readyState") == "ended"


def test_what_the_server_does_not_take_is_not_lost(visit: Visit, tmp_path: Path) -> None:
    studio = live(visit, "camera")
    studio.servers_may_fail = True
    page = studio.page
    page.route("**/api/uploads", lambda route: route.abort())
    begin(studio, "Without")
    studio.wait_for_frames(5)
    studio.stop()
    studio.wait_for_notice("Your recording could not be finished")
    assert "It is still here." in page.locator(".notice").inner_text()
    studio.assert_accessible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save it unsigned").click()
    download.value.save_as(tmp_path / "kept")
    with av.open(str(tmp_path / "kept")) as film:
        assert film.streams.video[0].codec_context.width == 640
        assert not film.streams.audio
        assert sum(1 for _ in film.decode(video=0)) > 0
    page.unroute("**/api/uploads")
    refusal = {"error": {"code": "full", "message": "Too many now."}}
    page.route("**/api/jobs", lambda route: route.fulfill(status=429, json=refusal))
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".notice")).to_contain_text("Too many now. It is still here.", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Discard it").click()
    assert studio.notices() == []
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_disabled()


def test_limits(run: Run) -> None:
    vga, hd = "{width: 640, height: 480}", "{width: 1920, height: 1080}"
    assert run("recording/limits", f"return m.longest({vga}, 200e6)") == 600
    assert 100 < run("recording/limits", f"return m.longest({hd}, 200e6)") < 300
    assert run("recording/limits", f"return [m.longest({hd}, 0), m.bitRate({{width: 2, height: 2}}), m.bitRate({hd})]") == [
        1, 1e6, 8e6,
    ]  # fmt: skip
    types = "return [() => false, () => true, (type) => type.startsWith('video/webm')].map((is) => m.recordingType(is))"
    none, best, webm = run("recording/limits", types)
    assert (none, best.split(";")[0], webm.split(";")[0]) == (None, "video/mp4", "video/webm")
    silent = run("recording/limits", "return m.recordingType((type) => type.startsWith('video/webm'), false)")
    assert silent == "video/webm;codecs=vp8"
    assert run("recording/limits", "return ['video/mp4;codecs=a', 'video/webm'].map(m.extensionOf)") == ["mp4", "webm"]
    assert run("recording/limits", "return [0, 9.9, 60, 600].map(m.clock)") == ["0:00", "0:09", "1:00", "10:00"]


def test_only_frames_with_a_swapped_face_are_recorded(run: Run) -> None:
    first, colours = run(
        "recording/picture",
        """
        const output = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
        const shown = output.getContext("2d");
        let now = 0;
        const size = { width: 128, height: 96 };
        const colourOf = (picture) => [...picture.canvas.getContext("2d").getImageData(10, 10, 1, 1).data].slice(0, 3);
        shown.fillStyle = "rgb(0 200 200)";
        shown.fillRect(0, 0, 64, 48);
        const first = [0, 800].map((at) => {
            const begun = new m.RecordedPicture(output, size, 0, () => at);
            begun.close();
            return colourOf(begun);
        });
        const recorded = new m.RecordedPicture(output, size, -Infinity, () => now);
        const colour = () => colourOf(recorded);
        const frame = (fill, faces, at) => {
            now = at;
            shown.fillStyle = fill;
            shown.fillRect(0, 0, 64, 48);
            recorded.take({ faces });
            return colour();
        };
        const colours = [
            colour(),
            frame("rgb(200 0 0)", 0, 0),
            frame("rgb(0 200 0)", 1, 100),
            frame("rgb(200 0 0)", 0, 300),
            frame("rgb(200 0 0)", 0, 1000),
            frame("rgb(0 0 200)", 2, 1100),
        ];
        now = 5000;
        recorded.look();
        recorded.close();
        return [first, [...colours, colour()]];
        """,
    )
    card, green, blue = [0x17, 0x19, 0x1E], [0, 200, 0], [0, 0, 200]
    assert first == [[0, 200, 200], card], "it begins with what is shown, if that is new"
    assert colours == [card, card, green, green, card, blue, card]


def test_the_sound_is_as_late_as_the_picture(run: Run) -> None:
    def heard(follow: str) -> Any:
        """When a click at 0 and one at 2 s are heard, in seconds."""
        return run(
            "recording/sound",
            f"""
            const context = new OfflineAudioContext(1, 8000 * 4, 8000);
            const clicks = new AudioBuffer({{ length: 8000 * 4, sampleRate: 8000 }});
            clicks.getChannelData(0)[0] = clicks.getChannelData(0)[16000] = 1;
            const source = new AudioBufferSourceNode(context, {{ buffer: clicks }});
            const delay = new m.Delay(context, source);
            delay.output.connect(context.destination);
            {follow}
            source.start();
            const sound = (await context.startRendering()).getChannelData(0);
            const loud = [...sound].flatMap((value, place) => (Math.abs(value) > 0.2 ? [place / 8000] : []));
            return [loud[0], loud.find((time) => time > 1.9)];
            """,
        )

    assert heard("delay.follow(0.25)") == pytest.approx([0.25, 2.25], abs=0.001)
    assert heard("delay.follow(0.25); delay.follow(0.27)") == pytest.approx([0.25, 2.25], abs=0.001), (
        "not heard, so not changed"
    )
    change = "delay.follow(0.25); context.suspend(1).then(() => { delay.follow(0.5); context.resume(); })"
    assert heard(change) == pytest.approx([0.25, 2.5], abs=0.02)
    assert heard("delay.follow(-1)") == pytest.approx([0, 2], abs=0.001)
