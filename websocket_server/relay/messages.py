"""Control messages: JSON objects with a `type`, as text."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relay.close_codes import CloseCode, Refusal
from relay.pacing import Delivery

PROTOCOL = 1


@dataclass(frozen=True)
class Start:
    token: str
    delivery: Delivery
    options: Mapping[str, Any]


@dataclass(frozen=True)
class ChangeOptions:
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Ping:
    pass


def read_message(text: str) -> Start | ChangeOptions | Ping:
    """Raises Refusal: 4401 for a start without a token, 4400 for anything else that is no message of the protocol."""
    message = _read_object(text)
    kind = message.get("type")
    if kind == "start":
        return _read_start(message)
    if kind == "options":
        return ChangeOptions(_options(message, "options"))
    if kind == "ping":
        return Ping()
    raise _malformed(f"message type {_shown(kind)}: expected start, options or ping")


def write_message(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields}, separators=(",", ":"))


def write_error(code: str, message: str, seq: int | None = None, option: str | None = None) -> str:
    """`seq` is that of the frame that it is about, `option` the name of the option, where it is about one."""
    about = {name: value for name, value in (("seq", seq), ("option", option)) if value is not None}
    return write_message("error", code=code, message=message, **about)


def _read_object(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        raise _malformed("a text message is a JSON object; this is not JSON") from None
    if not isinstance(message, dict):
        raise _malformed(f"a text message is a JSON object, not {type(message).__name__}")
    return message


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is no number in JSON")
    return value


def _read_start(message: Mapping[str, Any]) -> Start:
    protocol = message.get("protocol")
    if protocol != PROTOCOL or isinstance(protocol, bool):
        raise _malformed(f"start: protocol {_shown(protocol)}; this server speaks protocol {PROTOCOL}")
    delivery = message.get("delivery", Delivery.LIVE)
    if delivery not in tuple(Delivery):
        raise _malformed(f"start: delivery {_shown(delivery)}; expected live or all")
    token = message.get("token")
    if not isinstance(token, str) or not token:
        raise Refusal(CloseCode.TOKEN, "start: there is no session token; get one from the application server")
    return Start(token, Delivery(delivery), _options(message, "start"))


def _options(message: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    options = message.get("options", {})
    if not isinstance(options, dict):
        raise _malformed(f"{kind}: options {_shown(options)}; expected an object")
    return options


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 30 else f"{text[:30]}..."


def _malformed(reason: str) -> Refusal:
    return Refusal(CloseCode.MALFORMED, reason)
