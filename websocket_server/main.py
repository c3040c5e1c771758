"""The WebSocket server: `gunicorn -b 127.0.0.1:8001 -k flask_sockets.worker main:app`."""

import logging
import os
from pathlib import Path

import flask_sockets
from gunicorn.errors import AppImportError

from relay.http_server import use_in
from relay.settings import SettingsError, read_settings
from relay.web import create_app

logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logging.getLogger("relay").setLevel(logging.INFO)

try:
    app = create_app(read_settings(os.environ, Path(__file__).resolve().parent.parent / "var"))
except SettingsError as error:
    # gunicorn prints the message of this one without a trace and stops, instead of starting the worker again and again
    raise AppImportError(f"The relay cannot start. {error}") from error

use_in(flask_sockets.worker, app.extensions["relay"])
