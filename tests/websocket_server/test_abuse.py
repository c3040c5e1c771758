"""Clients that break the protocol, or mean harm: each gets its close code, and the others notice nothing."""

import contextlib
import math
import os
import socket
import struct
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psutil
import pytest

from tests.websocket_server.conftest import RelayProcess
from tests.websocket_server.doubles import ALICE, JPEG, Client, PredictionServer, token

LARGEST = 700_000


def wire(
    opcode: int, payload: bytes, fin: bool = True, masked: bool = True, length: int | None = None, reserved: int = 0
) -> bytes:
    """A WebSocket frame as a client sends it, or as it should not; `length` is what the header claims."""
    size = len(payload) if length is None else length
    first = (0x80 if fin else 0) | reserved | opcode
    second = 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, second | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, second | 126, size)
    else:
        head = struct.pack("!BBQ", first, second | 127, size)
    if not masked:
        return head + payload
    mask = b"\x01\x02\x03\x04"
    return head + mask + bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))


def say(client: Client, raw: bytes) -> None:
    client.socket.sock.sendall(raw)


BEFORE_START = {
    "a frame": (lambda c: c.frame(1), 4400, "before the start"),
    "text that is no JSON": (lambda c: c.socket.send("hello"), 4400, "not JSON"),
    "empty text": (lambda c: c.socket.send(""), 4400, "not JSON"),
    "JSON that is no object": (lambda c: c.socket.send("[]"), 4400, "not list"),
    "deeply nested JSON": (lambda c: c.socket.send("[" * 60_000), 4400, "not JSON"),
    "a number that JSON has not": (lambda c: c.socket.send('{"type": NaN}'), 4400, "not JSON"),
    "a number out of range": (lambda c: c.socket.send('{"type": 1e999}'), 4400, "not JSON"),
    "options": (lambda c: c.say(type="options", options={}), 4400, "first message"),
    "ping": (lambda c: c.say(type="ping"), 4400, "first message"),
    "an unknown type": (lambda c: c.say(type="hello"), 4400, "expected start"),
    "no type": (lambda c: c.say(), 4400, "expected start"),
    "another protocol": (lambda c: c.say(type="start", protocol=2, token="x"), 4400, "protocol 2"),
    "an unknown delivery": (lambda c: c.start("x", delivery="some"), 4400, "delivery"),
    "a delivery of another type": (lambda c: c.say(type="start", protocol=1, token="x", delivery=[]), 4400, "delivery"),
    "options of another type": (lambda c: c.say(type="start", protocol=1, token="x", options=[]), 4400, "options"),
    "a token of another type": (lambda c: c.say(type="start", protocol=1, token=5), 4401, "token"),
    "a long text": (lambda c: c.socket.send("x" * 70_000), 4413, "at most 65536"),
    "text that is no UTF-8": (lambda c: say(c, wire(1, b"\xff\xfe{}")), 1007, "UTF-8"),
    "an unmasked frame": (lambda c: say(c, wire(1, b"{}", masked=False)), 1002, "mask"),
    "reserved bits": (lambda c: say(c, wire(1, b"{}", reserved=0x40)), 1002, "reserved"),
    "an unknown opcode": (lambda c: say(c, wire(5, b"{}")), 1002, "opcode 5"),
    "an unknown control opcode": (lambda c: say(c, wire(0xB, b"")), 1002, "opcode 11"),
    "a continuation of nothing": (lambda c: say(c, wire(0, b"{}")), 1002, "continuation"),
    "a message within a message": (lambda c: say(c, wire(1, b"{", fin=False) + wire(1, b"}")), 1002, "within"),
    "a ping in pieces": (lambda c: say(c, wire(9, b"", fin=False)), 1002, "fragmented"),
    "a ping too long": (lambda c: say(c, wire(9, b"x" * 126)), 1002, "125"),
    "a close frame of one byte": (lambda c: say(c, wire(8, b"x")), 1002, "close frame"),
}


@pytest.mark.parametrize("name", BEFORE_START)
def test_before_start(relay: RelayProcess, name: str) -> None:
    act, code, reason = BEFORE_START[name]
    with Client(relay.url) as client:
        act(client)
        closed = client.closed()
    assert closed[0] == code
    assert reason in closed[1]


STREAMING = {
    "a frame of no bytes": (lambda c: c.socket.send_binary(b""), 4400, "header of 16"),
    "a frame of 15 bytes": (lambda c: c.socket.send_binary(b"x" * 15), 4400, "header of 16"),
    "another version": (lambda c: c.frame(2, version=2), 4400, "version 2"),
    "a kind of the server's": (lambda c: c.frame(2, kind=2), 4400, "kind 2"),
    "flags": (lambda c: c.frame(2, flags=1), 4400, "flags"),
    "a number twice": (lambda c: c.frame(1), 4400, "rise"),
    "a falling number": (lambda c: c.frame(0), 4400, "rise"),
    "a clock that is no number": (lambda c: c.frame(2, clock_ms=math.nan), 4400, "clock"),
    "an infinite clock": (lambda c: c.frame(2, clock_ms=math.inf), 4400, "clock"),
    "text that is no JSON": (lambda c: c.socket.send("{"), 4400, "not JSON"),
    "an unknown type": (lambda c: c.say(type="stop"), 4400, "expected start"),
    "options of another type": (lambda c: c.say(type="options", options=5), 4400, "options"),
    "one byte too many": (lambda c: c.frame(2, jpeg=b"x" * (LARGEST - 15)), 4413, "at most 700000"),
    "a claim of 2^62 bytes": (lambda c: say(c, wire(2, b"", length=2**62)), 4413, "at most 700000"),
    "fragments that add up": (
        lambda c: say(c, wire(2, b"x" * 400_000, fin=False) + wire(0, b"x" * 400_000)), 4413, "at most 700000"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMING)
def test_while_streaming(relay: RelayProcess, name: str) -> None:
    act, code, reason = STREAMING[name]
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(1)
        assert client.answer().swapped
        act(client)
        closed = client.closed()
    assert closed[0] == code
    assert reason in closed[1]


def test_a_frame_of_just_the_limit_is_taken_also_in_fragments(relay: RelayProcess) -> None:
    header = struct.pack(">BBHId", 1, 1, 0, 2, 0.0)
    body = header + JPEG + bytes(LARGEST - len(header) - len(JPEG))
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        client.frame(1, jpeg=JPEG + bytes(LARGEST - 16 - len(JPEG)))
        assert client.answer().swapped
        say(client, wire(2, body[:1], fin=False) + wire(9, b"between") + wire(0, b"", fin=False) + wire(0, body[1:]))
        assert client.answer().seq == 2


def test_the_code_and_reason_of_a_client_are_echoed_and_logged(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE, sid="polite"))
        say(client, wire(8, struct.pack("!H", 4321) + b"had enough"))
        assert client.closed() == (4321, "")
    line = wait_for_line(relay, "sid=polite")
    assert "closed with 4321 by the client ('had enough')" in line


def test_a_client_that_vanishes_is_logged_as_lost_with_its_counts(relay: RelayProcess) -> None:
    with Client(relay.url) as client:
        client.ready(token(ALICE, sid="vanishing"))
        client.frame(1)
        client.answer()
    line = wait_for_line(relay, "sid=vanishing")
    assert "closed with 1006 by the network" in line
    assert "frames=1 swapped=1 dropped=0" in line


def test_no_token_and_no_photo_is_ever_logged(relay: RelayProcess) -> None:
    session_token = token(ALICE, sid="discreet")
    with Client(relay.url) as client:
        client.ready(session_token)
        client.start(session_token[:-2])
        client.closed()
    wait_for_line(relay, "sid=discreet")
    log = relay.log.read_text()
    assert session_token[:20] not in log
    assert "portrait" not in log


def wait_for_line(relay: RelayProcess, text: str) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = [line for line in relay.log.read_text().splitlines() if text in line and "closed" in line]
        if lines:
            return lines[0]
        time.sleep(0.01)
    raise AssertionError(f"no line with {text} in the log:\n{relay.log.read_text()}")


# Deadlines


def test_a_connection_that_says_nothing_at_all_is_hung_up_on(impatient_relay: RelayProcess) -> None:
    with connect(impatient_relay) as plain:
        assert plain.recv(100) == b""


def test_a_request_that_never_ends_is_hung_up_on(impatient_relay: RelayProcess) -> None:
    with connect(impatient_relay) as plain:
        plain.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\nX-Long: ")
        while plain.recv(100):
            pass


def test_a_body_announced_in_the_handshake_is_not_waited_for(impatient_relay: RelayProcess) -> None:
    with connect(impatient_relay) as plain:
        lines = ("GET /stream HTTP/1.1", *UPGRADE, KEY, "Sec-WebSocket-Version: 13", "Content-Length: 1000000", "", "")
        plain.sendall("\r\n".join(lines).encode())
        while plain.recv(100):
            pass


def test_a_client_that_says_nothing_is_4408(impatient_relay: RelayProcess) -> None:
    with Client(impatient_relay.url) as client:
        code, reason = client.closed()
    assert code == 4408
    assert "no start" in reason


def test_pings_do_not_put_off_the_start(impatient_relay: RelayProcess) -> None:
    with Client(impatient_relay.url) as client:
        client.socket.settimeout(0.2)
        for _ in range(100):
            client.socket.ping()
            try:
                opcode, data = client.socket.recv_data(control_frame=True)
            except TimeoutError:
                continue
            if opcode == 8:
                break
            time.sleep(0.1)
    assert struct.unpack("!H", data[:2])[0] == 4408


def test_silence_in_a_stream_is_4408(impatient_relay: RelayProcess) -> None:
    with Client(impatient_relay.url) as client:
        client.ready(token(ALICE))
        code, reason = client.closed()
    assert code == 4408
    assert "nothing heard" in reason


def test_a_message_that_never_ends_is_silence(impatient_relay: RelayProcess) -> None:
    with Client(impatient_relay.url) as client:
        client.ready(token(ALICE))
        say(client, wire(2, b"x" * 10, length=60_000))
        assert client.closed()[0] == 4408


def narrow(relay: RelayProcess) -> Client:
    """A client whose kernel takes next to nothing for it."""
    return Client(relay.url, {"sockopt": [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]})


def flood(client: Client) -> None:
    """Sends frames and reads nothing until the relay stops taking them."""
    picture = JPEG + bytes(300_000)
    head = struct.pack("!BBQ", 0x82, 0x80 | 127, 16 + len(picture)) + bytes(4)
    client.socket.settimeout(0.3)
    with contextlib.suppress(TimeoutError):
        for seq in range(1, 400):
            client.socket.sock.sendall(head + struct.pack(">BBHId", 1, 1, 0, seq, 0.0) + picture)


def test_a_client_that_sends_and_never_reads_is_cut_off(impatient_relay: RelayProcess) -> None:
    with narrow(impatient_relay) as client:
        client.ready(token(ALICE, sid="deaf"))
        flood(client)
        line = wait_for_line(impatient_relay, "sid=deaf")
    assert "closed with 4408 by the server" in line
    assert "did not read" in line


# The server as a whole


def test_a_flood_leaves_other_streams_alone(relay: RelayProcess) -> None:
    with narrow(relay) as deaf, Client(relay.url) as client:
        deaf.ready(token(ALICE, sid="flood"))
        client.ready(token(ALICE, sid="calm"))
        flood(deaf)
        for seq in range(20):
            client.frame(seq)
            assert client.answer().swapped


def connect(relay: RelayProcess) -> socket.socket:
    address = urlsplit(relay.url)
    return socket.create_connection((address.hostname, address.port), timeout=20)


def abuse_wildly(relay: RelayProcess, number: int) -> None:
    kinds: list[Callable[[Client], None]] = [act for act, *_ in BEFORE_START.values()]
    with Client(relay.url) as client:
        if number % 3:
            kinds[number % len(kinds)](client)
            client.closed()
            return
        client.ready(token(ALICE, sid=str(number)))
        say(client, wire(2, os.urandom(100_000), length=650_000))


def test_memory_is_flat_over_hundreds_of_broken_connections(relay: RelayProcess, model: PredictionServer) -> None:
    worker = relay.worker()
    for number in range(60):
        abuse_wildly(relay, number)
    before = worker.memory_info().rss
    for number in range(200):
        abuse_wildly(relay, number)
    grown = worker.memory_info().rss - before
    assert grown < 20e6, f"{grown / 1e6:.0f} MB"
    assert wait_for_few(worker) < 40


def wait_for_few(worker: psutil.Process) -> int:
    deadline = time.monotonic() + 20
    while worker.num_fds() >= 40 and time.monotonic() < deadline:
        time.sleep(0.05)
    return worker.num_fds()


def test_a_claim_of_a_huge_message_takes_no_memory(relay: RelayProcess) -> None:
    worker = relay.worker()
    before = worker.memory_info().rss
    clients = [Client(relay.url) for _ in range(20)]
    for number, client in enumerate(clients):
        client.ready(token(ALICE, sid=str(number)))
        say(client, wire(2, b"x" * 100, length=2**40))
    for client in clients:
        assert client.closed()[0] == 4413
        client.socket.shutdown()
    assert worker.memory_info().rss - before < 20e6


def test_announced_messages_that_do_not_come_take_no_memory(relay: RelayProcess) -> None:
    worker = relay.worker()
    before = worker.memory_info().rss
    clients = [Client(relay.url) for _ in range(100)]
    for client in clients:
        say(client, wire(2, b"x" * 100, length=LARGEST))
    with Client(relay.url) as client:
        client.ready(token(ALICE))
        assert worker.memory_info().rss - before < 20e6
    for client in clients:
        client.socket.shutdown()


# Plain HTTP on the same port


def handshake(relay: RelayProcess, *lines: str) -> bytes:
    with connect(relay) as plain:
        plain.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = plain.recv(4096)
            if not piece:
                break
            answer += piece
        return answer


KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = ("Host: x", "Upgrade: websocket", "Connection: keep-alive, Upgrade")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("GET /stream HTTP/1.1", *UPGRADE, KEY, "Sec-WebSocket-Version: 13"), b"101"),
        (("GET /stream HTTP/1.1", "Host: x"), b"426"),
        (("GET /stream HTTP/1.1", *UPGRADE, KEY), b"426"),
        (("GET /stream HTTP/1.1", *UPGRADE, KEY, "Sec-WebSocket-Version: 8"), b"426"),
        (("GET /stream HTTP/1.1", *UPGRADE, "Sec-WebSocket-Version: 13"), b"400"),
        (("GET /stream HTTP/1.1", *UPGRADE, "Sec-WebSocket-Key: ???", "Sec-WebSocket-Version: 13"), b"400"),
        (("GET /stream HTTP/1.1", "Upgrade: websocket", KEY, "Sec-WebSocket-Version: 13"), b"400"),
        (("GET /stream HTTP/1.0", *UPGRADE, KEY, "Sec-WebSocket-Version: 13"), b"400"),
        (("POST /stream HTTP/1.1", *UPGRADE, KEY, "Sec-WebSocket-Version: 13", "Content-Length: 0"), b"405"),
        (("GET /elsewhere HTTP/1.1", *UPGRADE, KEY, "Sec-WebSocket-Version: 13"), b"404"),
        (("nonsense",), b"400"),
    ],
)
def test_handshakes(relay: RelayProcess, lines: tuple[str, ...], status: bytes) -> None:
    answer = handshake(relay, *lines)
    assert answer.split(b" ")[1] == status
    if status == b"101":
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer


def test_connections_that_say_nothing_do_not_keep_others_out(relay: RelayProcess) -> None:
    silent = [connect(relay) for _ in range(50)]
    with Client(relay.url) as client:
        client.ready(token(ALICE))
    for plain in silent:
        plain.close()
