"""Migrations that hold nobody up: one at a time, short waits for locks, tried again.

Under `lock_timeout` a migration that meets a long transaction steps back after a second
instead of letting every request queue behind it (TRUST §7).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors

# "perron" in ASCII: the same number in every release, so that two releases meet.
LOCK = 0x706572726F6E
TIMEOUTS = {"lock_timeout": "1s", "statement_timeout": "300s"}
TRIES = 20
MOST_PAUSE_SECONDS = 10.0
PATIENCE_SECONDS = 900
Say = Callable[[str], object]


class Impatient(Exception):
    """The wait was too long; the sentence says for what."""


@contextmanager
def alone(connection: BaseDatabaseWrapper, say: Say) -> Iterator[None]:
    """Holds the lock of migrations while the block runs; raises Impatient.

    It belongs to the connection: PostgreSQL frees it when the process dies.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    told = False
    while not _locked(connection, "pg_try_advisory_lock"):
        if not told:
            say("Another process migrates this database; waiting for it.")
            told = True
        if time.monotonic() > deadline:
            raise Impatient("Another process has been migrating for 15 minutes.")
        time.sleep(0.5)
    try:
        yield
    finally:
        _locked(connection, "pg_advisory_unlock")


def _locked(connection: BaseDatabaseWrapper, function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


@contextmanager
def short_waits(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Time-outs of migrations instead of those of requests."""
    with connection.cursor() as cursor:
        for name, value in TIMEOUTS.items():
            cursor.execute(f"SET {name} = '{value}'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name in TIMEOUTS:
                cursor.execute(f"RESET {name}")


def persist(act: Callable[[], None], say: Say) -> None:
    """Runs `act` until no lock stands in its way; raises Impatient after the last try.

    Each migration is a transaction of its own, so what is done stays done.
    """
    for number in range(TRIES):
        try:
            return act()
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            pause = min(0.5 * 2**number, MOST_PAUSE_SECONDS)
            say(f"A table is in use; tried again in {pause:g} s.")
            time.sleep(pause)
    raise Impatient(
        "A table was in use at every try: look for a long transaction in"
        " pg_stat_activity, then migrate again."
    )
