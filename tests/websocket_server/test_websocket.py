import contextlib
import gc
import io
import struct
import time
import weakref

import gevent
import gevent.socket
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.close_codes import CloseCode, Refusal
from relay.settings import Limits
from relay.websocket import Ended, Silence, StreamSocket, unmask

LIMITS = Limits(start_s=1, silence_s=0.1, send_s=0.1, frame_bytes=100_000)


def masked(opcode: int, payload: bytes, mask: bytes = b"abcd", fin: bool = True) -> bytes:
    size = len(payload)
    head = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += bytes([0x80 | 126]) + struct.pack("!H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", size)
    return head + mask + bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))


class Pair:
    """A StreamSocket, and the client's end of its connection."""

    def __init__(self) -> None:
        server, self.client = gevent.socket.socketpair()
        self.socket = StreamSocket(server, server.makefile("rb"), LIMITS)
        self.client.settimeout(10)

    def read_to_end(self) -> bytes:
        data = b""
        while piece := self.client.recv(65536):
            data += piece
        return data


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_unmask_undoes_masking(payload: bytes, mask: bytes) -> None:
    sent = bytearray(byte ^ mask[i & 3] for i, byte in enumerate(payload))
    unmask(sent, mask)
    assert sent == payload


@settings(deadline=None)
@given(st.lists(st.binary(max_size=70_000), min_size=1, max_size=5), st.binary(min_size=4, max_size=4), st.booleans())
def test_a_message_in_any_pieces_is_one_message(pieces: list[bytes], mask: bytes, with_pings: bool) -> None:
    wire = b""
    for i, piece in enumerate(pieces):
        wire += masked(0 if i else 2, piece, mask, fin=i == len(pieces) - 1)
        wire += masked(9, b"?", mask) if with_pings and i < len(pieces) - 1 else b""
    server, client = gevent.socket.socketpair()
    socket = StreamSocket(server, io.BytesIO(wire), LIMITS)
    try:
        if sum(map(len, pieces)) > LIMITS.frame_bytes:
            with pytest.raises(Refusal, match="4413"):
                socket.receive()
        else:
            assert socket.receive() == b"".join(pieces)
    finally:
        server.close()
        client.close()


def test_a_message_in_thousands_of_pieces() -> None:
    wire = masked(2, b"", fin=False) + masked(0, b"x", fin=False) * 20_000 + masked(0, b"")
    server, client = gevent.socket.socketpair()
    assert StreamSocket(server, io.BytesIO(wire), LIMITS).receive() == b"x" * 20_000
    server.close()
    client.close()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_a_refusal_or_the_end(wire: bytes) -> None:
    server, client = gevent.socket.socketpair()
    socket = StreamSocket(server, io.BytesIO(wire), LIMITS)
    try:
        while True:
            assert isinstance(socket.receive(), (str, bytearray))
    except (Refusal, Ended):
        pass
    finally:
        server.close()
        client.close()


def test_nothing_at_all_is_silence() -> None:
    pair = Pair()
    with pytest.raises(Silence):
        pair.socket.receive()


def test_an_earlier_deadline_counts() -> None:
    pair = Pair()
    with pytest.raises(Silence):
        pair.socket.receive(until=time.monotonic() - 1)


def test_messages_of_many_greenlets_never_mix() -> None:
    pair = Pair()
    messages = [bytes([65 + i]) * 50_000 for i in range(8)]
    senders = [gevent.spawn(pair.socket.send, message) for message in messages]
    received = b""
    while len(received) < 8 * 50_004:
        received += pair.client.recv(10_000)
    gevent.joinall(senders, raise_error=True)
    frames = [received[i : i + 50_004] for i in range(0, len(received), 50_004)]
    assert [frame[4:] for frame in frames] == messages
    assert {frame[:4] for frame in frames} == {b"\x82\x7e" + struct.pack("!H", 50_000)}


def test_a_client_that_reads_again_in_time_gets_the_cut_off_message_and_then_the_reason() -> None:
    pair = Pair()
    message = bytes(4_000_000)
    sender = gevent.spawn(pair.socket.send, message)
    while pair.socket.ending is None:
        gevent.sleep(0.01)
    data = pair.read_to_end()
    with pytest.raises(Ended, match="4408"):
        sender.get()
    assert data[10 : 10 + len(message)] == message
    closing = data[10 + len(message) :]
    assert closing[0] == 0x88
    assert struct.unpack("!H", closing[2:4])[0] == 4408
    assert closing[4:] == b"the client did not read for 0.1 s"


def test_a_client_that_never_reads_is_cut_off_and_the_sender_goes_on() -> None:
    pair = Pair()
    with pytest.raises(Ended, match="4408"):
        pair.socket.send(bytes(4_000_000))
    assert len(pair.read_to_end()) < 4_000_000


def test_the_first_close_decides() -> None:
    pair = Pair()
    pair.socket.close(CloseCode.TOKEN, "first")
    pair.socket.close(CloseCode.NORMAL, "second")
    assert pair.read_to_end() == b"\x88\x07" + struct.pack("!H", 4401) + b"first"
    with pytest.raises(Ended, match="4401 by server: first"):
        pair.socket.send("too late")
    with pytest.raises(Ended):
        pair.socket.receive()


def test_a_long_reason_is_cut_between_characters() -> None:
    pair = Pair()
    pair.socket.close(CloseCode.TOKEN, "ä" * 100)
    assert pair.read_to_end()[4:].decode() == "ä" * 61


@pytest.mark.parametrize(
    ("payload", "echo"), [(b"", 1000), (struct.pack("!H", 1001) + b"bye", 1001), (struct.pack("!H", 999), 1000)]
)
def test_a_clients_close_is_answered(payload: bytes, echo: int) -> None:
    pair = Pair()
    pair.client.sendall(masked(8, payload))
    with pytest.raises(Ended, match="by client"):
        pair.socket.receive()
    assert pair.read_to_end() == b"\x88\x02" + struct.pack("!H", echo)


def test_a_client_that_was_cut_off_leaves_nothing_in_memory() -> None:
    """A cycle of references would keep its frames until the garbage collector comes by: megabytes a client."""
    gc.disable()
    try:
        pair = Pair()
        with contextlib.suppress(Ended):
            pair.socket.send(bytes(4_000_000))
        with contextlib.suppress(Ended):
            pair.socket.receive()
        socket = weakref.ref(pair.socket)
        pair.read_to_end()
        pair.socket.wait_closed()
        del pair
        gevent.sleep(0)
        assert socket() is None
    finally:
        gc.enable()
