"""The Flask app: the stream, and plain HTTP for the page, for tier 1 and for those who run it."""

import hmac
import logging
from typing import Any

import gevent
from flask import Flask, Request, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.exceptions import BadRequest, HTTPException, Unauthorized

from relay.assembly import Relay
from relay.health import Health
from relay.metrics import Metrics
from relay.model import InstanceRefused, Model
from relay.photos import PhotoStore
from relay.prediction import ModelUnavailable, PredictionClient
from relay.settings import Settings
from relay.sockets import Sockets
from relay.stream import Stream
from relay.streams import Streams
from relay.tokens import Tokens
from relay.websocket import StreamSocket

log = logging.getLogger(__name__)

#: Eight photos of 300 KB in base64, with room to spare.
MAX_BODY_BYTES = 10_000_000
CODES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    426: "websocket_only",
}


def create_app(settings: Settings) -> Flask:
    """The shared parts are `app.extensions["relay"]`."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    relay = app.extensions["relay"] = _assemble(settings, Sockets(app))
    _add_stream(app, relay)
    _add_public_routes(app, relay)
    _add_service_routes(app, relay)
    app.register_error_handler(HTTPException, _say_what_is_wrong)
    app.after_request(_close_connection)
    return app


def _assemble(settings: Settings, sockets: Sockets) -> Relay:
    streams = Streams(settings.max_streams)
    return Relay(
        settings=settings,
        sockets=sockets,
        tokens=Tokens(settings.stream_key),
        photos=PhotoStore(settings.client_url),
        model=Model(PredictionClient(settings.prediction), settings.mark, settings.mark_look),
        streams=streams,
        metrics=Metrics(lambda: streams.started),
    )


def _add_stream(app: Flask, relay: Relay) -> None:
    @relay.sockets.route("/stream")  # type: ignore[untyped-decorator]
    def stream(socket: StreamSocket) -> None:
        Stream(relay, socket).run(request.remote_addr or "-")

    @app.get("/stream")
    def explain_stream() -> Response:
        text = "This address speaks WebSocket, stream protocol version 1; the application server's page connects to it.\n"
        headers = {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        return Response(text, status=426, headers=headers, content_type="text/plain")


def _add_public_routes(app: Flask, relay: Relay) -> None:
    health = Health(relay.model)

    @app.get("/healthz")
    def healthz() -> Response:
        response = jsonify(**health.report(), streams=relay.streams.started)
        # The page is of another origin, and asks in order to say what is wrong.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(relay.metrics.registry), content_type=CONTENT_TYPE_LATEST)


def _add_service_routes(app: Flask, relay: Relay) -> None:
    """For tier 1 alone, which shows the service key."""

    @app.post("/prepare")
    def prepare() -> Response | tuple[Response, int]:
        _check_service_key(request, relay.settings.service_key)
        body = _body(request)
        photos = body.get("source_images")
        if not isinstance(photos, dict):
            raise BadRequest('source_images: expected {"<source id>": [{"b64": "..."}]}')
        try:
            return jsonify(source=relay.model.prepare(_source(body), photos))
        except InstanceRefused as error:
            return _error(error.code, error.message, 400)
        except ModelUnavailable as error:
            return _error(error.code, error.message, 503)

    @app.post("/revoke")
    def revoke() -> Response:
        _check_service_key(request, relay.settings.service_key)
        source = _source(_body(request))
        relay.photos.forget(source)
        closed = relay.streams.close_with_source(source)
        gevent.spawn(_forget, relay.model, source)
        return jsonify(closed=closed)


def _forget(model: Model, source: str) -> None:
    """Nobody waits for it: a model that cannot be reached, or does not know how, forgets the source by itself in time."""
    try:
        model.forget(source)
    except (InstanceRefused, ModelUnavailable) as error:
        log.info("the model was not told to forget source %.8s: %s", source, error)


def _check_service_key(given: Request, key: str) -> None:
    header = given.headers.get("Authorization", "")
    if not hmac.compare_digest(header.encode(), f"Bearer {key}".encode()):
        raise Unauthorized("this address is for the application server: expected Authorization: Bearer <service key>")


def _body(given: Request) -> dict[str, Any]:
    body = given.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body


def _source(body: dict[str, Any]) -> str:
    source = body.get("source")
    if not isinstance(source, str) or not source:
        raise BadRequest("source: expected a source id")
    return source


def _say_what_is_wrong(error: HTTPException) -> tuple[Response, int]:
    status = error.code or 500
    return _error(CODES.get(status, "http_error"), error.description or error.name, status)


def _error(code: str, message: str, status: int) -> tuple[Response, int]:
    return jsonify(error={"code": code, "message": message}), status


def _close_connection(response: Response) -> Response:
    response.headers["Connection"] = "close"
    return response
