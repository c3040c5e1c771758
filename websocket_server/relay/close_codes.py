"""Why a stream ends: the close codes of the protocol."""

from enum import IntEnum


class CloseCode(IntEnum):
    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    NO_CODE = 1005
    LOST = 1006
    NOT_UTF8 = 1007
    INTERNAL = 1011
    RESTARTING = 1012
    TRY_LATER = 1013
    MALFORMED = 4400
    TOKEN = 4401
    TIMEOUT = 4408
    TOO_LARGE = 4413
    TOO_MANY_STREAMS = 4429


class Refusal(Exception):
    """What the client did ends its stream; the reason is for a person to read."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(f"{int(code)} {reason}")
        self.code = code
        self.reason = reason
