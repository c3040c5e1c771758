import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from relay.model import InstanceRefused, Model
from relay.options import Options
from relay.prediction import ModelUnavailable, PredictionClient
from relay.settings import PredictionSettings, SettingsError
from tests.websocket_server.doubles import ALICE, JPEG, PredictionServer, Server, b64, id_of

NAMES = {"ml": "projects/p/models/m/versions/v", "aiplatform": "projects/p/locations/l/endpoints/e"}


def client_of(model: PredictionServer, service: str = "ml", timeout_s: float = 10) -> PredictionClient:
    return PredictionClient(PredictionSettings(model.url, service, NAMES[service], "anonymous", timeout_s))


def test_a_model_that_is_not_there_is_unreachable(model: PredictionServer) -> None:
    client = client_of(model)
    model.stop()
    with pytest.raises(ModelUnavailable, match="cannot be reached") as raised:
        client.predict([{"describe": True}], {})
    assert raised.value.code == "model_unreachable"
    model.start()
    assert client.predict([{"describe": True}], {})[0]["model"]["name"] == "double"


@pytest.mark.parametrize("service", NAMES)
def test_both_shapes_of_the_api_reach_the_model(model: PredictionServer, service: str) -> None:
    client_of(model, service).predict([{"describe": True}], {"opacity": 1})
    assert model.paths == [f"/v1/{NAMES[service]}:predict?alt=json"]
    assert model.parameters == [{"opacity": 1}]


@pytest.mark.parametrize(
    ("status", "code"), [(400, "model_error"), (403, "model_error"), (404, "model_error"), (429, "model_busy"),
                         (500, "model_unreachable"), (503, "model_busy")],
)  # fmt: skip
def test_a_status_becomes_an_error_for_people(model: PredictionServer, status: int, code: str) -> None:
    client = client_of(model)
    model.status = status
    with pytest.raises(ModelUnavailable) as raised:
        client.predict([{}], {})
    assert raised.value.code == code
    assert model.url not in raised.value.message


@pytest.mark.parametrize("body", [b"", b"<html>", [], {}, {"predictions": 5}, {"predictions": []}, {"predictions": ["x"]}])
def test_a_reply_of_another_shape_is_an_error(model: PredictionServer, body: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "post", lambda path, given: (200, body))
    with pytest.raises(ModelUnavailable) as raised:
        client_of(model).predict([{}], {})
    assert raised.value.code == "model_error"


def test_a_kept_connection_that_broke_is_replaced(model: PredictionServer) -> None:
    client = client_of(model)
    for _ in range(3):
        client.predict([{"describe": True}], {})
        model.stop()
        model.start()


def test_a_model_that_hangs_is_given_up(model: PredictionServer) -> None:
    model.delay_s = 2
    with pytest.raises(ModelUnavailable):
        client_of(model, timeout_s=0.2).predict([{"image": b64(JPEG)}], {})


def test_a_swap_carries_everything_there_and_back(model: PredictionServer) -> None:
    source = id_of(ALICE)
    swapped = Model(client_of(model), mark=True).swap(
        memoryview(JPEG), 5.0, "earlier", Options(source, {"2": None}, {"opacity": 0.5}), {source: [b64(ALICE)]}
    )
    assert swapped.jpeg.startswith(b"\xff\xd8 swapped to")
    assert (swapped.state, swapped.routine_us, len(swapped.faces)) == ("after 5", 3500, 1)
    sent = model.instances[-1]
    assert sent["image"] == b64(JPEG)
    assert (sent["source"], sent["assign"], sent["state"], sent["time_ms"]) == (source, {"2": None}, "earlier", 5.0)
    assert model.parameters[-1] == {"opacity": 0.5, "mark": True}


def test_how_the_mark_looks_is_the_operators_whatever_a_client_says(model: PredictionServer) -> None:
    look = {"mark_position": "upper-left", "mark_text": "KI"}
    options = Options(None, {}, {"mark": False, "mark_text": "me"})
    Model(client_of(model), mark=True, mark_look=look).swap(memoryview(JPEG), 0.0, None, options)
    assert model.parameters[-1] == {"mark": True, **look}


def test_a_refused_instance_says_what_is_missing(model: PredictionServer) -> None:
    with pytest.raises(InstanceRefused) as raised:
        Model(client_of(model), mark=True).swap(memoryview(JPEG), 0.0, None, Options("s"))
    assert (raised.value.code, raised.value.missing) == ("source_unknown", ("s",))


@pytest.mark.parametrize("state", [5, "x" * 5000])
def test_a_state_that_is_none_is_not_handed_on(model: PredictionServer, state: object) -> None:
    model.swap_answer = lambda instance: {**model.swap(instance), "state": state}
    assert Model(client_of(model), mark=True).swap(memoryview(JPEG), 0.0, None, Options(None)).state is None


class TokenServer(Server):
    """Where a service account gets its access tokens."""

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        return 200, {"access_token": "the-access-token", "expires_in": 3600, "token_type": "Bearer"}


@pytest.fixture
def service_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = TokenServer()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    account = {
        "type": "service_account",
        "client_email": "relay@tests",
        "token_uri": f"{server.url}/token",
        "private_key": pem.decode(),
        "project_id": "p",
    }
    (tmp_path / "account.json").write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
    yield
    server.stop()


@pytest.mark.usefixtures("service_account")
def test_in_a_cloud_calls_are_signed_with_the_default_credentials(model: PredictionServer) -> None:
    client = PredictionClient(PredictionSettings(model.url, "aiplatform", NAMES["aiplatform"], "google", 10))
    for _ in range(2):
        client.predict([{"describe": True}], {})
    assert model.authorizations == ["Bearer the-access-token"] * 2


def test_a_cloud_without_credentials_is_said_at_start(
    model: PredictionServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    with pytest.raises(SettingsError, match="PREDICTION_AUTH is google"):
        PredictionClient(PredictionSettings(model.url, "ml", NAMES["ml"], "google", 10))
