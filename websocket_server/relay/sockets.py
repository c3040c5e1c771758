"""Flask-Sockets on today's Flask.

Flask-Sockets 0.2.1 makes rules that Werkzeug no longer matches for a WebSocket, and takes any KeyError of a handler for
"no such route".
"""

from collections.abc import Callable, Iterable
from typing import Any

import flask_sockets
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule


class Sockets(flask_sockets.Sockets):  # type: ignore[misc]  # Flask-Sockets has no types
    """As in its documentation: `@sockets.route("/echo")` on a function of the socket."""

    def init_app(self, app: Flask) -> None:
        app.wsgi_app = _Middleware(app.wsgi_app, app, self)  # type: ignore[method-assign]

    def add_url_rule(self, rule: str, _endpoint: str | None, handler: Callable[..., None], **options: Any) -> None:
        self.url_map.add(Rule(rule, endpoint=handler, websocket=True, **options))

    def has_route(self, environ: dict[str, Any]) -> bool:
        return self.match(environ) is not None

    def match(self, environ: dict[str, Any]) -> tuple[Callable[..., None], dict[str, Any]] | None:
        try:
            handler, values = self.url_map.bind_to_environ(environ).match(websocket=True)
        except HTTPException:
            return None
        return handler, values


class _Middleware(flask_sockets.SocketMiddleware):  # type: ignore[misc]
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        websocket = environ.get("wsgi.websocket")
        route = self.ws.match(environ) if websocket is not None else None
        if route is None:
            return self.wsgi_app(environ, start_response)  # type: ignore[no-any-return]
        handler, values = route
        with self.app.request_context(environ):
            handler(websocket, **values)
        return []
