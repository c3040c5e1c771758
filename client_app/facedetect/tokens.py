"""The session token: what the relay is shown to open a stream, and shows in turn to fetch the photos."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from facedetect.errors import ApiError

SALT = "stream.v1"
START_SECONDS = 300


@dataclass(frozen=True)
class Grant:
    """Whose faces they are. The relay counts streams by `sid`: the visitor's, or that of a job which swaps a file for them."""

    visitor: str
    sources: tuple[str, ...]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.STREAM_KEY, salt=SALT)


def issue(visitor: str, sources: Sequence[str]) -> str:
    return str(_serializer().dumps({"sid": visitor, "sources": list(sources), "limits": {}}))


def issue_for_job(visitor: str, sources: Sequence[str], job: str, streams: int) -> str:
    """The job's streams are counted by themselves, so that they leave the visitor's own for the camera."""
    payload = {"sid": job, "visitor": visitor, "sources": list(sources), "limits": {"streams": streams}}
    return str(_serializer().dumps(payload))


def read(token: str) -> Grant:
    """The grant in a token that tier 1 signed within the length of a visit.

    A token opens a stream for five minutes, which the relay checks. Photos may be fetched later: a stream lasts longer,
    and a new replica of the model, or the relay's own bounded cache, needs them again.
    """
    try:
        payload = _serializer().loads(token, max_age=settings.SOURCE_HOURS * 3600)
        visitor = str(payload.get("visitor", payload["sid"]))
        return Grant(visitor, tuple(str(source) for source in payload["sources"]))
    except SignatureExpired as error:
        raise unauthorised("The session token has expired; ask for a new one with POST /api/sessions.") from error
    except (BadSignature, KeyError, TypeError, AttributeError) as error:
        raise unauthorised("The session token is not one that this server gave out.") from error


def unauthorised(message: str) -> ApiError:
    return ApiError(401, "bad_token", message, {"WWW-Authenticate": "Bearer"})
