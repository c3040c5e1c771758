"""Every setting of the relay, read from the environment in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from relay.keys import KeyUnavailable, read_key

SERVICES = {"ml": "projects/local/models/faceswap", "aiplatform": "projects/local/locations/local/endpoints/faceswap"}
AUTHS = ("anonymous", "google")
MARK_POSITIONS = ("lower-right", "lower-left", "upper-right", "upper-left")
MARK_LETTERS = 24
BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class SettingsError(Exception):
    """The message names the variable, what it holds and what it may hold."""


@dataclass(frozen=True)
class PredictionSettings:
    """Where the model is. `service` is the API shape, `name` what the API calls the model or endpoint."""

    url: str
    service: str
    name: str
    auth: str
    timeout_s: float


@dataclass(frozen=True)
class Limits:
    """What one connection may take of memory and time."""

    start_s: float
    silence_s: float
    send_s: float
    frame_bytes: int


@dataclass(frozen=True)
class Settings:
    client_url: str
    stream_key: str
    service_key: str
    #: Origins whose pages may open a stream; empty for any.
    allowed_origins: frozenset[str]
    max_streams: int
    #: Whether the model marks what it swaps; never a client's choice.
    mark: bool
    #: `mark_position` and `mark_text` where they are set.
    mark_look: Mapping[str, str]
    prediction: PredictionSettings
    limits: Limits


def read_settings(environ: Mapping[str, str], key_folder: Path) -> Settings:
    """Raises SettingsError at the first value that cannot be used."""
    folder = Path(environ["KEY_DIR"]) if environ.get("KEY_DIR") else key_folder
    try:
        stream_key, service_key = (read_key(environ, name, folder) for name in ("STREAM_KEY", "SERVICE_KEY"))
    except KeyUnavailable as error:
        raise SettingsError(str(error)) from error
    service = _choice(environ, "PREDICTION_SERVICE", tuple(SERVICES), "ml")
    return Settings(
        client_url=_url(environ, "CLIENT_URL", "http://127.0.0.1:8000"),
        stream_key=stream_key,
        service_key=service_key,
        allowed_origins=_origins(environ),
        max_streams=int(_number(environ, "MAX_STREAMS", 64, least=1)),
        mark=_boolean(environ, "MARK", True),
        mark_look=_mark_look(environ),
        prediction=PredictionSettings(
            url=_url(environ, "PREDICTION_URL", "http://127.0.0.1:8080"),
            service=service,
            name=environ.get("PREDICTION_NAME") or SERVICES[service],
            auth=_choice(environ, "PREDICTION_AUTH", AUTHS, "anonymous"),
            timeout_s=_number(environ, "PREDICTION_TIMEOUT", 10),
        ),
        limits=Limits(
            start_s=_number(environ, "START_SECONDS", 10),
            silence_s=_number(environ, "SILENCE_SECONDS", 30),
            send_s=_number(environ, "SEND_SECONDS", 5),
            frame_bytes=int(_number(environ, "MAX_FRAME_BYTES", 700_000, least=1024)),
        ),
    )


def _number(environ: Mapping[str, str], name: str, default: float, least: float = 0.05) -> float:
    text = environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value < 1e9:
        raise SettingsError(f"{name} is {text!r}: expected a number of at least {least:g}, such as {default:g}.")
    return value


def _boolean(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name) or str(default)
    if text.lower() not in BOOLEANS:
        raise SettingsError(f"{name} is {text!r}: expected true or false.")
    return BOOLEANS[text.lower()]


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    text = environ.get(name) or default
    if text not in choices:
        raise SettingsError(f"{name} is {text!r}: expected one of {', '.join(choices)}.")
    return text


def _mark_look(environ: Mapping[str, str]) -> Mapping[str, str]:
    look = {}
    if environ.get("MARK_POSITION"):
        look["mark_position"] = _choice(environ, "MARK_POSITION", MARK_POSITIONS, "")
    text = " ".join(environ.get("MARK_TEXT", "").split())
    if text:
        if len(text) > MARK_LETTERS or not (text.isascii() and text.isprintable()):
            raise SettingsError(
                f"MARK_TEXT is {text!r}: expected at most {MARK_LETTERS} printable ASCII characters, such as AI-generated."
            )
        look["mark_text"] = text
    return look


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name) or default
    if not _is_web_address(text):
        raise SettingsError(f"{name} is {text!r}: expected an address such as {default}.")
    return text.rstrip("/")


def _origins(environ: Mapping[str, str]) -> frozenset[str]:
    origins = frozenset(
        origin.strip().rstrip("/").lower() for origin in environ.get("ALLOWED_ORIGINS", "").split(",") if origin.strip()
    )
    for origin in origins - {"*"}:
        if not _is_web_address(origin):
            raise SettingsError(
                f"ALLOWED_ORIGINS has {origin!r}: expected origins such as https://swap.example, with commas between, or *."
            )
    return frozenset() if "*" in origins else origins


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
