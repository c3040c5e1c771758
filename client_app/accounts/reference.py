"""Turns the API's own description (OpenAPI) into what a page can list: operations by subject, their fields as rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Spec = Mapping[str, Any]
_DEPTH = 4


@dataclass(frozen=True)
class Row:
    """`name` says where the value is: `faces[].id`. `place` is `path`, `query` or empty."""

    name: str
    type: str
    required: bool
    description: str
    place: str = ""


@dataclass(frozen=True)
class Content:
    media_type: str
    description: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Answer:
    status: str
    description: str
    contents: tuple[Content, ...]


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Row, ...]
    bodies: tuple[Content, ...]
    answers: tuple[Answer, ...]
    refusals: tuple[Answer, ...]  # beyond those of every call


@dataclass(frozen=True)
class Section:
    name: str
    description: str
    operations: tuple[Operation, ...]


def refusals_of_every_call(spec: Spec) -> tuple[Answer, ...]:
    """Those that the operations only refer to."""
    reader = _Reader(spec)
    shared = {
        status: reader.answer(status, answer)
        for methods in spec["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if "$ref" in answer
    }
    return tuple(shared[status] for status in sorted(shared))


def sections(spec: Spec) -> tuple[Section, ...]:
    """In the order of the description's tags; an operation of no listed tag would be missed, so there is none."""
    reader = _Reader(spec)
    operations = [
        (operation["tags"][0], reader.operation(method, path, operation))
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    ]
    return tuple(
        Section(tag["name"], tag["description"], tuple(operation for name, operation in operations if name == tag["name"]))
        for tag in spec["tags"]
    )


@dataclass(frozen=True)
class _Reader:
    spec: Spec

    def operation(self, method: str, path: str, operation: Spec) -> Operation:
        answers = [self.answer(status, answer) for status, answer in operation["responses"].items() if "$ref" not in answer]
        return Operation(
            anchor=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            description=operation.get("description", ""),
            parameters=tuple(self._parameter(parameter) for parameter in operation["parameters"]),
            bodies=self._contents(operation.get("requestBody", {})),
            answers=tuple(answer for answer in answers if answer.status < "4"),
            refusals=tuple(answer for answer in answers if answer.status >= "4"),
        )

    def _parameter(self, parameter: Spec) -> Row:
        schema = parameter["schema"]
        return Row(
            parameter["name"], self._type(schema), parameter["required"], parameter.get("description", ""), parameter["in"]
        )

    def answer(self, status: str, answer: Spec) -> Answer:
        answer = self._resolved(answer)
        return Answer(status, answer["description"], self._contents(answer))

    def _contents(self, holder: Spec) -> tuple[Content, ...]:
        return tuple(
            Content(media_type, self._described(content["schema"]), tuple(self._rows(content["schema"], "", _DEPTH)))
            for media_type, content in holder.get("content", {}).items()
        )

    def _rows(self, schema: Spec, prefix: str, depth: int) -> Iterator[Row]:
        schema = self._inner(schema)
        if schema.get("type") == "array":
            yield from self._rows(schema.get("items", {}), f"{prefix}[]", depth)
            return
        required = schema.get("required", [])
        for name, field in schema.get("properties", {}).items() if depth else ():
            place = f"{prefix}.{name}" if prefix else name
            described = field.get("description") or self._resolved(field).get("description", "")
            yield Row(place, self._type(field), name in required, described)
            yield from self._rows(field, place, depth - 1)

    def _described(self, schema: Spec) -> str:
        return str(self._inner(schema).get("description", ""))

    def _type(self, schema: Spec) -> str:
        if "anyOf" in schema:
            return " or ".join(self._type(choice) for choice in schema["anyOf"])
        schema = self._resolved(schema)
        if "enum" in schema:
            return " | ".join(f'"{value}"' for value in schema["enum"])
        if "const" in schema:
            return f'"{schema["const"]}"'
        if schema.get("type") == "array":
            return f"list of {self._type(schema.get('items') or schema.get('prefixItems', [{}])[0])}"
        return str(schema.get("format") or schema.get("type") or "any")

    def _inner(self, schema: Spec) -> Spec:
        """The one of several choices that has fields of its own."""
        choices = [self._resolved(choice) for choice in schema.get("anyOf", ())]
        return next((choice for choice in choices if choice.get("type") in ("object", "array")), self._resolved(schema))

    def _resolved(self, schema: Spec) -> Spec:
        reference = schema.get("$ref")
        if reference is None:
            return schema
        node: Any = self.spec
        for step in re.split("/", reference.removeprefix("#/")):
            node = node[step]
        resolved: Spec = node
        return resolved
