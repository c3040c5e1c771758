"""What a client may set on its stream: the face, faces by id, and the parameters that the model lists."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jsonschema import Draft202012Validator

#: Set by the operator, see MARK, MARK_POSITION and MARK_TEXT.
FORBIDDEN = ("mark", "mark_position", "mark_text")
MAX_ASSIGNED = 64


class BadOption(Exception):
    """The message says which option, what came and what was expected; `option` is its name, cut to 40 characters."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option[:40]


@dataclass(frozen=True)
class Options:
    """`source` None leaves every face alone; `assign` overrides it by face id."""

    source: str | None
    assign: Mapping[str, str | None] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


class OptionRules:
    """Of one session: its sources, and the schemas that the model's describe gave."""

    def __init__(self, sources: Sequence[str], schemas: Mapping[str, Any]) -> None:
        self._sources = sources
        self._schemas = {name: schema for name, schema in schemas.items() if name not in FORBIDDEN}

    def default(self) -> Options:
        return Options(self._sources[0] if self._sources else None)

    def changed(self, options: Options, changes: Mapping[str, Any]) -> Options:
        """The options with all of the changes; raises BadOption and then none applies."""
        parameters = dict(options.parameters)
        for name, value in changes.items():
            if name == "source":
                options = replace(options, source=self._source(name, value))
            elif name == "assign":
                options = replace(options, assign=self._assign(value))
            else:
                parameters[name] = self._parameter(name, value)
        return replace(options, parameters=parameters)

    def _source(self, option: str, value: Any, place: str = "") -> str | None:
        if value is not None and value not in self._sources:
            expected = "expected one of those, or null"
            raise BadOption(option, f"{option}{place}: {_shown(value)} is none of this session's sources; {expected}")
        return value  # type: ignore[no-any-return]

    def _assign(self, value: Any) -> Mapping[str, str | None]:
        if not isinstance(value, dict) or len(value) > MAX_ASSIGNED:
            raise BadOption("assign", f"assign: expected an object of at most {MAX_ASSIGNED} face ids to source ids or null")
        return {face: self._source("assign", source, f" of face {face[:20]}") for face, source in value.items()}

    def _parameter(self, name: str, value: Any) -> Any:
        if name in FORBIDDEN:
            raise BadOption(name, f"{name}: only the operator of this server sets it")
        if name not in self._schemas:
            known = ", ".join(("source", "assign", *self._schemas))
            raise BadOption(name, f"{name[:40]}: there is no such option; there are {known}")
        error = next(iter(Draft202012Validator(self._schemas[name]).iter_errors(value)), None)
        if error is not None:
            raise BadOption(name, f"{name}: {error.message[:200]}")
        return value


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
