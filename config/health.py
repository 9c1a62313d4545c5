"""Whether a container does its work: `python -m config.health web`. Standard library only.

Asked every few seconds, so that it must not load Django. 0 is well, 1 is not.
"""

import os
import smtplib
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

WORKER_SIGN = "perron-worker-alive"
BEAT_SIGN = "beat-schedule"  # the file; Celery adds an ending of its own
WORKER_SECONDS = 60
# Celery's beat writes its schedule down every three minutes.
BEAT_SECONDS = 600


def web() -> bool:
    """Database, tables and disk are as the web needs them (core/probes.py)."""
    port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=4):
            return True
    except (OSError, urllib.error.URLError):
        return False


def worker() -> bool:
    """The worker's loop turns: config/celery.py touches the file at each of its beats."""
    return _young(Path(tempfile.gettempdir()) / WORKER_SIGN, WORKER_SECONDS)


def beat() -> bool:
    """Beat writes its schedule down."""
    schedules = Path(tempfile.gettempdir()).glob(f"{BEAT_SIGN}*")
    return any(_young(path, BEAT_SECONDS) for path in schedules)


def backup() -> bool:
    """The newest backup is not older than three of their intervals."""
    root = Path(os.environ.get("BACKUP_ROOT", ".var/backups"))
    every = int(os.environ.get("BACKUP_EVERY") or 900)
    return any(_young(path, 3 * every) for path in root.glob("[0-9]*Z"))


def mail() -> bool:
    """The mail catcher greets."""
    try:
        with smtplib.SMTP("127.0.0.1", 1025, timeout=4) as server:
            return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _young(path: Path, seconds: float) -> bool:
    try:
        return time.time() - path.stat().st_mtime < seconds
    except OSError:
        return False


CHECKS: dict[str, Callable[[], bool]] = {
    check.__name__: check for check in (web, worker, beat, backup, mail)
}


def main(arguments: list[str]) -> int:
    """One word: which container it is."""
    check = CHECKS.get(arguments[0]) if len(arguments) == 1 else None
    if check is None:
        sys.stderr.write(f"Write one of: {', '.join(CHECKS)}.\n")
        return 2
    return 0 if check() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
