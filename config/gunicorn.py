"""gunicorn's settings: `gunicorn -c config/gunicorn.py config.wsgi`."""

import gc
import os
from pathlib import Path
from typing import Any

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once, then forked: quicker to start, and the workers share the memory.
preload_app = True

# Below the proxy's limits; a request in progress may end when the server is stopped.
timeout = 30
graceful_timeout = 25
keepalive = 5

# A worker is renewed after a while, never all at once: no slow leak lasts.
max_requests = 10_000
max_requests_jitter = 2_000

# The heartbeat file must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# One line a request is written by core.middleware.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
# X-Forwarded-* is read by core.middleware, by TRUSTED_PROXIES.
forwarded_allow_ips = ""


def pre_fork(server: Any, worker: Any) -> None:
    """What is loaded is no garbage: without it a full collection holds nobody up for long."""
    gc.collect()
    gc.freeze()
