"""How gunicorn serves the application server; `PORT` is what App Engine hands in, `CLIENT_PORT` the local one."""

import os

# App Engine's front end reaches the instance from outside its loopback; a local server stays on its own machine.
bind = f"0.0.0.0:{os.environ['PORT']}" if os.environ.get("PORT") else f"127.0.0.1:{os.environ.get('CLIENT_PORT', '8000')}"

worker_class = "gthread"
workers = 1
threads = 8

# Preparing an uploaded photo waits for the relay, and the relay for the model.
timeout = 60
graceful_timeout = 5

# Two gunicorns on one machine would share the default control socket.
control_socket_disable = True
