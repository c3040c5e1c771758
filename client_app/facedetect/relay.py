"""The WebSocket server as this tier knows it: its address, and the two things it does for us."""

import base64
import binascii
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from facedetect.errors import ApiError

CONNECT_SECONDS = 3.0
PREPARE_SECONDS = 30.0
REVOKE_SECONDS = 3.0
MODEL_SECONDS = 10.0
# What the model says of a photo, as opposed to what goes wrong on the way to it.
PHOTO_FAULTS = frozenset(
    {
        "bad_image",
        "image_too_large",
        "bad_source",
        "no_face_in_source",
        "face_too_small",
        "face_too_blurred",
        "face_turned_away",
        "eyes_hidden",
    }
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RelayAddress:
    """Where a browser finds the relay; `base` is http(s) without a slash at its end."""

    base: str

    @property
    def stream(self) -> str:
        return f"ws{self.base.removeprefix('http')}/stream"

    @property
    def health(self) -> str:
        return f"{self.base}/healthz"

    @property
    def origins(self) -> tuple[str, str]:
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}", f"ws{parts.scheme.removeprefix('http')}://{parts.netloc}"


def address_for_page(request: HttpRequest) -> RelayAddress:
    """RELAY_URL, or the relay's port on the host name the visitor used, so that a phone on the same network finds it."""
    if settings.RELAY_URL:
        return RelayAddress(settings.RELAY_URL)
    host, _ = split_domain_port(request.get_host())
    return RelayAddress(f"{request.scheme}://{host}:{settings.RELAY_PORT}")


def address_for_server() -> RelayAddress:
    """As a process of this server reaches it that answers no request; without RELAY_URL it is this machine's."""
    return RelayAddress(settings.RELAY_URL or f"{'https' if settings.HTTPS else 'http'}://127.0.0.1:{settings.RELAY_PORT}")


@dataclass(frozen=True)
class Prepared:
    """What the model made of photos that will do: its remarks, the face as it crops it (a JPEG, or empty), and of the face in
    each photo its embedding (none where the model gives none)."""

    reasons: list[dict[str, str]]
    crop: bytes = b""
    embeddings: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Relay:
    """The relay's side entrance, opened by the service key. `base` is its address as seen from this server."""

    base: str
    service_key: str

    def prepare(self, source: str, photos: Sequence[bytes]) -> Prepared:
        """Has the model look at the photos; of a trained person, who has none, at what it knows of them.

        Raises:
            ApiError: 422 where the photos will not do, 503 where the relay or the model cannot be reached.
        """
        images = [{"b64": base64.b64encode(photo).decode("ascii")} for photo in photos]
        body = {"source": source, "source_images": {source: images} if images else {}}
        try:
            response = self._post("/prepare", body, PREPARE_SECONDS)
            answer = response.json()
        except (requests.RequestException, ValueError) as error:
            _log.warning("the relay at %s could not check a photo: %s", self.base, error)
            raise _unreachable("The photo could not be checked, because the relay does not answer.") from error
        return _prepared(answer, response.status_code)

    def model(self) -> dict[str, Any]:
        """What the model says of itself.

        Raises:
            ApiError: 503 where the relay or the model cannot be reached.
        """
        try:
            answer = requests.get(
                f"{self.base}/healthz", timeout=(CONNECT_SECONDS, MODEL_SECONDS), allow_redirects=False
            ).json()
            model: dict[str, Any] = answer["model"]
            reachable = model.get("reachable")
        except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
            _log.warning("the relay at %s did not say how the model is: %s", self.base, error)
            raise _unreachable("The relay does not answer.") from error
        if not reachable:
            raise _unreachable("The model does not answer.")
        return model

    def revoke(self, source: str) -> None:
        """Ends the source's streams as far as the relay can be reached; one that is down has none."""
        try:
            response = self._post("/revoke", {"source": source}, REVOKE_SECONDS)
            response.raise_for_status()
        except requests.RequestException as error:
            _log.warning("the relay at %s was not told that source %s is gone: %s", self.base, source[:8], error)

    def _post(self, path: str, body: dict[str, Any], seconds: float) -> requests.Response:
        return requests.post(
            f"{self.base}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.service_key}"},
            timeout=(CONNECT_SECONDS, seconds),
            allow_redirects=False,
        )


def relay_for(request: HttpRequest | None = None) -> Relay:
    """Without RELAY_URL the relay is this machine's, and speaks TLS when this server does."""
    if request is None:
        return Relay(address_for_server().base, settings.SERVICE_KEY)
    return Relay(settings.RELAY_URL or f"{request.scheme}://127.0.0.1:{settings.RELAY_PORT}", settings.SERVICE_KEY)


def _unreachable(message: str) -> ApiError:
    return ApiError(503, "relay_unreachable", f"{message} Try again in a moment.")


def _prepared(answer: Any, status: int) -> Prepared:
    if not isinstance(answer, dict):
        raise _unreachable("The relay answered something that is not understood.")
    if status in (401, 403):
        _log.error("the relay refused the service key; SERVICE_KEY must be the same for both servers")
        raise _unreachable("The relay refused this server.")
    error = answer.get("error")
    if isinstance(error, dict) and error.get("code") in PHOTO_FAULTS:
        raise ApiError(422, error["code"], str(error.get("message", "The photo cannot be used.")))
    source = answer.get("source")
    if not isinstance(source, dict) or status != 200:
        _log.warning("the relay answered /prepare with %s: %.300s", status, answer)
        raise _unreachable("The photo could not be checked, because the model does not answer.")
    reasons = [
        {"code": str(reason.get("code", "")), "message": str(reason.get("message", ""))}
        for reason in source.get("reasons") or []
        if isinstance(reason, dict)
    ]
    if source.get("ok") is not True:
        message = " ".join(reason["message"] for reason in reasons) or "No face was found in the photo."
        raise ApiError(422, reasons[0]["code"] if reasons else "no_face_in_source", message)
    return Prepared(reasons, _crop(source.get("crop")), _embeddings(source))


def _crop(told: Any) -> bytes:
    try:
        return base64.b64decode(told["b64"], validate=True)
    except (TypeError, KeyError, binascii.Error):
        return b""


def _embeddings(source: dict[str, Any]) -> tuple[tuple[float, ...], ...]:
    try:
        embeddings = tuple(tuple(float(number) for number in embedding) for embedding in source["embeddings"])
        return embeddings if all(math.isfinite(number) for embedding in embeddings for number in embedding) else ()
    except (TypeError, KeyError, ValueError):
        return ()
