"""What a stream has the model do: hold the session's faces before it starts, swap a frame while it runs."""

from typing import Any

from relay.assembly import Relay
from relay.close_codes import CloseCode
from relay.frames import Frame
from relay.model import InstanceRefused, Photos, Swapped
from relay.options import Options
from relay.pacing import Work
from relay.photos import PhotosRefused, PhotosUnavailable, PhotosWrong
from relay.prediction import ModelUnavailable
from relay.tokens import Session

#: Identities that are part of the model's own folder: there are no photos of them.
NAMED_SOURCE = "model:"


class CannotServe(Exception):
    """The stream cannot go on: a close code, and the error message that goes before it."""

    def __init__(self, close_code: CloseCode, error: str, message: str) -> None:
        super().__init__(message)
        self.close_code = close_code
        self.error = error
        self.message = message


def warm(relay: Relay, session: Session) -> dict[str, Any]:
    """Has the model hold the session's sources; returns what it describes itself as. Raises CannotServe."""
    try:
        description = relay.model.describe()
        for source in session.sources:
            if not source.startswith(NAMED_SOURCE):
                _prepare(relay, source, session)
    except ModelUnavailable as error:
        relay.metrics.errors.labels(error.code).inc()
        raise CannotServe(CloseCode.TRY_LATER, error.code, error.message) from error
    except InstanceRefused as error:
        raise CannotServe(CloseCode.MALFORMED, error.code, error.message) from error
    except PhotosUnavailable as error:
        raise CannotServe(CloseCode.TRY_LATER, "faces_unreachable", str(error)) from error
    return description


def _prepare(relay: Relay, source: str, session: Session) -> None:
    prepared = relay.model.prepare(source, {source: _photos(relay, source, session)})
    if prepared.get("ok") is not True:
        reasons = [reason for reason in prepared.get("reasons") or () if isinstance(reason, dict)]
        first = reasons[0] if reasons else {}
        message = str(first.get("message", "the model gave no reason"))
        raise CannotServe(
            CloseCode.MALFORMED,
            str(first.get("code", "bad_source")),
            f"the model cannot use the face {source[:8]}: {message}",
        )


def swap_frame(relay: Relay, work: Work[Frame], options: Options, session: Session) -> Swapped:
    """Raises InstanceRefused, ModelUnavailable, PhotosUnavailable, CannotServe."""
    frame = work.frame
    try:
        return relay.model.swap(frame.jpeg, frame.clock_ms, work.state, options)
    except InstanceRefused as refused:
        if refused.code != "source_unknown" or not refused.missing or not set(refused.missing) <= set(session.sources):
            raise
        photos = {source: _photos(relay, source, session) for source in refused.missing}
        return relay.model.swap(frame.jpeg, frame.clock_ms, work.state, options, photos)


def _photos(relay: Relay, source: str, session: Session) -> Photos:
    try:
        return relay.photos.get(source, session)
    except PhotosRefused as error:
        raise CannotServe(CloseCode.TOKEN, "source_gone", str(error)) from error
    except PhotosWrong as error:
        raise CannotServe(CloseCode.MALFORMED, "bad_source", str(error)) from error
