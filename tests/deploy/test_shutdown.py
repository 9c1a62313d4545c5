"""Stopped under load: what was begun is ended, nothing is lost (TRUST §7)."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from accounts.models import Tenant
from core.messages.models import MessageState, OutgoingMessage
from tests.core.processes import mail_server, until, valkey, worker
from tests.core.test_outbox_faults import queue_many, tick
from tests.deploy.fresh import ROOT, Surroundings
from tests.journeys.house import answers, free_port
from tests.journeys.house import until as wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("deploy"),
]
MAILS, CLIENTS = 200, 8


class Load:
    """Clients that ask until nobody listens; what went wrong in mid-answer is kept."""

    def __init__(self, port: int) -> None:
        self.port, self.whole, self.broken = port, 0, [""]
        self.broken.clear()
        self.clients = [threading.Thread(target=self.ask) for _ in range(CLIENTS)]
        for client in self.clients:
            client.start()

    def ask(self) -> None:
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            headers = {"Host": "berne.localhost", "X-Forwarded-Proto": "https"}
            try:
                connection.request("GET", "/sign-in/", headers=headers)
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException):
                return  # not taken any more: the proxy asks another web
            try:
                text = answer.read()
                if answer.status != 200 or b"</html>" not in text:
                    self.broken.append(f"{answer.status}")
                self.whole += 1
            except (OSError, http.client.HTTPException) as error:
                self.broken.append(repr(error))
            finally:
                connection.close()


def test_a_web_that_is_stopped_ends_what_it_has_begun(
    house: Surroundings, tmp_path: Path
) -> None:
    port = free_port()
    with (tmp_path / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "config/gunicorn.py",
                "config.wsgi",
            ],
            cwd=ROOT,
            env={**house, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "2"},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/ready"), "the web answers")
        load = Load(port)
        wait_for(lambda: load.whole >= 50, "fifty answers")
        began = time.monotonic()
        web.terminate()
        assert web.wait(30) == 0
        took = time.monotonic() - began
        for client in load.clients:
            client.join(30)
    finally:
        web.kill()
    print(f"{load.whole} answers, {len(load.broken)} broken, ended in {took:.1f} s")  # noqa: T201
    assert load.broken == []


def test_a_worker_that_is_stopped_loses_no_message_and_sends_none_twice(
    tmp_path: Path,
) -> None:
    tenant = Tenant.objects.create(slug="berne", name="Canton de Berne", office="Amt")
    with (
        mail_server(seconds=0.2) as mails,
        valkey() as broker,
        worker(mails, broker, tmp_path) as one,
    ):
        queue_many(tenant, range(MAILS))
        until(lambda: tick() or len(mails.received) >= 5, "mails leave")
        assert one.process
        os.kill(one.process.pid, signal.SIGTERM)
        one.process.wait(30)  # what compose waits before it kills
        left = OutgoingMessage.objects.exclude(state=MessageState.SENT)
        print(f"{left.count()} of {MAILS} left when the worker had ended")  # noqa: T201
        assert left.exists()
        one.start()
        until(lambda: tick() or not left.exists(), "every message is sent")
    assert len(mails.received) == MAILS
    assert mails.copies() == 0
