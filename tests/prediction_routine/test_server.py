import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.footage import ROOT, carphone, jpeg
from tests.prediction_routine.conftest import b64, id_of
from tests.processes import free_port, gunicorn, running

FOLDER = ROOT / "prediction_routine"
FRAME = {"image": b64(jpeg(carphone(1)[0]))}


@pytest.fixture(scope="module")
def server(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    address = f"127.0.0.1:{free_port()}"
    environment = {"AIP_PREDICT_ROUTE": "/foo/predict", "AIP_HEALTH_ROUTE": "/foo/health", "AIP_STORAGE_URI": str(model_dir)}
    log = tmp_path_factory.mktemp("server") / "log"
    with running(gunicorn("-b", address, "server:app"), FOLDER, f"http://{address}/healthz", environment, log):
        yield f"http://{address}"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models/faceswap:predict",
        "/v1/projects/p/models/m:predict",
        "/v1/projects/p/models/m/versions/v1:predict",
        "/v1/projects/p/locations/europe-west4/endpoints/123:predict",
        "/foo/predict",
    ],
)
def test_every_url_shape_predicts(server: str, path: str) -> None:
    reply = requests.post(server + path, json={"instances": [{"describe": True}]}, timeout=30)
    assert reply.status_code == 200
    assert reply.json()["predictions"][0]["model"]["engines"] == ["mesh"]


@pytest.mark.parametrize("path", ["/healthz", "/foo/health", "/v1/models/faceswap"])
def test_every_health_route_answers(server: str, path: str) -> None:
    facts = {"mesh": {"harmoniser": True}}
    assert requests.get(server + path, timeout=30).json() == {"name": "faceswap", "ready": True, "engines": facts}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "null",
        "[]",
        "7",
        "{}",
        '{"instances": []}',
        '{"instances": {}}',
        '{"instances": [1], "parameters": []}',
        "\xff",
    ],
)
def test_a_body_of_another_shape_is_400_with_what_was_expected(server: str, body: str) -> None:
    reply = requests.post(f"{server}/v1/models/faceswap:predict", data=body.encode("latin-1"), timeout=30)
    assert reply.status_code == 400
    assert "instances" in reply.json()["error"]


def test_a_body_over_the_limit_is_413_and_the_server_goes_on(server: str) -> None:
    body = json.dumps({"instances": [{"image": {"b64": "A" * 11_000_000}}]})
    reply = requests.post(f"{server}/v1/models/faceswap:predict", data=body, timeout=30)
    assert reply.status_code == 413
    assert "10000000 bytes" in reply.json()["error"]
    assert requests.get(f"{server}/healthz", timeout=30).ok


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/v1/models/faceswap:predict", 405)])
def test_other_requests_are_refused_in_json(server: str, method: str, path: str, status: int) -> None:
    reply = requests.request(method, server + path, timeout=30)
    assert reply.status_code == status
    assert reply.json()["error"]


def test_nan_in_the_body_is_a_bad_parameter(server: str) -> None:
    body = '{"instances": [{"describe": true}], "parameters": {"opacity": NaN}}'
    reply = requests.post(f"{server}/v1/models/faceswap:predict", data=body, timeout=30)
    assert reply.json()["predictions"][0]["error"]["code"] == "bad_parameter"


def test_a_frame_is_swapped_and_counted(server: str, astronaut: bytes) -> None:
    source = id_of(astronaut)
    prediction = predict(server, {**FRAME, "source": source, "source_images": {source: [b64(astronaut)]}})
    assert prediction["faces"][0]["source"] == source
    metrics = requests.get(f"{server}/metrics", timeout=30).text
    assert 'prediction_instances_total{outcome="ok"}' in metrics


def test_many_callers_at_once_each_get_their_own_answer(server: str, astronaut: bytes, hopper: bytes) -> None:
    photos = {id_of(photo): [b64(photo)] for photo in (astronaut, hopper)}
    answers: list[tuple[str, dict[str, Any]]] = []

    def call(source: str) -> None:
        for _ in range(5):
            answers.append((source, predict(server, {**FRAME, "source": source, "source_images": {source: photos[source]}})))

    threads = [threading.Thread(target=call, args=(source,)) for source in [*photos, *photos, *photos]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 30
    images = {source: {a["image"]["b64"] for s, a in answers if s == source} for source in photos}
    assert all(len(different) == 1 for different in images.values())
    assert not set.intersection(*images.values())


def test_bad_frames_by_the_hundred_leave_memory_flat(server: str) -> None:
    workers = [p for p in psutil.process_iter(["cmdline"]) if server.removeprefix("http://") in (p.info["cmdline"] or [])]
    bad = [{"image": b64(blob)} for blob in (b"x" * 200_000, jpeg(carphone(1)[0])[:9000], b"\xff\xd8\xff\xe0")]
    used = []
    for _ in range(4):
        for _ in range(40):
            assert all("error" in p for p in predict_all(server, bad))
        used.append(sum(p.memory_info().rss for p in workers))
    assert workers
    assert used[-1] - used[1] < 20_000_000


def predict(server: str, instance: dict[str, Any]) -> dict[str, Any]:
    return predict_all(server, [instance])[0]


def predict_all(server: str, instances: list[dict[str, Any]]) -> list[dict[str, Any]]:
    reply = requests.post(f"{server}/v1/models/faceswap:predict", json={"instances": instances}, timeout=60)
    return list(reply.json()["predictions"])
