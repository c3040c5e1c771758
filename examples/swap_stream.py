"""A live stream: JPEG frames out, swapped JPEG frames back. docs/protocol.md has every message."""

import json
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import websocket

FRAME = struct.Struct(">BBHId")
ANSWER = struct.Struct(">BBHIdII")
VERSION, SENT, SWAPPED = 1, 1, 2
PATIENCE_SECONDS = 30


class StreamEnded(Exception):
    """The reason, as the server gave it."""


@dataclass(frozen=True)
class Swapped:
    """`delay`: seconds from sending the frame to having it back."""

    jpeg: bytes
    faces: int
    delay: float


class SwapStream:
    """`delivery`: `live` leaves frames out where the model is slow, `all` leaves out none."""

    def __init__(self, url: str, token: str, delivery: str, options: dict[str, Any]) -> None:
        self._socket = websocket.create_connection(url, timeout=PATIENCE_SECONDS)
        self._number = 0
        self._unanswered = 0
        self._say({"type": "start", "protocol": VERSION, "token": token, "delivery": delivery, "options": options})
        self._window = int(self._wait_for_ready()["window"])

    def __enter__(self) -> "SwapStream":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()

    def swap(self, jpeg: bytes) -> Iterator[Swapped]:
        """Sends one frame; gives what has come back, as soon as there is room for the next."""
        self._socket.send_binary(FRAME.pack(VERSION, SENT, 0, self._number, time.monotonic() * 1000) + jpeg)
        self._number += 1
        self._unanswered += 1
        yield from self._answers(until=self._window - 1)

    def rest(self) -> Iterator[Swapped]:
        """What is still on its way."""
        yield from self._answers(until=0)

    def _answers(self, until: int) -> Iterator[Swapped]:
        while self._unanswered > until:
            message = self._receive()
            if isinstance(message, dict):
                continue
            self._unanswered -= 1
            _, kind, faces, _, clock, _, _ = ANSWER.unpack_from(message)
            if kind == SWAPPED:
                yield Swapped(message[ANSWER.size :], faces, time.monotonic() - clock / 1000)

    def _wait_for_ready(self) -> dict[str, Any]:
        while True:
            message = self._receive()
            if isinstance(message, dict) and message["type"] == "ready":
                return message

    def _receive(self) -> dict[str, Any] | bytes:
        try:
            opcode, content = self._socket.recv_data()
        except (websocket.WebSocketException, OSError) as error:
            raise StreamEnded(f"the connection was lost ({error})") from error
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise StreamEnded(content[2:].decode(errors="replace") or "the server closed it")
        if opcode == websocket.ABNF.OPCODE_BINARY:
            return bytes(content)
        message: dict[str, Any] = json.loads(content)
        if message["type"] == "error":
            print(f"{message['code']}: {message['message']}")
        return message

    def _say(self, message: dict[str, Any]) -> None:
        self._socket.send(json.dumps(message))
