"""The API's description of itself, and what every call of it shares."""

import pytest
from django.test import Client


def test_it_describes_every_call_and_its_refusals(client: Client) -> None:
    description = client.get("/api/openapi.json").json()
    assert description["info"]["title"] == "Live Face Swap"
    assert set(description["paths"]["/api/sources"]) == {"get", "post"}
    form = description["paths"]["/api/sources"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["photos", "consent"]
    assert set(description["components"]["schemas"]["Problem"]["properties"]) == {"code", "message"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "it is empty"),
        ("{", "not JSON"),
        ("[]", "got list"),
        ("{}", "Expected either"),
        ('{"source": 7}', "source: Input should be a valid string"),
        ('{"sources": []}', "Expected 1 to 8 faces, got 0"),
        ('{"sources": ["a", {}]}', "sources.1: Input should be a valid string"),
    ],
)
@pytest.mark.django_db
def test_a_body_that_will_not_do_is_refused_with_the_reason(client: Client, body: str, said: str) -> None:
    response = client.post("/api/sessions", body, content_type="application/json")
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "bad_request"
    assert said in error["message"]
