"""gunicorn reads this by itself when started in this folder: `gunicorn server:app`."""

import ctypes
import os
import platform

bind = f"0.0.0.0:{os.environ['AIP_HTTP_PORT']}" if "AIP_HTTP_PORT" in os.environ else "127.0.0.1:8080"
# A worker is a process with a model of its own; its threads each have their own interpreters, and the swap's heavy parts
# run without the interpreter lock, so that health is answered while a source is prepared.
workers = int(os.environ.get("PREDICTION_WORKERS", "1"))
worker_class = "gthread"
threads = 4
keepalive = 75
timeout = 60
# Several tiers on one machine would share gunicorn's control socket.
control_socket_disable = True

# glibc moves this bound up to 32 MB by itself; what the identity network frees would then stay with the process.
MALLOPT_MMAP_THRESHOLD = -3
if platform.libc_ver()[0] == "glibc":
    ctypes.CDLL(None).mallopt(MALLOPT_MMAP_THRESHOLD, 4_000_000)
