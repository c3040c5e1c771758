"""A stream with a relay process, from the start message to the close."""

import json
import time
import urllib.error
import urllib.request

import pytest

from tests.websocket_server.conftest import RelayProcess
from tests.websocket_server.doubles import (
    ALICE,
    BOB,
    JPEG,
    NOBODY,
    SERVICE_KEY,
    Client,
    ClientApp,
    PredictionServer,
    b64,
    id_of,
    token,
)  # fmt: skip


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"never came about: {what}"
        time.sleep(0.005)


# Start


def test_ready_says_what_the_client_must_know(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        ready = client.ready(token(ALICE, sid="s1"))
    assert (ready["session"], ready["window"], ready["max_frame_bytes"]) == ("s1", 2, 700_000)
    assert ready["model"]["name"] == "double"
    assert "opacity" in ready["model"]["parameters"]


def test_the_model_holds_every_source_of_the_session_before_ready(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE, BOB))
        assert model.held == {id_of(ALICE), id_of(BOB)}


def test_a_session_without_sources_leaves_faces_alone(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token())
        client.frame(1)
        assert client.answer().swapped
    assert model.swaps()[0]["source"] is None


def test_a_source_of_several_photos_is_checked_by_its_joint_id(
    relay: RelayProcess, client_app: ClientApp, model: PredictionServer
) -> None:
    source = id_of(ALICE, BOB)
    client_app.photos[source] = [BOB, ALICE]
    with Client(relay.url) as client:
        client.ready(token(sources=(source,)))
    assert source in model.held


@pytest.mark.parametrize(
    ("session_token", "reason"),
    [
        ("", "no session token"),
        ("nonsense", "not one of this server's"),
        (token(ALICE, key="another key"), "not one of this server's"),
        (token(ALICE, age_s=301), "expired"),
    ],
)
def test_a_missing_bad_or_expired_token_is_4401(relay: RelayProcess, session_token: str, reason: str) -> None:
    with Client(relay.url) as client:
        client.start(session_token)
        code, said = client.closed()
    assert code == 4401
    assert reason in said


def test_more_streams_than_the_sessions_limit_is_4429(relay: RelayProcess) -> None:
    with Client(relay.url) as first, Client(relay.url) as second:
        first.ready(token(ALICE, sid="lone", streams=1))
        second.start(token(ALICE, sid="lone", streams=1))
        code, reason = second.closed()
        assert code == 4429
        assert "1 streams" in reason
        first.frame(1)
        assert first.answer().swapped
    with Client(relay.url) as other:
        other.ready(token(ALICE, sid="another", streams=1))


def test_a_full_server_is_1013(start_relay, model: PredictionServer, client_app: ClientApp) -> None:
    with start_relay(MAX_STREAMS="1") as relay, Client(relay.url) as first, Client(relay.url) as second:
        first.ready(token(ALICE, sid="a"))
        second.start(token(ALICE, sid="b"))
        assert second.closed()[0] == 1013


def test_a_model_out_of_reach_at_start_is_1013(relay: RelayProcess, model: PredictionServer) -> None:
    model.stop()
    with Client(relay.url) as client:
        client.start(token(ALICE))
        assert client.message("error")["code"] == "model_unreachable"
        code, reason = client.closed()
    assert code == 1013
    assert "model" in reason


def test_an_overloaded_model_at_start_is_1013(relay: RelayProcess, model: PredictionServer) -> None:
    model.status = 503
    with Client(relay.url) as client:
        client.start(token(ALICE))
        assert client.message("error")["code"] == "model_busy"
        assert client.closed()[0] == 1013


def test_tier_1_out_of_reach_at_start_is_1013(start_relay, client_app: ClientApp, model: PredictionServer) -> None:
    with start_relay(CLIENT_URL="http://127.0.0.1:9") as relay, Client(relay.url) as client:
        client.start(token(ALICE))
        assert client.message("error")["code"] == "faces_unreachable"
        assert client.closed()[0] == 1013


def test_a_source_without_a_face_is_said_and_closed(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.start(token(NOBODY))
        error = client.message("error")
        assert error["code"] == "no_face_in_source"
        assert "shows no face" in error["message"]
        assert client.closed()[0] == 4400


def test_a_source_that_tier_1_no_longer_has_is_4401(relay: RelayProcess, client_app: ClientApp) -> None:
    with Client(relay.url) as client:
        client.start(token(b"deleted long ago"))
        assert client.message("error")["code"] == "source_gone"
        assert client.closed()[0] == 4401


def test_photos_that_are_not_those_of_the_id_never_reach_the_model(
    relay: RelayProcess, client_app: ClientApp, model: PredictionServer
) -> None:
    stranger = b"\xff\xd8 Carol"
    client_app.photos[id_of(stranger)] = [BOB]
    with Client(relay.url) as client:
        client.start(token(stranger))
        assert client.message("error")["code"] == "bad_source"
        assert client.closed()[0] == 4400
    assert not any(instance.get("prepare") for instance in model.instances)


# Frames


def test_a_frame_comes_back_swapped_with_its_number_clock_and_times(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(7, clock_ms=1234.5)
        answer = client.answer()
        faces = client.message("faces")
    assert (answer.kind, answer.faces, answer.seq, answer.clock_ms) == (2, 1, 7, 1234.5)
    assert answer.jpeg == b"\xff\xd8 swapped to " + id_of(ALICE)[:8].encode() + b" " + JPEG[2:]
    assert answer.routine_us == 3500
    assert 0 < answer.relay_us < 20e6
    assert (faces["seq"], faces["faces"][0]["source"]) == (7, id_of(ALICE))


def test_faces_are_told_when_they_change_and_only_then(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE, BOB))
        for seq in (1, 2):
            client.frame(seq)
            client.answer()
        client.say(type="options", options={"source": id_of(BOB)})
        client.frame(3)
        client.answer()
        assert [client.message("faces")["seq"], client.message("faces")["seq"]] == [1, 3]


def test_notes_are_told_before_the_frame_when_they_change_and_forgotten_with_a_new_start(
    relay: RelayProcess, model: PredictionServer
) -> None:
    note = {"code": "engine_failed", "message": "The engine x gave no picture for face 1."}
    of_frame = {2: [note], 3: [note, note, "no note"], 4: [], 5: [note], 6: [note]}

    def answer(instance):
        swapped = model.swap(instance)
        return {**swapped, "notes": of_frame[seq]} if (seq := int(instance["time_ms"])) in of_frame else swapped

    model.swap_answer = answer
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        order = []
        for seq in range(1, 6):
            client.frame(seq)
            while (kind := client.next()) != "answer":
                order.append((seq, kind))
        client.ready(token(ALICE))
        client.frame(6)
        told = [client.message("notes") for _ in range(4)]
    assert [(seq, kind) for seq, kind in order if kind == "notes"] == [(2, "notes"), (4, "notes"), (5, "notes")]
    assert told == [
        {"type": "notes", "seq": seq, "notes": notes} for seq, notes in ((2, [note]), (4, []), (5, [note]), (6, [note]))
    ]


@pytest.mark.parametrize("said", [None, "notes", 7, {}, [None, 7, "x", []]])
def test_what_is_no_note_does_no_harm(relay: RelayProcess, model: PredictionServer, said: object) -> None:
    model.swap_answer = lambda instance: {**model.swap(instance), "notes": said}
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(1)
        came = [client.next()]
        while came[-1] != "answer":
            came.append(client.next())
        assert "notes" not in came
        assert client.answer().swapped


def test_where_a_face_has_gone_is_told_too(relay: RelayProcess, model: PredictionServer) -> None:
    def runs_away(instance):
        moved = model.swap(instance)
        moved["faces"][0]["box"] = [instance["time_ms"] * 50, 2, 30, 40]
        return moved

    model.swap_answer = runs_away
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        for seq in (1, 2):
            client.frame(seq)
            client.answer()
            assert client.message("faces")["seq"] == seq
            time.sleep(0.3)  # the least time between two such messages has passed


def test_a_slow_model_gets_the_newest_frame_and_the_others_are_dropped(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        model.hold()
        for seq in (1, 2):
            client.frame(seq)
        wait_until(lambda: len(model.swaps()) == 2, "two frames at the model")
        for seq in (3, 4, 5, 6):
            client.frame(seq)
        assert [client.answer().seq for _ in range(3)] == [3, 4, 5]
        model.let_through(3)
        last = [client.answer() for _ in range(3)]
    assert sorted(answer.seq for answer in last) == [1, 2, 6]
    shown = [answer.seq for answer in last if answer.swapped]
    assert shown == sorted(shown)
    assert shown[-1] == 6
    assert model.most_at_once == 2


def test_with_a_model_that_takes_300_ms_delay_does_not_grow(relay: RelayProcess, model: PredictionServer) -> None:
    model.delay_s = 0.3
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        for seq in range(60):
            client.frame(seq)
            time.sleep(0.02)
        answers = [client.answer() for _ in range(60)]
    assert sorted(answer.seq for answer in answers) == list(range(60))
    shown = [answer for answer in answers if answer.swapped]
    assert [answer.seq for answer in shown] == sorted(answer.seq for answer in shown)
    # One after the other they would take 9 s; as it is, a frame waits at most for the one before it.
    assert max(answer.relay_us for answer in shown) < 3e6


def test_state_is_handed_on_with_two_frames_in_flight(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        model.hold()
        client.frame(1)
        client.frame(2)
        wait_until(lambda: len(model.swaps()) == 2, "two frames at the model")
        for seq in (3, 4):
            model.let_through()
            client.answer()
            client.frame(seq)
            wait_until(lambda seq=seq: len(model.swaps()) == seq, f"frame {seq} at the model")
        model.let_through(2)
    by_time = {instance["time_ms"]: instance["state"] for instance in model.swaps()}
    assert by_time[1.0] is None
    assert by_time[2.0] is None
    assert by_time[3.0] in ("after 1", "after 2")
    assert by_time[4.0] == "after 2"


def test_delivery_all_answers_every_frame_in_order(relay: RelayProcess, model: PredictionServer) -> None:
    def first_is_slowest(instance):
        time.sleep(0.05 if instance["time_ms"] % 2 else 0)
        return model.swap(instance)

    model.swap_answer = first_is_slowest
    answered = []
    with Client(relay.url) as client:
        client.ready(token(ALICE), delivery="all")
        client.frame(0)
        client.frame(1)
        for seq in range(2, 20):
            answered.append(client.answer())
            client.frame(seq)
        answered += [client.answer(), client.answer()]
    assert [answer.seq for answer in answered] == list(range(20))
    assert all(answer.swapped for answer in answered)


def test_delivery_all_with_too_many_unanswered_is_4400(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE), delivery="all")
        model.hold()
        for seq in range(3):
            client.frame(seq)
        code, reason = client.closed()
        model.let_through(3)
    assert code == 4400
    assert "at most 2" in reason


def test_a_frame_the_model_refuses_is_dropped_with_an_error_of_its_number(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        for seq, broken in enumerate((b"", b"x", b"GIF89a")):
            client.frame(seq, jpeg=broken)
            answer = client.answer()
            error = client.message("error")
            assert (answer.kind, answer.seq, answer.jpeg) == (3, seq, b"")
            assert (error["code"], error["seq"]) == ("bad_image", seq)
        client.frame(9)
        assert client.answer().swapped


@pytest.mark.parametrize("answer", [None, {}, {"image": 5}, {"image": {"b64": "ä"}}, {"error": "odd"}, {"error": {}}, 7])
def test_a_model_that_talks_nonsense_drops_frames_and_nothing_else(
    relay: RelayProcess, model: PredictionServer, answer
) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        model.swap_answer = lambda instance: answer
        client.frame(1)
        assert client.answer().kind == 3
        assert client.message("error")["code"] == "model_error"
        model.swap_answer = model.swap
        client.frame(2)
        assert client.answer().swapped


def test_a_replica_that_lacks_the_source_is_sent_its_photos(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        model.held.clear()
        client.frame(1)
        assert client.answer().swapped
        client.frame(2)
        assert client.answer().swapped
    assert [bool(instance.get("source_images")) for instance in model.swaps()] == [False, True, False]


def test_the_model_dies_and_comes_back_within_a_stream(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(1)
        assert client.answer().swapped
        model.stop()
        for seq in range(2, 32):
            client.frame(seq)
            assert client.answer().kind == 3
        error = client.message("error")
        assert (error["code"], error["seq"]) == ("model_unreachable", 2)
        model.start()
        model.held.clear()
        client.frame(40)
        assert client.answer().swapped
        client.say(type="ping")
        client.message("pong")
        errors = [text for text in client._texts if text["type"] == "error"]
    assert len(errors) <= 2


def test_a_connection_that_the_model_closed_is_made_anew_unseen(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        for seq in range(5):
            client.frame(seq)
            assert client.answer().swapped
            model.break_connections()


def test_a_model_that_hangs_is_given_up(impatient_relay: RelayProcess, model: PredictionServer) -> None:
    with Client(impatient_relay.url) as client:
        client.ready(token(ALICE))
        model.hold()
        client.frame(1)
        assert client.answer().kind == 3
        assert client.message("error")["code"] == "model_unreachable"
        model.let_through(1)


# Control messages


def test_options_change_the_face_and_parameters(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE, BOB), source=id_of(BOB), opacity=0.5)
        client.frame(1)
        assert id_of(BOB)[:8].encode() in client.answer().jpeg
        client.say(type="options", options={"source": None, "assign": {"1": id_of(ALICE)}})
        client.frame(2)
        client.answer()
    assert model.swaps()[1]["source"] is None
    assert model.swaps()[1]["assign"] == {"1": id_of(ALICE)}
    assert model.parameters[-1] == {"opacity": 0.5, "mark": True}


@pytest.mark.parametrize(
    "options", [{"mark": False}, {"opacity": 7}, {"opacity": "x"}, {"nonsense": 1}, {"source": "f" * 64}, {"assign": [1]}]
)
def test_a_bad_option_is_an_error_and_the_previous_ones_stay(relay: RelayProcess, model: PredictionServer, options) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE), opacity=0.25)
        client.say(type="options", options={**options, "faces": "all"})
        error = client.message("error")
        assert (error["code"], error["option"]) == ("bad_option", next(iter(options)))
        assert error["option"] in error["message"]
        client.frame(1)
        assert client.answer().swapped
    assert model.parameters[-1] == {"opacity": 0.25, "mark": True}


def test_a_bad_option_at_start_leaves_the_defaults(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE), mark=False)
        assert client.message("error")["code"] == "bad_option"
        client.frame(1)
        assert client.answer().swapped
    assert model.parameters[-1] == {"mark": True}


def test_the_operator_chooses_how_the_mark_looks_and_a_client_does_not(
    start_relay, model: PredictionServer, client_app: ClientApp
) -> None:
    with start_relay(MARK_TEXT="AI-generated", MARK_POSITION="upper-left") as relay, Client(relay.url) as client:
        client.ready(token(ALICE))
        client.say(type="options", options={"mark_text": "me"})
        assert client.message("error")["option"] == "mark_text"
        client.frame(1)
        assert client.answer().swapped
    assert model.parameters[-1] == {"mark": True, "mark_text": "AI-generated", "mark_position": "upper-left"}


def test_the_operator_can_switch_the_mark_off(start_relay, model: PredictionServer, client_app: ClientApp) -> None:
    with start_relay(MARK="false") as relay, Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(1)
        client.answer()
    assert model.parameters[-1] == {"mark": False}


def test_ping_is_answered_with_pong_at_both_levels(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.say(type="ping")
        client.message("pong")
        client.socket.ping(b"are you there")
        frame = client.socket.recv_frame()
        while frame.opcode == 1:
            frame = client.socket.recv_frame()
        assert (frame.opcode, frame.data) == (0xA, b"are you there")


def test_stats_come_by_themselves(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(1)
        client.answer()
        stats = client.message("stats")
    assert set(stats) == {"type", "fps", "dropped", "predict_ms", "in_flight"}
    assert stats["fps"] > 0
    assert stats["predict_ms"] > 0
    assert (stats["dropped"], stats["in_flight"]) == (0, 0)


# A second start


def test_a_second_start_changes_the_face_and_numbering_goes_on(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(1)
        assert id_of(ALICE)[:8].encode() in client.answer().jpeg
        client.ready(token(BOB))
        client.frame(2)
        answer = client.answer()
        assert (answer.seq, answer.swapped) == (2, True)
        assert id_of(BOB)[:8].encode() in answer.jpeg
        assert model.swaps()[1]["state"] is None
        client.frame(2)
        assert client.closed()[0] == 4400


def test_a_second_start_drops_what_is_under_way_and_never_shows_the_old_face(
    relay: RelayProcess, model: PredictionServer
) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        model.hold()
        for seq in (1, 2):
            client.frame(seq)
        wait_until(lambda: len(model.swaps()) == 2, "two frames at the model")
        client.frame(3)
        client.ready(token(BOB))
        assert [(answer.seq, answer.kind) for answer in (client.answer() for _ in range(3))] == [(1, 3), (2, 3), (3, 3)]
        client.frame(4)
        model.let_through(3)
        answer = client.answer()
        assert (answer.seq, answer.kind) == (4, 2)
        assert id_of(BOB)[:8].encode() in answer.jpeg
        client.say(type="ping")
        client.message("pong")
        assert not client._answers


def test_frames_between_start_and_ready_wait_for_the_new_face(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as client:
        client.start(token(ALICE))
        client.frame(1)
        answer = client.answer()
        assert (answer.seq, answer.kind) == (1, 2)
        client.start(token(BOB))
        client.frame(2)
        assert id_of(BOB)[:8].encode() in client.answer().jpeg


def test_a_second_start_with_a_bad_token_is_4401(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.start("no token")
        assert client.closed()[0] == 4401


def test_a_second_start_does_not_count_as_a_second_stream(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        for _ in range(3):
            client.ready(token(ALICE, sid="again", streams=1))


# Tier 1's calls


def call(url: str, body: object, key: str = SERVICE_KEY) -> tuple[int, dict]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_revoke_ends_the_streams_that_may_use_the_face(relay: RelayProcess, client_app: ClientApp) -> None:
    with Client(relay.url) as using, Client(relay.url) as other:
        using.ready(token(ALICE, sid="a"))
        other.ready(token(BOB, sid="b"))
        asked = len(client_app.asked)
        assert call(f"{relay.url}/revoke", {"source": id_of(ALICE)}) == (200, {"closed": 1})
        code, reason = using.closed()
        assert code == 4401
        assert "deleted" in reason
        other.frame(1)
        assert other.answer().swapped
    with Client(relay.url) as again:
        again.ready(token(ALICE, sid="a"))
    assert client_app.asked[asked:] == [id_of(ALICE)]


def test_revoke_has_the_model_forget_the_face_too(relay: RelayProcess, model: PredictionServer) -> None:
    with Client(relay.url) as using:
        using.ready(token(ALICE))
        assert id_of(ALICE) in model.held
        call(f"{relay.url}/revoke", {"source": id_of(ALICE)})
        using.closed()
    wait_until(lambda: id_of(ALICE) not in model.held, "the model to forget")


def test_revoke_works_while_the_model_is_down(relay: RelayProcess, model: PredictionServer) -> None:
    model.stop()
    assert call(f"{relay.url}/revoke", {"source": id_of(ALICE)}) == (200, {"closed": 0})


def test_prepare_gives_what_the_model_says_of_a_photo(relay: RelayProcess) -> None:
    status, good = call(f"{relay.url}/prepare", {"source": id_of(ALICE), "source_images": {id_of(ALICE): [b64(ALICE)]}})
    assert (status, good["source"]["ok"], len(good["source"]["embedding"])) == (200, True, 128)
    status, bad = call(f"{relay.url}/prepare", {"source": id_of(NOBODY), "source_images": {id_of(NOBODY): [b64(NOBODY)]}})
    assert (status, bad["source"]["reasons"][0]["code"]) == (200, "no_face_in_source")
    status, wrong = call(f"{relay.url}/prepare", {"source": id_of(ALICE), "source_images": {id_of(ALICE): [b64(BOB)]}})
    assert (status, wrong["error"]["code"]) == (400, "bad_source")


def test_prepare_without_a_model_is_503(relay: RelayProcess, model: PredictionServer) -> None:
    model.stop()
    status, reply = call(f"{relay.url}/prepare", {"source": id_of(ALICE), "source_images": {id_of(ALICE): [b64(ALICE)]}})
    assert (status, reply["error"]["code"]) == (503, "model_unreachable")


@pytest.mark.parametrize("path", ["/prepare", "/revoke"])
@pytest.mark.parametrize("body", [None, [], {}, {"source": 5}, {"source": ""}])
def test_a_malformed_call_of_tier_1_is_400(relay: RelayProcess, path: str, body: object) -> None:
    status, reply = call(relay.url + path, body)
    assert (status, reply["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("path", ["/prepare", "/revoke"])
@pytest.mark.parametrize("key", ["", "wrong", SERVICE_KEY + "x", "\u00e4"])
def test_only_the_service_key_opens_tier_1s_addresses(relay: RelayProcess, path: str, key: str) -> None:
    assert call(relay.url + path, {"source": "x"}, key)[0] == 401
