"""What the relay asks of the model: to describe itself, to prepare a source, to swap a frame."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from relay.options import Options
from relay.prediction import ModelUnavailable, PredictionClient

Photos = list[dict[str, str]]
MAX_STATE_BYTES = 4096
MAX_NOTES, MAX_NOTE_LENGTH = 8, 300


class InstanceRefused(Exception):
    """The model was there, and would not have this instance."""

    def __init__(self, code: str, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.missing = missing


@dataclass(frozen=True)
class Note:
    code: str
    message: str


@dataclass(frozen=True)
class Swapped:
    """`routine_us`: microseconds within the prediction routine, by its own account; `notes`: what went otherwise than asked."""

    jpeg: bytes
    faces: list[dict[str, Any]]
    state: str | None
    routine_us: int
    notes: tuple[Note, ...] = ()


class Model:
    def __init__(self, client: PredictionClient, mark: bool, mark_look: Mapping[str, str] = MappingProxyType({})) -> None:
        """`mark_look`: where the operator would have the mark, and what it is to say, as far as it is not left to the model."""
        self._client = client
        self._operators = {"mark": mark, **mark_look}

    def describe(self) -> dict[str, Any]:
        """Raises ModelUnavailable, as all methods here do."""
        described = self._ask({"describe": True}).get("model")
        if not isinstance(described, dict) or not isinstance(described.get("parameters"), dict):
            raise ModelUnavailable("model_error", "the model does not say what it is and which parameters it has")
        return described

    def prepare(self, source: str, photos: Mapping[str, Photos]) -> dict[str, Any]:
        """Has the model hold the source; returns its `{"ok", "reasons", ...}`. Raises InstanceRefused too."""
        prepared = self._ask({"prepare": True, "source": source, "source_images": photos}).get("source")
        if not isinstance(prepared, dict):
            raise ModelUnavailable("model_error", "the model does not say whether it can use the source")
        return prepared

    def forget(self, source: str) -> None:
        """Has the replica that answers let go of what it made of the source. Raises InstanceRefused too."""
        self._ask({"forget": True, "source": source})

    def swap(
        self, jpeg: memoryview, clock_ms: float, state: str | None, options: Options, photos: Mapping[str, Photos] | None = None
    ) -> Swapped:
        """Raises InstanceRefused too; with code `source_unknown` it names the sources whose `photos` are to be sent along."""
        instance: dict[str, Any] = {
            "image": {"b64": binascii.b2a_base64(jpeg, newline=False).decode("ascii")},
            "source": options.source,
            "state": state,
            "time_ms": clock_ms,
        }
        if options.assign:
            instance["assign"] = options.assign
        if photos:
            instance["source_images"] = photos
        return _swapped(self._ask(instance, {**options.parameters, **self._operators}))

    def _ask(self, instance: dict[str, Any], parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        prediction = self._client.predict([instance], parameters or {})[0]
        error = prediction.get("error")
        if error is None:
            return prediction
        if not isinstance(error, dict):
            error = {"message": error}
        missing = error.get("missing")
        raise InstanceRefused(
            str(error.get("code", "model_error")),
            str(error.get("message", "the model gave no reason")),
            tuple(map(str, missing)) if isinstance(missing, list) else (),
        )


def _swapped(prediction: Mapping[str, Any]) -> Swapped:
    try:
        jpeg = binascii.a2b_base64(prediction["image"]["b64"])
        faces = [face for face in prediction.get("faces") or () if isinstance(face, dict)]
        state = prediction.get("state")
        timings = prediction.get("timings") or {}
        routine_us = int(1000 * sum(timings.values()))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelUnavailable("model_error", "the model's reply holds no picture") from error
    keeps_state = isinstance(state, str) and len(state) <= MAX_STATE_BYTES
    return Swapped(jpeg, faces, state if keeps_state else None, max(routine_us, 0), _notes(prediction.get("notes")))


def _notes(said: Any) -> tuple[Note, ...]:
    """Each once. What is no note is left out: the picture is there all the same."""
    notes = [
        Note(str(note.get("code", ""))[:MAX_NOTE_LENGTH], str(note.get("message", ""))[:MAX_NOTE_LENGTH])
        for note in (said if isinstance(said, list) else ())
        if isinstance(note, dict)
    ]
    return tuple(dict.fromkeys(notes))[:MAX_NOTES]
