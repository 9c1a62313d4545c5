"""Real processes for tests of faults: a mail server that refuses, Valkey, Celery workers."""

import asyncio
import contextlib
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import quote

import kombu.pools
import pytest
from aiosmtpd.smtp import SMTP
from django.db import connection

from config.celery import app
from config.engines import binaries
from config.engines.valkey import Valkey
from core import tasks

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60
logging.getLogger("mail.log").setLevel(logging.ERROR)


def until(true: Callable[[], object], what: str) -> None:
    """Waits until `true()`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited in vain: {what}")
        time.sleep(0.02)


@dataclass
class MailServer:
    """Takes mails by SMTP, slowly if asked, and refuses some of them for the moment."""

    refusing: float = 0.0
    seconds: float = 0.0
    answer: str = "451 4.3.0 Not now"
    port: int = 0
    received: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        await asyncio.sleep(self.seconds)
        if self.chance.random() < self.refusing:
            self.refused += 1
            return self.answer
        mail = message_from_bytes(envelope.content)
        self.received[mail["Message-ID"]] += 1
        return "250 OK"

    def copies(self) -> int:
        """How many arrived more than once."""
        return sum(self.received.values()) - len(self.received)


@contextlib.contextmanager
def mail_server(**behaviour: Any) -> Iterator[MailServer]:
    """A mail server on a free port of this machine, in a thread of its own."""
    mails, ready = MailServer(**behaviour), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await loop.create_server(lambda: SMTP(mails, loop=loop), "127.0.0.1")
        mails.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        talking = [task for task in asyncio.all_tasks() if task is not main]
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)

    main = loop.create_task(serve())
    thread = threading.Thread(target=loop.run_until_complete, args=[main])
    thread.start()
    ready.wait(10)
    try:
        yield mails
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@contextlib.contextmanager
def valkey() -> Iterator[Valkey]:
    """A Valkey of one's own, to which also this process sends its wake-ups."""
    program = binaries.valkey(Path(sys.prefix))
    if program is None:
        pytest.skip("no Valkey on this machine")
    with tempfile.TemporaryDirectory(prefix="perron-t-", dir="/tmp") as folder:
        engine = Valkey(Path(folder), program)
        engine.start()
        before = app.conf.broker_url
        use_broker(engine.url.replace("unix://", "redis+socket://"))
        try:
            yield engine
        finally:
            use_broker(before)
            engine.stop()


def use_broker(url: str) -> None:
    """Lets this process send its tasks elsewhere."""
    kombu.pools.reset()
    app.conf.broker_url = url
    app._pool = None
    app.amqp._producer_pool = None
    tasks._quiet_until = 0.0


def database_url() -> str:
    """DATABASE_URL of the tests' database, for other processes."""
    at = connection.settings_dict
    who = quote(at["USER"] or "", safe="")
    if at["PASSWORD"]:
        who += ":" + quote(at["PASSWORD"], safe="")
    host = quote(at["HOST"] or "", safe="")
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{who}@{host}{port}/{at['NAME']}"


@dataclass
class Worker:
    """A Celery worker with two children, in a process group of its own."""

    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *celery(),
                    "worker",
                    "-c",
                    "2",
                    "--without-gossip",
                    "--without-mingle",
                ],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def children(self) -> list[int]:
        """The processes that do the work."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        with contextlib.suppress(FileNotFoundError):
            return [int(number) for number in path.read_text().split()]
        return []

    def kill_child(self, chance: random.Random) -> None:
        """kill -9 of one child; the parent makes another one."""
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(self.children()), signal.SIGKILL)

    def kill(self) -> None:
        """kill -9 of parent and children."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


def celery() -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config.celery"]


@contextlib.contextmanager
def worker(mails: MailServer, broker: Valkey, folder: Path) -> Iterator[Worker]:
    """A running worker on the tests' database, this broker and this mail server."""
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mails.port}",
        "LOG_FORMAT": "json",
    }
    one = Worker(environ, folder / "worker.log")
    one.start()
    try:
        yield one
    finally:
        one.kill()
