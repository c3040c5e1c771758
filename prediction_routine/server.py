"""One WSGI `app` over ModelPrediction, speaking every URL shape under which a cloud calls a model."""

import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from gunicorn.errors import AppImportError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, RequestEntityTooLarge

from faceswap.model_folder import ModelFolderError
from Prediction import ModelPrediction

#: A Vertex AI dedicated endpoint takes requests of up to 10 MB.
MAX_BODY_BYTES = 10_000_000
PREDICT_ROUTES = (
    "/v1/models/<model>:predict",
    "/v1/projects/<project>/models/<model>:predict",
    "/v1/projects/<project>/models/<model>/versions/<version>:predict",
    "/v1/projects/<project>/locations/<location>/endpoints/<endpoint>:predict",
)
EXPECTED = 'expected {"instances": [...], "parameters": {...}}'


class Metrics:
    """What `/metrics` shows of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.predictions = Counter(
            "prediction_instances_total", "Instances by outcome: ok or the error's code", ["outcome"], registry=self.registry
        )
        self.seconds = Histogram(
            "prediction_request_seconds", "Time to answer one predict request", registry=self.registry,
            buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        )  # fmt: skip

    def count(self, predictions: list[dict[str, Any]], seconds: float) -> None:
        self.seconds.observe(seconds)
        for prediction in predictions:
            self.predictions.labels(prediction["error"]["code"] if "error" in prediction else "ok").inc()


def create_app(model: ModelPrediction) -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    metrics = Metrics()
    engines, forget_unused = model.engines, model.forget_unused

    def predict(**_: str) -> Response:
        instances, parameters = _read_body()
        start = time.perf_counter()
        predictions = model.predict(instances, **parameters)
        metrics.count(predictions, time.perf_counter() - start)
        return jsonify(predictions=predictions)

    def ready(model: str = "faceswap") -> Response:
        if ":" in model:  # a verb, as in `faceswap:predict`
            raise MethodNotAllowed(["POST"], f"ask {request.path} with POST")
        forget_unused()
        return jsonify(name=model, ready=True, engines=engines)

    for i, route in enumerate((*PREDICT_ROUTES, *_from_environment("AIP_PREDICT_ROUTE"))):
        app.add_url_rule(route, f"predict_{i}", predict, methods=["POST"])
    for i, route in enumerate(("/healthz", "/v1/models/<model>", *_from_environment("AIP_HEALTH_ROUTE"))):
        app.add_url_rule(route, f"health_{i}", ready, methods=["GET"])

    @app.get("/metrics")
    def show_metrics() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[Response, int]:
        message = error.description or error.name
        if isinstance(error, RequestEntityTooLarge):
            message = f"the body is larger than {MAX_BODY_BYTES} bytes; send fewer instances or smaller pictures"
        return jsonify(error=message), error.code or 500

    return app


def _from_environment(name: str) -> tuple[str, ...]:
    route = os.environ.get(name)
    return (route,) if route else ()


def _read_body() -> tuple[list[Any], dict[str, Any]]:
    """Instances and parameters; raises BadRequest, which is answered with status 400."""
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise BadRequest(f"the body is not a JSON object: {EXPECTED}")
    instances = body.get("instances")
    if not isinstance(instances, list) or not instances:
        raise BadRequest(f"instances is not a list of at least one instance: {EXPECTED}")
    parameters = body.get("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        raise BadRequest(f"parameters is not an object: {EXPECTED}")
    return instances, parameters or {}


def fetch_model_folder(uri: str) -> str:
    """A local folder as it is; of `gs://bucket/path`, a copy in a temporary folder."""
    if not uri.startswith("gs://"):
        return uri
    from google.cloud import storage  # only a container in the cloud has it, see Dockerfile

    bucket, _, prefix = uri.removeprefix("gs://").partition("/")
    folder = Path(tempfile.mkdtemp(prefix="model-"))
    for blob in storage.Client().list_blobs(bucket, prefix=prefix.rstrip("/") + "/"):
        if not blob.name.endswith("/"):
            blob.download_to_filename(folder / Path(blob.name).name)
    return str(folder)


def load_app() -> Flask:
    """The app over the model in AIP_STORAGE_URI, or in `model/` beside this file."""
    uri = os.environ.get("AIP_STORAGE_URI") or str(Path(__file__).parent / "model")
    try:
        model = ModelPrediction.from_path(fetch_model_folder(uri))
    except ModelFolderError as error:
        # gunicorn prints the message of this one without a trace and stops, instead of starting the worker again and again.
        raise AppImportError(f"The prediction server cannot start. {error}") from error
    logging.getLogger(__name__).info("model loaded from %s", uri)
    return create_app(model)


app = load_app()
