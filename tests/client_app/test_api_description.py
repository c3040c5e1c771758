"""The API's description of itself, and that calls are answered as it says."""

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from tests.client_app.conftest import RelayDouble
from tests.client_app.test_sources import bring

Spec = dict[str, Any]
REFUSAL = {"$ref": "#/components/schemas/Refusal"}


@pytest.fixture
def spec(client: Client) -> Spec:
    described: Spec = client.get("/api/openapi.json").json()
    return described


def operations(spec: Spec) -> list[tuple[str, str, Spec]]:
    return [(method, path, operation) for path, methods in spec["paths"].items() for method, operation in methods.items()]


def resolved(spec: Spec, node: Spec) -> Spec:
    while "$ref" in node:
        *_, kind, name = node["$ref"].split("/")
        node = spec["components"][kind][name]
    return node


def answer_schema(spec: Spec, operation: Spec, status: int) -> Spec:
    """With the components at hand, so that references are found."""
    response = resolved(spec, operation["responses"][str(status)])
    return {**response["content"]["application/json"]["schema"], "components": spec["components"]}


def test_it_is_valid_openapi(spec: Spec) -> None:
    validate(spec)
    assert spec["openapi"].startswith("3.1")


def test_every_operation_has_a_name_a_subject_and_words(spec: Spec) -> None:
    names = [operation["operationId"] for *_, operation in operations(spec)]
    assert len(names) == len(set(names)) >= 8
    subjects = {tag["name"] for tag in spec["tags"]}
    for *_, operation in operations(spec):
        assert operation["summary"]
        assert set(operation["tags"]) <= subjects
    assert all(tag["description"] for tag in spec["tags"])


def test_every_operation_says_what_it_may_be_refused_for(spec: Spec) -> None:
    for method, path, operation in operations(spec):
        refusals = {status for status in operation["responses"] if status >= "4"}
        assert refusals >= {"400", "401", "403", "429", "500", "503"}, (method, path)
        for status in refusals:
            response = resolved(spec, operation["responses"][status])
            assert response["content"]["application/json"]["schema"] == REFUSAL, (method, path, status)
            assert response["description"]


def test_every_answer_says_what_it_is(spec: Spec) -> None:
    for method, path, operation in operations(spec):
        for status, response in operation["responses"].items():
            assert status == "204" or resolved(spec, response)["content"], (method, path, status)


def test_it_says_who_may_call(spec: Spec) -> None:
    schemes = spec["components"]["securitySchemes"]
    assert (schemes["ApiToken"]["type"], schemes["ApiToken"]["scheme"]) == ("http", "bearer")
    assert (schemes["Visit"]["in"], schemes["Visit"]["name"]) == ("cookie", "visit")
    assert spec["paths"]["/api/sources"]["get"]["security"] == [{"ApiToken": []}, {"Visit": []}]
    assert spec["paths"]["/api/sources/{source_id}/images"]["get"]["security"] == [{"SessionToken": []}]


@pytest.mark.django_db
def test_calls_are_answered_and_refused_as_described(client: Client, connected: RelayDouble, spec: Spec) -> None:
    connected.answer("/healthz", 200, {"ok": True, "model": {"reachable": True, **MODEL}})
    source = bring(client).json()
    for path, body in (
        ("/api/sources", None),
        ("/api/statement", None),
        ("/api/model", None),
        ("/api/health", None),
        ("/api/sessions", {"source": source["id"]}),
    ):
        method = "post" if body else "get"
        response = client.post(path, body, content_type="application/json") if body else client.get(path)
        OAS31Validator(answer_schema(spec, spec["paths"][path][method], response.status_code)).validate(response.json())
        refused = (
            client.get(path, headers={"authorization": "Bearer wrong"})
            if not body
            else client.post(path, body, content_type="application/json", headers={"authorization": "Bearer wrong"})
        )
        assert refused.status_code == 401
        OAS31Validator(answer_schema(spec, spec["paths"][path][method], 401)).validate(refused.json())


MODEL = {"name": "faceswap", "version": "1", "engines": ["mesh"], "parameters": {"opacity": {"type": "number"}}}


@pytest.mark.django_db
def test_the_model_is_told_as_the_relay_tells_it(client: Client, connected: RelayDouble) -> None:
    connected.answer("/healthz", 200, {"ok": True, "model": {"reachable": True, **MODEL}})
    assert client.get("/api/model").json() == MODEL


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer", [b"<html>", [], {}, {"model": None}, {"model": {"reachable": False, "message": "inner detail"}}]
)
def test_a_model_that_cannot_be_asked_is_a_503(client: Client, connected: RelayDouble, answer: object) -> None:
    connected.answer("/healthz", 200, answer)
    response = client.get("/api/model")
    assert (response.status_code, response.json()["error"]["code"]) == (503, "relay_unreachable")
    assert "inner detail" not in response.text


def test_the_page_for_developers_tells_all_of_it(client: Client, spec: Spec, db: None) -> None:
    page = client.get("/developers").text
    for method, path, operation in operations(spec):
        assert f'id="{operation["operationId"]}"' in page, (method, path)
        assert f"<code>{path}</code>" in page
        assert escape(operation["summary"]) in page
    assert "sources[].expires_at" in page
    assert "multipart/form-data" in page
