"""A slow network or model: less is sent, and more again when there is time for it (test_failures.py has the page do it)."""

import itertools
from typing import Any

from tests.end_to_end.conftest import Run

SMALLER = "480\u00d7360"
#: Runs ten minutes, looking twice a second as the page does; `lag(t, pace)` is the delay that this network and model make.
SIMULATION = """
    const adaptation = new m.Adaptation();
    const steps = [], changes = [];
    const run = (seconds, lag) => {
        const begun = steps.length / 2;
        for (let tick = 0; tick < seconds * 2; tick++) {
            const t = begun + tick / 2;
            const changed = adaptation.look(t * 1000, { delay: lag(t, adaptation.pace), waiting: 0, backlog: 0 });
            steps.push(m.PACES.indexOf(adaptation.pace));
            if (changed) changes.push([t, steps.at(-1)]);
        }
    };
    const bytes = ({ quality, scale }) => 60 * scale ** 2 * (quality / 0.8) ** 1.5;
    const network = (capacity) => (t, pace) => 80 + bytes(pace) * 1000 / capacity;
"""


def simulated(run: Run, body: str) -> Any:
    return run("adaptation", f"{SIMULATION} {body}; return {{steps, changes, last: steps.at(-1)}}")


def test_what_is_not_slow_stays_as_it_is(run: Run) -> None:
    for lag in ("0", "120", "299", "350 + 140 * Math.sin(t)", "500", "null"):
        assert simulated(run, f"run(600, (t) => {lag})")["changes"] == []


def test_one_slow_second_is_no_reason(run: Run) -> None:
    assert simulated(run, "run(600, (t) => (t % 20 < 1 ? 2000 : 100))")["changes"] == []


def test_less_is_sent_until_it_is_enough_and_only_one_step_at_a_time(run: Run) -> None:
    ends = []
    for capacity in (400, 120, 80, 50, 30):
        found = simulated(run, f"run(600, network({capacity}))")
        steps = found["steps"]
        assert all(abs(later - earlier) <= 1 for earlier, later in itertools.pairwise(steps))
        ends.append(found["last"])
        # Every minute at most one try to send more, and the step back: it does not swing.
        assert len([time for time, _ in found["changes"] if time > 300]) <= 10
    assert ends[0] == 0
    assert ends == sorted(ends), "the less the network carries, the less is sent"
    assert ends[-1] >= 3


def test_first_quality_then_size_then_rate(run: Run) -> None:
    paces = run("adaptation", "return m.PACES")
    changed = [[name for name in earlier if earlier[name] != later[name]] for earlier, later in itertools.pairwise(paces)]
    assert changed == [["quality", "received"], ["quality", "received"], ["scale"], ["scale"], ["rate"], ["rate"]]


def test_it_comes_back_step_by_step(run: Run) -> None:
    found = simulated(run, "run(120, network(30)); const low = steps.at(-1); run(600, network(1000)); changes.push(low)")
    low = found["changes"].pop()
    assert low >= 3
    assert found["last"] == 0
    back = [step for time, step in found["changes"] if time >= 120]
    assert back == list(range(low - 1, -1, -1))


def test_what_no_step_helps_is_borne_at_full_quality(run: Run) -> None:
    found = simulated(run, "run(600, () => 900)")
    assert [step for _, step in found["changes"]] == [1, 2, 3, 4, 5, 6, 0]
    worse = simulated(run, "run(60, () => 900); run(60, () => 2000)")
    assert len(worse["changes"]) > 7, "what has become worse is tried again"
    better = simulated(run, "run(60, () => 900); run(60, () => 100); run(3, () => 900)")
    assert better["last"] == 1, "after it was well, slow is slow again"


def test_frames_without_answer_and_frames_that_do_not_leave_count_as_well(run: Run) -> None:
    for measured in ("delay: null, waiting: 3000, backlog: 0", "delay: 100, waiting: 0, backlog: 2.5"):
        body = "for (let t = 0; t < 4000; t += 500) adaptation.look(t, { %s });"
        assert run("adaptation", f"{SIMULATION} {body % measured} return m.PACES.indexOf(adaptation.pace)") == 1


def test_words(run: Run) -> None:
    words = "return m.paceWords({quality: %s, scale: %s, rate: %s}, {width: 480, height: 360})"
    assert run("words", words % (0.8, 1, "null")) == ""
    assert run("words", words % (0.6, 1, "null")) == "Reduced JPEG quality to keep up"
    assert run("words", words % (0.45, 0.75, "null")) == f"Reduced to {SMALLER} to keep up"
    assert run("words", words % (0.45, 0.5, 15)) == f"Reduced to {SMALLER}, 15 fps to keep up"


def test_the_encoder_makes_smaller_pictures_and_fewer_bytes(run: Run) -> None:
    encode = """
        const noise = new OffscreenCanvas(640, 480);
        const picture = new ImageData(640, 480);
        for (let i = 0; i < picture.data.length; i++) picture.data[i] = i % 4 === 3 ? 255 : Math.random() * 256;
        noise.getContext("2d").putImageData(picture, 0, 0);
        const encoder = new m.JpegEncoder(new OffscreenCanvas(2, 2), 1e7, 640);
        const sizes = [];
        for (const pace of [{ quality: 0.8, scale: 1 }, { quality: 0.45, scale: 1 }, { quality: 0.45, scale: 0.5 }]) {
            encoder.pace = pace;
            const jpeg = await encoder.encode(noise, 640, 480);
            const { width, height } = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
            sizes.push([jpeg.byteLength, width, height]);
        }
        return sizes;
    """
    fine, coarse, small = run("jpeg", encode)
    assert fine[1:] == coarse[1:] == [640, 480]
    assert small[1:] == [320, 240]
    assert fine[0] > coarse[0] > small[0]
