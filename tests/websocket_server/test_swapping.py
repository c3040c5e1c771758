from dataclasses import dataclass
from typing import Any

import pytest

from relay.frames import Frame
from relay.metrics import Metrics
from relay.model import InstanceRefused, Model
from relay.options import Options
from relay.pacing import Work
from relay.photos import AGE_S, PhotoStore
from relay.prediction import PredictionClient
from relay.settings import PredictionSettings
from relay.swapping import CannotServe, swap_frame, warm
from relay.tokens import Session
from tests.websocket_server.conftest import Clock
from tests.websocket_server.doubles import ALICE, JPEG, ClientApp, PredictionServer, id_of, token


@dataclass
class Parts:
    """Of the relay, what swapping uses."""

    model: Model
    photos: PhotoStore
    metrics: Metrics


@pytest.fixture
def parts(model: PredictionServer, client_app: ClientApp, clock: Clock) -> Any:
    settings = PredictionSettings(model.url, "ml", "projects/p/models/m", "anonymous", 10)
    return Parts(Model(PredictionClient(settings), True), PhotoStore(client_app.url, clock), Metrics(lambda: 0))


WORK = Work(1, Frame(1, 0.0, memoryview(JPEG), 0.0), None, 0)


def alices() -> Session:
    """Made when it is used: a token does not last for as long as all tests take."""
    return Session("s", (id_of(ALICE),), 2, token(ALICE))


def test_a_session_without_sources_only_asks_what_the_model_is(parts: Any, model: PredictionServer) -> None:
    assert warm(parts, Session("s", (), 2, token()))["name"] == "double"
    assert model.instances == [{"describe": True}]


def test_an_identity_of_the_models_own_needs_no_photos(parts: Any, client_app: ClientApp) -> None:
    warm(parts, Session("s", ("model:someone",), 2, token()))
    assert client_app.asked == []


def test_the_photos_are_those_of_the_warm_up_as_long_as_they_are_kept(
    parts: Any, model: PredictionServer, client_app: ClientApp
) -> None:
    warm(parts, alices())
    model.held.clear()
    assert swap_frame(parts, WORK, Options(id_of(ALICE)), alices()).jpeg
    assert len(client_app.asked) == 1


def test_photos_that_may_no_longer_be_had_end_the_stream_with_4401(
    parts: Any, model: PredictionServer, client_app: ClientApp, clock: Clock
) -> None:
    warm(parts, alices())
    model.held.clear()
    clock.now = AGE_S
    client_app.status = 401
    with pytest.raises(CannotServe) as raised:
        swap_frame(parts, WORK, Options(id_of(ALICE)), alices())
    assert (raised.value.close_code, raised.value.error) == (4401, "source_gone")


def test_a_model_that_asks_for_a_face_outside_the_session_does_not_get_it(
    parts: Any, model: PredictionServer, client_app: ClientApp
) -> None:
    with pytest.raises(InstanceRefused, match="not held here"):
        swap_frame(parts, WORK, Options("another"), alices())
    assert client_app.asked == []


def test_a_model_that_never_holds_what_it_is_sent_is_asked_twice_and_no_more(parts: Any, model: PredictionServer) -> None:
    model.swap_answer = lambda instance: {
        "error": {"code": "source_unknown", "message": "not held here", "missing": [id_of(ALICE)]}
    }
    with pytest.raises(InstanceRefused):
        swap_frame(parts, WORK, Options(id_of(ALICE)), alices())
    assert len(model.swaps()) == 2
