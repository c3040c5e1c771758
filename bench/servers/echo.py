"""The relay's server with one more address, `/echo`: what frames cost that go in and out again, and nowhere else.

gunicorn imports this in websocket_server/: `gunicorn --pythonpath ../bench/servers echo:app`
"""

from importlib import import_module
from typing import Any

app = import_module("main").app
Ended = import_module("relay.websocket").Ended


@app.extensions["relay"].sockets.route("/echo")  # type: ignore[untyped-decorator]
def echo(socket: Any) -> None:
    try:
        while True:
            socket.send(bytes(socket.receive()))
    except Ended:
        socket.wait_closed()
