"""The demonstration, built once for all processes of the tests; each house gets a copy."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (["migrate", "-v0"], ["demo"], ["collectstatic", "--noinput", "-v0"])


@dataclass(frozen=True)
class Demonstration:
    """A database that nobody works in, the files that belong to it, and the static ones."""

    database: str
    files: Path
    static: Path

    def copy(self, database: str, files: Path) -> str:
        """DATABASE_URL of a copy of this name, its files in this folder."""
        shutil.copytree(self.files, files)
        return own_database(database, like=self.database)


def own_database(name: str, *, anew: bool = True, like: str = "template1") -> str:
    """DATABASE_URL of a database of this name; it is only dropped if not `anew`."""
    settings = connection.settings_dict
    server = psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    )
    with server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if anew:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    before, query = _url()
    return f"{before.rpartition('/')[0]}/{name}{query}"


def build(folder: Path) -> Demonstration:
    """The demonstration; the first process that asks builds it, the others wait."""
    folder.mkdir(exist_ok=True)
    before, _query = _url()
    name = f"{before.rpartition('/')[2]}_demonstration"
    demonstration = Demonstration(name, folder / "files", folder / "static")
    with _alone(folder / "lock"):
        if not (folder / "built").exists():
            demonstration.files.mkdir(exist_ok=True)
            environ = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings.dev",
                "DATABASE_URL": own_database(name),
                "FILES_ROOT": str(demonstration.files),
                "STATIC_ROOT": str(demonstration.static),
                "DEMO": "1",
            }
            for command in COMMANDS:
                subprocess.run(
                    [sys.executable, "manage.py", *command],
                    cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL,
                )  # fmt: skip
            (folder / "built").touch()
    return demonstration


def _url() -> tuple[str, str]:
    """DATABASE_URL, and from its question mark on."""
    before, mark, query = os.environ["DATABASE_URL"].partition("?")
    return before, mark + query


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
