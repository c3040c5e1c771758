"""The graphs of the last minute, for those who open them."""

from typing import Any

from playwright.sync_api import expect

from tests.end_to_end.conftest import Run, Visit


def test_the_last_minute_can_be_opened_and_says_in_words_what_it_draws(visit: Visit) -> None:
    studio = visit()
    page = studio.page
    summary = page.get_by_text("The last minute")
    expect(summary).to_be_hidden()
    studio.go_live()
    expect(summary).to_be_visible()
    loaded = "performance.getEntriesByType('resource').some(({ name }) => name.includes('minute') && name.includes('.js'))"
    assert not page.evaluate(loaded), "what nobody has opened is not fetched"
    summary.focus()
    page.keyboard.press("Enter")
    drawn = "[...document.querySelectorAll('.minute path')].map((path) => path.getAttribute('d') ?? '')"
    studio.wait_until(f"{drawn}.length === 4 && {drawn}.every((path) => path.includes('L'))")
    assert page.evaluate(loaded)
    figures = page.locator(".minute figure")
    for place, (label, unit) in enumerate((("Shown", "fps"), ("Delay", "ms"), ("Sent", "B/s"))):
        text = figures.nth(place).inner_text()
        assert text.startswith(label)
        assert f"{unit} to " in text
    studio.assert_accessible()
    studio.stop()
    page.keyboard.press("Escape")
    expect(summary).to_be_visible()


def test_history(run: Run) -> None:
    def recorded(body: str) -> Any:
        at = "const at = (fps, delay, sent, received) => ({ fps, delay, sent, received });"
        return run("history", f"const h = new m.History(); {at} {body}")

    assert recorded("return [h.samples, h.isEmpty]") == [[], True]
    assert recorded("h.record(0, null); h.record(1000, null); return [h.samples.length, h.isEmpty]") == [2, True]
    rates = "return h.samples.map(({ sent, received }) => [sent, received])"
    assert recorded(f"h.record(0, at(1, 2, 100, 0)); h.record(2000, at(1, 2, 700, 50)); {rates}") == [[None, None], [300, 25]]
    anew = f"h.record(0, at(1, 2, 9000, 9000)); h.record(1000, at(1, 2, 500, 0)); {rates}"
    assert recorded(anew)[1] == [500, 0], "a new stream counts from nothing"
    asleep = f"h.record(0, at(1, 2, 0, 0)); h.record(9000, at(1, 2, 500, 0)); {rates}"
    assert recorded(asleep)[1] == [None, None]
    paused = f"h.record(0, at(1, 2, 0, 0)); h.record(1000, null); h.record(2000, at(1, 2, 500, 0)); {rates}"
    assert recorded(paused) == [[None, None]] * 3
    minutes = (
        "for (let t = 0; t <= 300; t++) h.record(t * 1000, at(t, null, 0, 0)); return [h.samples[0].fps, h.samples.length]"
    )
    assert recorded(minutes) == [240, 61], "memory does not grow"


def test_graphs(run: Run) -> None:
    assert run("minute", "return m.path([], 0, 10)") == ""
    points = "[{at: 0, value: 0}, {at: 30000, value: 5}, {at: 40000, value: null}, {at: 60000, value: 10}]"
    assert run("minute", f"return m.path({points}, 60000, 10)") == "M0.0 72.0L150.0 36.0M300.0 0.0"
    ceilings = "return [0, 10, 11, 30, 51, 2000].map((value) => m.ceiling(value, 10))"
    assert run("minute", ceilings) == [10, 10, 20, 50, 100, 2000]
    sizes = "return [0, 1499, 999499, 999500, 2.25e6].map(m.bytesWords)"
    assert run("minute", sizes) == ["0 kB/s", "1 kB/s", "999 kB/s", "1.0 MB/s", "2.3 MB/s"]
