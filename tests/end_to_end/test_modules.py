"""The page's modules one by one, in the browser that runs them."""

from typing import Any

from tests.end_to_end.conftest import Run


def test_protocol(run: Run) -> None:
    packed = "return [...new Uint8Array(m.packFrame(258, 1.5, new Uint8Array([7, 8]).buffer))]"
    assert run("protocol", packed) == [1, 1, 0, 0, 0, 0, 1, 2, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 7, 8]
    assert run("protocol", "return m.packFrame(1, 0, new ArrayBuffer(0)).byteLength") == 16

    answer = "[1, 2, 0, 3, 0, 0, 1, 2, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5, 255, 216]"
    parsed = run("protocol", f"const a = m.parseAnswer(new Uint8Array({answer}).buffer); return {{...a, jpeg: [...a.jpeg]}}")
    assert parsed == {
        "kind": 2, "faces": 3, "seq": 258, "clock": 1.5, "relayMicroseconds": 9, "modelMicroseconds": 5, "jpeg": [255, 216],
    }  # fmt: skip
    for header, size, words in (
        ("", 0, "at least 24 bytes was expected, 0 came"),
        ("1, 2", 23, "at least 24 bytes was expected, 23 came"),
        ("2, 2", 30, "version 1 was expected, 2 came"),
        ("1, 1", 30, "kind 1 came"),
        ("1, 2", 24, "kind 2 came with 0 bytes"),
        ("1, 3", 25, "kind 3 came with 1 bytes"),
    ):
        message = f"const b = new Uint8Array({size}); b.set([{header}]); return m.parseAnswer(b.buffer)"
        assert words in run("protocol", message)
    for text in ("", "{", "null", "[]", "7", '{"type": 3}'):
        assert "control message" in run("protocol", f"return m.parseControl({text!r})")
    assert run("protocol", 'return m.parseControl(\'{"type": "ready", "window": 2}\').window') == 2

    remedies = {1000: "retry", 1006: "retry", 1012: "retry", 1013: "retry", 4408: "retry", 4401: "fresh token"}
    remedies |= {4400: "give up", 4413: "give up", 4429: "give up"}
    for code, remedy in remedies.items():
        assert run("protocol", f"return m.remedyFor({code})") == remedy


def test_pacing(run: Run) -> None:
    for size in ("0", "-1", "1.5", "undefined"):
        assert "at least 1 was expected" in run("pacing", f"return new m.SendWindow({size})")
    assert run("pacing", "const w = new m.SendWindow(2); return [w.reserve(), w.reserve(), w.reserve()]") == [True, True, False]
    assert run("pacing", "const w = new m.SendWindow(1); w.reserve(); w.sent(1); return [w.reserve(), w.unanswered]") == [
        False,
        1,
    ]
    answered = """
        const w = new m.SendWindow(1);
        w.reserve();
        w.sent(1);
        return [w.answered(2), w.answered(1), w.answered(1), w.reserve()];
    """
    assert run("pacing", answered) == [False, True, False, True]
    assert run("pacing", "const w = new m.SendWindow(1); w.reserve(); w.release(); return w.reserve()") is True
    assert "nobody had reserved" in run("pacing", "new m.SendWindow(1).release()")
    assert "without a reserved place" in run("pacing", "new m.SendWindow(1).sent(1)")

    order = "const o = new m.DrawOrder(); return [0, 0, 2, 1, 3, 2].map((seq) => o.admits(seq))"
    assert run("pacing", order) == [True, False, True, False, True, False]

    longest = "const b = new m.Backoff(() => 0); return [1, 2, 3, 4, 5, 6, 7].map(() => b.next())"
    assert run("pacing", longest) == [500, 1000, 2000, 4000, 8000, 10000, 10000]
    shortest = "const b = new m.Backoff(() => 1); b.next(); b.next(); b.reset(); return b.next()"
    assert run("pacing", shortest) == 250

    assert run("pacing", "const x = new m.Meter(); return [x.fps(0), x.medianDelay(0)]") == [0, None]
    meter = (
        "const x = new m.Meter(); for (let i = 0; i <= 30; i++) x.record(i * 100, i); return [x.fps(3000), x.medianDelay(3000)]"
    )
    assert run("pacing", meter) == [10, 20]
    assert run("pacing", "const x = new m.Meter(); x.record(0, 5); return [x.fps(9000), x.medianDelay(9000)]") == [0, None]


def test_sizes_keep_the_shape_and_are_even(run: Run) -> None:
    cases = {(640, 480): (640, 480), (1280, 720): (640, 360), (720, 1280): (360, 640), (321, 241): (322, 242), (1, 1): (2, 2)}
    for (width, height), (sent_width, sent_height) in cases.items():
        sent = run("jpeg", f"return m.sizeToSend({width}, {height}, 640)")
        assert (sent["width"], sent["height"]) == (sent_width, sent_height)


def test_resolutions_are_those_that_the_camera_has(run: Run) -> None:
    def offered(capabilities: str) -> Any:
        return run("resolution", f"return m.resolutionsOf({capabilities}).map(({{name}}) => name)")

    every = ["320x240", "640x480", "960x540", "1280x720", "1920x1080"]
    for untold in ("undefined", "null", "{}", "{width: {max: 640}}", "{width: {max: 0}, height: {max: 0}}"):
        assert offered(untold) == every
    assert offered("{width: {max: 1280}, height: {max: 720}}") == every[:4]
    assert offered("{width: {max: 480}, height: {max: 640}}") == every[:2], "a phone held upright"
    assert offered("{width: {max: 160}, height: {max: 120}}") == every[:1], "the nearest there is"
    names = "return [undefined, 'x', '7x7', '1280x720'].map((name) => m.resolutionNamed(name).name)"
    assert run("resolution", names) == ["640x480", "640x480", "640x480", "1280x720"]


def test_a_picture_too_large_is_sent_coarser_and_one_that_never_fits_is_not_sent(run: Run) -> None:
    noise = """
        const noise = new OffscreenCanvas(640, 480);
        const picture = new ImageData(640, 480);
        for (let i = 0; i < picture.data.length; i++) picture.data[i] = i % 4 === 3 ? 255 : Math.random() * 256;
        noise.getContext("2d").putImageData(picture, 0, 0);
        const encode = async (limit) =>
            (await new m.JpegEncoder(new OffscreenCanvas(2, 2), limit, 640).encode(noise, 640, 480))?.byteLength ?? null;
        const full = await encode(10_000_000);
        return [full, await encode(full - 1), await encode(100)];
    """
    full, coarser, never = run("jpeg", noise)
    assert coarser < full
    assert never is None


def test_words(run: Run) -> None:
    for said, sentence in (("", ""), ("the model is away", "The model is away."), ("Gone.", "Gone.")):
        assert run("words", f"return m.sentence({said!r})") == sentence
    for minutes, left in ((0.2, "1 min"), (1, "1 min"), (59, "59 min"), (89, "89 min"), (90, "2 h"), (24 * 60, "24 h")):
        assert run("words", f"return m.timeLeft({minutes} * 60000)") == left


def test_settings_are_read_out_of_whatever_a_model_reports(run: Run) -> None:
    def offered(schemas: str) -> Any:
        return run("settings", f"return m.readOffer({schemas}).map(({{name}}) => name)")

    for nothing in ("undefined", "null", "7", "'x'", "[1]", "{}", "{a: null}", "{a: 7}", "{a: []}", "{a: {}}"):
        assert offered(nothing) == []
    for unfit in (
        "{enum: [], default: 1}",
        "{enum: ['one'], default: 'one'}",
        "{enum: ['one', 'two']}",
        "{enum: ['one', 'two'], default: 'three'}",
        "{enum: ['one', {}], default: 'one'}",
        "{type: 'number', default: 1}",
        "{type: 'number', minimum: 0, maximum: 0, default: 0}",
        "{type: 'number', minimum: 0, maximum: 1, default: 2}",
        "{type: 'integer', minimum: 0, maximum: 9, default: 1.5}",
        "{type: 'string', default: 'x'}",
        "{type: 'boolean', default: 'yes'}",
    ):
        assert offered(f"{{a: {unfit}}}") == []
    assert offered("{mark: {type: 'boolean', default: true}, b: {type: 'boolean', default: false}}") == ["b"]
    assert offered("{mark_position: {enum: ['a', 'b'], default: 'a'}, mark_text: {enum: ['c', 'd'], default: 'c'}}") == []

    full = "{a: {type: 'number', minimum: -1, maximum: 1, default: 0.5, title: 'A'}, b: {enum: [1, 2], default: 2}}"
    assert run("settings", f"return m.readOffer({full})") == [
        {"name": "a", "title": "A", "initial": 0.5, "range": {"min": -1, "max": 1, "step": 0.02, "whole": False}},
        {"name": "b", "title": "b", "initial": 2, "choices": [1, 2]},
    ]
    tone = "{tone: {enum: ['user', 'source'], default: 'user'}}"
    assert run("settings", f"return m.readOffer({tone})[0]") == {
        "name": "tone", "title": "tone", "initial": "automatic", "choices": ["automatic", "user", "source"],
    }  # fmt: skip
    fits = "const range = {min: 0, max: 9, whole: true}; return [0, 9, 4, -1, 10, 1.5, NaN, '4', null]"
    fits += ".map((value) => m.fits({range}, value))"
    assert run("settings", fits) == [True, True, True, *[False] * 6]


def test_settings_have_words(run: Run) -> None:
    words = """
        const offer = ["glow", "quality", "opacity", "constructor"].map((name) => ({ name, title: `The ${name}` }));
        const labels = (settings) => settings.map((setting) => m.settingWords(setting).label);
        return m.inGroups(offer).map(({ title, settings }) => [title, labels(settings)]);
    """
    assert run("setting-words", words) == [
        ["The face", ["Strength"]],
        ["The picture", ["JPEG quality"]],
        ["More", ["The glow", "The constructor"]],
    ]
    choices = "return [['eyes', ['new', 'source', 'user']], ['x', [true, false]], ['x', [3, 'constructor']]]"
    choices += ".map(([name, choices]) => m.choiceWords({name, choices}).map(({label}) => label))"
    assert run("setting-words", choices) == [["Yours", "Theirs", "new"], ["Off", "On"], ["3", "constructor"]]
    ranges = "return [[0, 1, 0.256], [1, 100, 90]].map(([min, max, value]) => m.rangeWords({range: {min, max}}, value))"
    assert run("setting-words", ranges) == ["26 %", "90"]
