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
# NumPy's matrices are small here: more threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Several tiers on one machine would share gunicorn's control socket.
control_socket_disable = True

# glibc's allocator, told what suits frames. It moves the first bound up to 32 MB by itself, and what preparing a photo
# frees would then stay with the process; the second keeps what a frame of 1920x1080 takes at hand instead of asking the
# kernel for it with every frame, which is a fifth of its time; with an arena for each thread, each would keep such a
# remainder of its own.
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_ARENA_MAX = -3, -1, -8
if platform.libc_ver()[0] == "glibc":
    libc = ctypes.CDLL(None)
    libc.mallopt(M_MMAP_THRESHOLD, 4_000_000)
    libc.mallopt(M_TRIM_THRESHOLD, 32_000_000)
    libc.mallopt(M_ARENA_MAX, 1)
