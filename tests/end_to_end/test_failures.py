"""What can go wrong, and that the page says what to do about it and recovers where it can."""

import re
import sys
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner
from playwright.sync_api import Route, expect

from tests.end_to_end.conftest import Launch, Visit
from tests.end_to_end.studio import PATIENCE_MS
from tests.end_to_end.tiers import INSECURE_HOST, Tiers
from tests.processes import free_port, running


def test_camera_denied(visit: Visit) -> None:
    studio = visit(camera=False)
    studio.start()
    studio.wait_for_notice("The camera is blocked for this page")
    studio.wait_for_state("Ready")
    assert "camera is blocked" in studio.says()
    studio.assert_accessible()


def test_no_camera(visit: Visit, launch: Launch, film: Path) -> None:
    studio = visit(browser=launch("--use-fake-device-for-media-stream=device-count=0"))
    studio.page.get_by_text("No camera found. Plug one in, or play a video file.").wait_for()
    studio.start()
    studio.wait_for_notice("No camera was found")
    studio.assert_accessible()
    studio.page.get_by_role("button", name="Use a video file").click()
    assert studio.page.evaluate("document.activeElement.id") == "video-file"
    studio.start()
    studio.wait_for_notice("Choose a video file first")
    studio.play_file(film)
    studio.go_live()
    assert studio.notices() == []


def test_a_file_that_is_no_video(visit: Visit, tmp_path: Path) -> None:
    letter = tmp_path / "letter.webm"
    letter.write_text("Dear Sir or Madam")
    studio = visit()
    studio.play_file(letter)
    studio.start()
    studio.wait_for_notice("This file cannot be played")
    studio.assert_accessible()


def test_camera_unplugged_while_live(visit: Visit) -> None:
    studio = visit()
    studio.go_live()
    studio.page.evaluate("witness.tracks[0].dispatchEvent(new Event('ended'))")
    studio.wait_for_notice("The camera was disconnected")
    studio.wait_for_state("Ready")
    studio.go_live()
    assert studio.notices() == []


def test_insecure_origin(visit: Visit, tiers: Tiers, film: Path) -> None:
    studio = visit(camera=False, url=f"http://{INSECURE_HOST}:{tiers.client.port}")
    studio.wait_for_notice("The camera needs a secure address")
    assert "https://" in studio.page.locator(".notice").inner_text()
    studio.assert_accessible()
    studio.play_file(film)
    studio.go_live()


def test_relay_killed_and_restarted_while_live(visit: Visit, mended: Tiers) -> None:
    studio = visit(servers_may_fail=True)
    studio.go_live()
    mended.relay.kill()
    studio.wait_for_notice("The connection was lost")
    studio.wait_for_state("Waiting to reconnect")
    studio.page.get_by_text("Trying again in").wait_for()
    studio.assert_accessible()
    assert studio.page.evaluate("witness.tracks.map((track) => track.readyState)") == ["live"]
    mended.relay.start()
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)
    assert studio.notices() == []
    mended.relay.stop()
    studio.wait_for_state("Waiting to reconnect")
    assert studio.page.evaluate("witness.closes.some(({ code }) => code === 1012)"), "a relay that restarts says so"
    attempts = studio.page.evaluate("witness.closes.length")
    studio.page.get_by_role("button", name="Try now").click()
    studio.wait_until(f"witness.closes.length > {attempts}")
    mended.relay.start()
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)


def test_stop_while_waiting_to_reconnect(visit: Visit, mended: Tiers) -> None:
    studio = visit(servers_may_fail=True)
    studio.go_live()
    mended.relay.stop()
    studio.wait_for_state("Waiting to reconnect")
    studio.stop()
    studio.wait_for_state("Ready")
    assert studio.page.evaluate("witness.tracks.map((track) => track.readyState)") == ["ended"]
    studio.wait_for_notice("The swap server is not answering")


def test_relay_away_when_the_page_opens(visit: Visit, mended: Tiers) -> None:
    mended.relay.stop()
    studio = visit(servers_may_fail=True)
    studio.wait_for_notice("The swap server is not answering")
    studio.assert_accessible()
    mended.relay.start()
    studio.wait_until("document.querySelectorAll('.notice').length === 0")
    studio.go_live()


def test_model_killed_and_restarted_while_live(visit: Visit, mended: Tiers) -> None:
    studio = visit(servers_may_fail=True)
    studio.go_live()
    mended.prediction.kill()
    studio.wait_for_notice("No swapped picture is coming")
    studio.wait_for_state("Waiting for the model")
    studio.assert_accessible()
    mended.prediction.start()
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)
    assert studio.notices() == []
    assert studio.page.evaluate("witness.closes") == [], "the stream outlives the model"


def test_model_away_when_the_page_opens(visit: Visit, mended: Tiers) -> None:
    mended.prediction.stop()
    studio = visit(servers_may_fail=True)
    studio.wait_for_notice("The face model is not answering")
    studio.assert_accessible()
    studio.start()
    studio.wait_for_notice("The swap cannot run just now")
    assert "The model cannot be reached" in studio.page.locator(".notice").inner_text()
    mended.prediction.start()
    studio.wait_for_state("Live")
    studio.wait_for_frames(5)


def test_a_slow_model_makes_fewer_and_smaller_frames_and_no_growing_delay(visit: Visit, mended: Tiers, tmp_path: Path) -> None:
    port = free_port()
    proxy = [sys.executable, str(Path(__file__).parent / "slow_proxy.py"), str(port), mended.prediction.url, "0.6"]
    with running(proxy, tmp_path, f"http://127.0.0.1:{port}/healthz", {}, tmp_path / "proxy.log"):
        mended.relay.stop()
        mended.relay.start(PREDICTION_URL=f"http://127.0.0.1:{port}")
        studio = visit(servers_may_fail=True, adapting=True)
        studio.go_live(frames=25)
        lags, most = studio.page.evaluate("[witness.lags, witness.mostUnanswered]")
        assert most <= 2
        assert max(lags) <= 2, "every picture is of one of the last frames sent, so none has waited in a queue"
        assert studio.options_told()["quality"] <= 75
        aside = studio.page.locator("#aside")
        expect(aside).to_have_text(re.compile(r"Reduced to \d+\D\d+.* to keep up"), timeout=PATIENCE_MS)
        studio.wait_for_answers(2)
        assert max(studio.output().shape) < 640
        studio.assert_accessible()
        studio.page.get_by_role("switch", name="Send less while it is slow").uncheck()
        studio.wait_for_answers(4)
        assert studio.output().shape == (480, 640, 3)
        expect(aside).to_be_hidden()
        studio.page.reload()
        expect(studio.page.get_by_role("switch", name="Send less while it is slow")).not_to_be_checked()


def test_an_expired_token_is_renewed_by_itself(visit: Visit, tiers: Tiers) -> None:
    studio = visit()
    studio.page.route("**/api/sessions", lambda route: route.fulfill(json=expired_session(route, tiers)), times=1)
    studio.go_live()
    assert studio.page.evaluate("witness.closes[0].code") == 4401


def test_a_token_that_is_refused_again_ends_with_the_reason(visit: Visit, tiers: Tiers) -> None:
    studio = visit()
    studio.page.route("**/api/sessions", lambda route: route.fulfill(json=expired_session(route, tiers)))
    studio.start()
    studio.wait_for_notice("The stream was refused")
    studio.wait_for_state("Ready")
    assert "expired" in studio.page.locator(".notice").inner_text()
    assert studio.page.evaluate("witness.closes.map(({ code }) => code)") == [4401, 4401]
    studio.assert_accessible()


def expired_session(route: Route, tiers: Tiers) -> dict[str, object]:
    """What tier 1 answers, with the token signed again as if it had been given out an hour ago."""

    class HourAgo(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - 3600

    session = route.fetch().json()
    key = (tiers.keys / "stream.key").read_text().strip()
    serializer = URLSafeTimedSerializer(key, salt="stream.v1", signer=HourAgo)
    payload = URLSafeTimedSerializer(key, salt="stream.v1").loads(session["token"])
    return {**session, "token": serializer.dumps(payload)}


def test_more_streams_than_a_visitor_may_have(visit: Visit) -> None:
    tabs = [visit()]
    tabs.append(visit(beside=tabs[0]))
    tabs.append(visit(beside=tabs[0]))
    for tab in tabs[:2]:
        tab.go_live()
    tabs[2].start()
    tabs[2].wait_for_notice("You are live elsewhere")
    tabs[2].assert_accessible()
    tabs[0].stop()
    tabs[0].wait_until("witness.closes.length === 1")
    tabs[2].go_live()
