"""A database of its own for processes that tests start, and what they say."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from django.db import connection

from tests.demonstration import ROOT, own_database

Surroundings = dict[str, str]


def manage(environ: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """One of Django's commands in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(process: subprocess.Popen[str], code: int = 0) -> str:
    """What it said by the time it ended, and that it ended so."""
    output, _ = process.communicate(timeout=300)
    assert process.returncode == code, output
    return output


@contextlib.contextmanager
def database(
    purpose: str, made: Callable[[str], str] = own_database, **more: str
) -> Iterator[dict[str, str]]:
    """The environment of a process on a database of its own, dropped afterwards."""
    name = f"{connection.settings_dict['NAME']}_{purpose}"
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": made(name),
        **more,
    }
    try:
        yield environ
    finally:
        own_database(name, anew=False)
