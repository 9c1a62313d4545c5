"""Fifty planted people; retention is killed five times; nothing of them is left (TRUST §5)."""

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from django.core.files.storage import default_storage
from django.db import connection

from accounts.models import User
from booking import figures as booking_figures
from config.host import tools
from core.dates import now
from core.journal import JournalEntry
from core.messages.models import MessageState, OutgoingMessage
from core.privacy import retention
from core.privacy.models import RetentionRun
from core.tasks import send_messages, wake
from counters import figures as counter_figures
from tests.accounts.test_dump import dump
from tests.conftest import Canton
from tests.core.planted import MARK, mark, models_with_marks, plant
from tests.core.processes import ROOT, database_url, until, valkey
from tests.counters.town import Town, make_town

KILLS = 5
ONE_YEAR = dt.timedelta(days=366)
PROGRAM = """
import sys, django, time_machine
django.setup()
from django.core.management import call_command
with time_machine.travel(sys.argv[1]):
    call_command("retention", "--for-real", "--batch", "1")
"""
PLANTED = {
    "accounts_user", "accounts_usersession", "accounts_rememberedbrowser",
    "accounts_invitation", "booking_booking", "core_storedfile", "core_document",
    "core_outgoingmessage", "core_journalnote", "counters_person",
    "counters_appointment", "counters_savedsearch",
}  # fmt: skip


def process(at: dt.datetime, broker: str) -> "subprocess.Popen[bytes]":
    """The real command in a process of its own, by a clock put forward."""
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "FILES_ROOT": default_storage.path(""),
        "LOG_FORMAT": "json",
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, at.isoformat()],
        cwd=ROOT, env=environ, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def progress() -> int:
    """Rows erased so far, in all runs."""
    return sum(run.total for run in RetentionRun.objects.all())


def everything_in_the_database() -> str:
    """As `pg_dump` writes it; where none fits the server, every row of every table."""
    try:
        program = tools.program("pg_dump", connection.pg_version // 10000)
    except tools.Missing:
        return dump()
    done = subprocess.run(
        [program, "--no-owner", database_url()], stdout=subprocess.PIPE, check=True
    )
    return done.stdout.decode()


def everything_in_the_files() -> str:
    """Names and contents."""
    files = [
        path for path in Path(default_storage.path("")).rglob("*") if path.is_file()
    ]
    return "".join(f"{path}\n{path.read_bytes().decode('latin-1')}\n" for path in files)


def everything_in(broker: str) -> str:
    """Every key of Valkey with its value as it lies there."""
    client = redis.Redis.from_url(broker)
    return "".join(f"{key!r}{client.dump(key)!r}" for key in client.keys("*"))


def figures(canton: Canton, town: Town) -> list[Any]:
    """All that the screens of figures count."""
    days = (now().date(), now().date() + dt.timedelta(days=60))
    tables = (
        counter_figures.by_counter, counter_figures.by_type, counter_figures.by_hour,
    )  # fmt: skip
    return [
        *(
            booking_figures.rows(canton.office, *days, by)
            for by in ("place", "counsellor")
        ),
        *(table(town.lead, *days) for table in tables),
    ]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.req("BKG-055")
def test_killed_five_times_it_ends_complete_and_leaves_no_trace(canton: Canton) -> None:
    with valkey() as broker:
        town = make_town(canton.tenant)
        plant(canton, town)
        wake(send_messages)
        assert models_with_marks() == PLANTED
        whole = everything_in_the_database() + everything_in_the_files()
        assert [n for n in range(50) if mark(n) not in whole] == []
        before = figures(canton, town)
        at = now() + 2 * ONE_YEAR + dt.timedelta(days=30)
        # Who works there comes back every day.
        colleagues = User.objects.exclude(username__startswith=MARK)
        colleagues.update(last_login=at)
        due = _due(canton, at)
        for _number in range(KILLS):
            so_far = progress()
            running = process(at, broker.url)
            until(lambda so_far=so_far: progress() > so_far + 2, "some batches")
            os.kill(running.pid, signal.SIGKILL)
            assert running.wait(20) == -signal.SIGKILL
            assert RetentionRun.objects.get().finished_at is None
        assert process(at, broker.url).wait(120) == 0
        run = RetentionRun.objects.get()
        assert run.finished_at
        run.counts.pop("files", None)
        due.pop("counters.wishes")  # they go with their appointments
        assert run.counts == due
        # The warnings leave; a month later their accounts go.
        OutgoingMessage.objects.filter(kind="accounts.unused").update(
            state=MessageState.SENT
        )
        assert process(at + dt.timedelta(days=31), broker.url).wait(120) == 0
        assert RetentionRun.objects.filter(finished_at=None).count() == 0
        left = {
            "database": everything_in_the_database(),
            "files": everything_in_the_files(),
            "Valkey": everything_in(broker.url),
        }
        assert left["Valkey"]
        assert models_with_marks() == set()
        assert [
            name for name, text in left.items() if MARK.lower() in text.lower()
        ] == []
        assert figures(canton, town) == before
        emptied = JournalEntry.objects.filter(action="booking.anonymised")
        assert emptied.count() == emptied.values("subject_id").distinct().count() == 20


def _due(canton: Canton, at: dt.datetime) -> dict[str, int]:
    """What the dry run tells at that moment."""
    with time_machine.travel(at):
        return {
            kind.key: number
            for kind in retention.kinds_of(canton.tenant)
            if (number := kind.count(canton.tenant))
        }
