"""gunicorn reads this by itself when started in this folder: `gunicorn -k flask_sockets.worker main:app`."""

import os
from typing import Any

# App Engine's front end reaches the instance from outside its loopback; a local server stays on its own machine.
bind = f"0.0.0.0:{os.environ['PORT']}" if os.environ.get("PORT") else f"127.0.0.1:{os.environ.get('RELAY_PORT', '8001')}"
worker_class = "flask_sockets.worker"
# Stream limits, revocation and metrics live in the process: scale by instances, not by workers.
workers = 1
graceful_timeout = 8
# Several tiers on one machine would share gunicorn's control socket.
control_socket_disable = True


def worker_int(worker: Any) -> None:
    """Ctrl-C does not wait for the graceful shutdown, but the clients are told all the same."""
    app = getattr(worker, "wsgi", None)  # there is none yet while the worker starts
    if app is not None:
        app.extensions["relay"].streams.close_all()
