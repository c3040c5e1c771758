"""What gunicorn's gevent worker serves with: the handshake put right, deadlines on plain HTTP, streams told of a restart."""

import base64
import binascii
import contextlib
import hashlib
import socket
from functools import partial
from typing import Any

import gevent
from geventwebsocket.handler import WebSocketHandler
from gunicorn.workers.ggevent import PyWSGIHandler, PyWSGIServer

from relay.assembly import Relay
from relay.websocket import StreamSocket

#: To send a request's body and take the response; its head (and before it the TLS handshake) has START_SECONDS.
RESPONSE_S = 60.0
WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def use_in(worker: Any, relay: Relay) -> None:
    """Makes gunicorn's worker class serve with the two classes below."""
    worker.wsgi_handler = staticmethod(partial(StreamHandler, relay))
    worker.server_class = staticmethod(partial(StreamServer, relay))


class StreamHandler(WebSocketHandler):  # type: ignore[misc]  # gevent-websocket has no types
    """One connection. gevent-websocket's handshake takes nonsense for a key and fails on its own refusals."""

    #: gunicorn's, so that its `--access-logfile` works.
    log_request = PyWSGIHandler.log_request

    def __init__(self, relay: Relay, sock: Any, address: Any, server: Any) -> None:
        super().__init__(sock, address, server)
        self._relay = relay
        self._deadline = gevent.spawn_later(relay.settings.limits.start_s, _hang_up, sock)

    def handle(self) -> None:
        sock = self.socket
        self.server.reading_heads.add(sock)
        try:
            super().handle()
        finally:
            self.server.reading_heads.discard(sock)
            self._deadline.kill(block=False)

    def handle_one_response(self) -> None:
        self.server.reading_heads.discard(self.socket)
        self._deadline.kill(block=False)
        self._deadline = gevent.spawn_later(RESPONSE_S, _hang_up, self.socket)
        super().handle_one_response()
        # A connection kept alive would hold up a restart, and the requests here are rare.
        self.close_connection = True

    def run_websocket(self) -> None:
        """Afterwards pywsgi would wait for the body that a client may have announced in its handshake."""
        try:
            super().run_websocket()
        finally:
            _hang_up(self.socket)

    def upgrade_websocket(self) -> list[bytes] | None:
        """None where Flask is to answer, or after a handshake; else the body of a refusal."""
        environ = self.environ
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return None
        if not self._relay.sockets.has_route(environ):
            return None
        if "upgrade" not in environ.get("HTTP_CONNECTION", "").lower() or self.request_version != "HTTP/1.1":
            return self._refuse("400 Bad Request", "A WebSocket handshake is HTTP/1.1 with the header Connection: Upgrade.")
        if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
            return self._refuse("426 Upgrade Required", "Expected Sec-WebSocket-Version: 13.", ("Sec-WebSocket-Version", "13"))
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip()
        if not _is_key(key):
            return self._refuse("400 Bad Request", "Sec-WebSocket-Key is not 16 bytes in base64.")
        if not self._relay.admits_origin(environ.get("HTTP_ORIGIN")):
            return self._refuse("403 Forbidden", "Pages of this origin may not open a stream here.")
        self._upgrade(key)
        return None

    def _upgrade(self, key: str) -> None:
        self._deadline.kill(block=False)
        self.websocket = StreamSocket(self.socket, self.rfile, self._relay.settings.limits)
        self.environ["wsgi.websocket"] = self.websocket
        accept = base64.b64encode(hashlib.sha1((key + WEBSOCKET_GUID).encode()).digest()).decode()
        headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        self.start_response("101 Switching Protocols", headers)

    def _refuse(self, status: str, message: str, *headers: tuple[str, str]) -> list[bytes]:
        body = f"{message}\n".encode()
        self.start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), *headers])
        return [body]


class StreamServer(PyWSGIServer):  # type: ignore[misc]  # gunicorn has no types
    """One listening socket."""

    def __init__(self, relay: Relay, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._relay = relay
        self.reading_heads: set[Any] = set()

    def wrap_socket_and_handle(self, client_socket: Any, address: Any) -> None:
        """TLS: a client that does not shake hands, or not with TLS, is hung up on without a trace in the log."""
        deadline = gevent.spawn_later(self._relay.settings.limits.start_s, _hang_up, client_socket)
        try:
            tls_socket = self.wrap_socket(client_socket, **self.ssl_args)
        except OSError:
            return
        finally:
            deadline.kill(block=False)
        with contextlib.closing(tls_socket):
            self.handle(tls_socket, address)

    def close(self) -> None:
        """gunicorn's first step of a graceful stop, before it waits for the connections to end."""
        super().close()
        self._relay.streams.close_all()
        for sock in self.reading_heads:
            _hang_up(sock)


def _hang_up(sock: Any) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
