"""The whole house for a test: web, worker, mail server, demonstration; real processes."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from config.engines import binaries
from config.engines.valkey import Valkey
from tests.demonstration import ROOT, Demonstration

PATIENCE_SECONDS = 150


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class House:
    """A running house on a database of its own."""

    folder: Path
    port: int
    environ: dict[str, str]
    broker: Valkey | None = None
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def url(self, path: str = "/", tenant: str = "berne") -> str:
        return f"http://{tenant}.localhost:{self.port}{path}"

    def manage(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environ,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def start(self, name: str, *command: str) -> None:
        self.commands[name] = command
        with (self.folder / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_worker(self) -> None:
        self.start("worker", "celery", "-A", "config.celery", "worker", "-c", "2")

    def kill(self, name: str, number: int = 9) -> None:
        part = self.parts.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(part.pid, number)
        part.wait(20)

    def look_after(self, ended: threading.Event) -> None:
        """Starts what died by itself anew, as `run.py` and every container host do.

        Celery 5.7's worker dies when Valkey goes while it holds a task.
        """
        while not ended.wait(0.5):
            for name, part in list(self.parts.items()):
                if part.poll() is not None and self.parts.get(name) is part:
                    self.start(name, *self.commands[name])

    def mails(self, to: str) -> list[Message]:
        """What has arrived for this address."""
        letters = [
            message_from_bytes(path.read_bytes())
            for path in sorted((self.folder / "mail").glob("*.eml"))
        ]
        return [letter for letter in letters if to in letter.get("X-Envelope-To", "")]


def until(true: object, what: str) -> None:
    """Waits until `true()`; there is no other sleep in the tests."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited in vain: {what}")
        time.sleep(0.3)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def own_broker() -> Valkey | None:
    """A Valkey that a test may stop; where there is none, the one of REDIS_URL."""
    program = binaries.valkey(Path(sys.prefix))
    if program is None:
        return None
    broker = Valkey(Path(tempfile.mkdtemp(prefix="perron-h-", dir="/tmp")), program)
    broker.start()
    return broker


@contextlib.contextmanager
def running_house(
    folder: Path, name: str, demonstration: Demonstration
) -> Iterator[House]:
    """Starts everything on a copy of the demonstration."""
    port, mail_port = free_port(), free_port()
    broker = own_broker()
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": demonstration.copy(name, folder / "files"),
        "DEMO": "1",
        "BIND": f"127.0.0.1:{port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "FILES_ROOT": str(folder / "files"),
        "STATIC_ROOT": str(demonstration.static),
        "LOG_FORMAT": "json",
        "WEB_CONCURRENCY": os.environ.get("WEB_CONCURRENCY", "1"),
        "WEB_THREADS": "8",
        **({"REDIS_URL": broker.url} if broker else {}),
    }
    environ.pop("SCHEME", None)
    environ.pop("PORT_SUFFIX", None)
    house = House(folder, port, environ, broker)
    ended = threading.Event()
    watching = threading.Thread(target=house.look_after, args=[ended], daemon=True)
    try:
        house.start(
            "mail",
            "config.launch.mailcatcher",
            "--port",
            str(mail_port),
            "--folder",
            str(folder / "mail"),
        )
        house.start("web", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi")
        house.start_worker()
        house.start(
            "beat", "celery", "-A", "config.celery", "beat", "-s", str(folder / "beat")
        )
        until(lambda: answers(f"http://127.0.0.1:{port}/ready"), "the web answers")
        watching.start()
        yield house
    finally:
        ended.set()
        if watching.is_alive():
            watching.join()
        for part in list(house.parts):
            house.kill(part)
        if broker:
            broker.stop()
