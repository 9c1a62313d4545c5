"""Two beats and two workers do everything once: real processes (TRUST §3.3)."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from accounts.models import Tenant
from config import health
from core.journal import JournalEntry
from core.messages.models import MessageState, OutgoingMessage
from tests.core.processes import ROOT, database_url, mail_server, until, valkey
from tests.core.test_outbox_faults import queue_many

pytestmark = [
    pytest.mark.slow,
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
]
PERIOD, PERIODS, MAILS = 2, 10, 40


@contextlib.contextmanager
def celery(folder: Path, environ: dict[str, str], *words: str) -> Iterator[None]:
    """A worker or a beat in a process group and a temporary folder of its own."""
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.deploy.quick", *words],
            cwd=ROOT,
            env={**environ, "TMPDIR": str(folder)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(40)


def moments(action: str) -> list[float]:
    """When a job left its trace."""
    rows = JournalEntry.objects.filter(action=f"tests.{action}").order_by("at")
    return [at.timestamp() for at in rows.values_list("at", flat=True)]


def gaps(action: str) -> list[float]:
    """Seconds from each trace to the next."""
    return [after - before for before, after in pairwise(moments(action))]


def test_two_beats_and_two_workers_do_everything_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Tenant.objects.create(
        slug="berne", name="Canton de Berne", office="Office"
    )
    worker = ("worker", "-c", "2", "--without-gossip", "--without-mingle")
    with mail_server(seconds=0.05) as mails, valkey() as broker:
        environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(),
            "REDIS_URL": broker.url,
            "PERIOD": str(PERIOD),
            "EMAIL_URL": f"smtp://127.0.0.1:{mails.port}",
        }
        queue_many(tenant, range(MAILS))
        with contextlib.ExitStack() as running:
            for number in range(2):
                folder = tmp_path / f"worker{number}"
                names = ("-n", f"worker{number}@%h")
                running.enter_context(celery(folder, environ, *worker, *names))
            for number in range(2):
                folder = tmp_path / f"beat{number}"
                words = ("beat", "-s", str(folder / "beat-schedule"), "--pidfile=")
                running.enter_context(celery(folder, environ, *words))
            until(lambda: len(moments("guarded")) >= PERIODS, "ten periods")
            waiting = OutgoingMessage.objects.exclude(state=MessageState.SENT)
            until(lambda: not waiting.exists(), "every message is sent")
            for number in range(2):
                monkeypatch.setattr(
                    "tempfile.tempdir", str(tmp_path / f"worker{number}")
                )
                assert health.worker()
    assert len(mails.received) == MAILS
    assert mails.copies() == 0
    # The clock of the claim is the worker's, that of the trace a little later.
    assert min(gaps("guarded")) > 0.9 * PERIOD - 0.5
    assert min(gaps("unguarded")) < 0.9 * PERIOD - 0.5
    assert len(moments("unguarded")) > 1.5 * len(moments("guarded"))
    print(  # noqa: T201
        f"guarded {len(moments('guarded'))}, unguarded {len(moments('unguarded'))},"
        f" {MAILS} messages: {mails.copies()} twice"
    )
