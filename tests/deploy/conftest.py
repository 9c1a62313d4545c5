"""What the tests of hosting share: the demonstration's data, run as in production."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demonstration import Demonstration
from tests.deploy.fresh import ROOT, Surroundings, database
from tests.deploy.surroundings import PRODUCTION
from tests.journeys.house import answers, free_port, until


@pytest.fixture(scope="session")
def house(
    tmp_path_factory: pytest.TempPathFactory, demonstration: Demonstration
) -> Iterator[Surroundings]:
    """The demonstration's data, then run as in production."""
    folder = tmp_path_factory.mktemp("production")
    files = folder / "files"
    with database(
        "production", lambda name: demonstration.copy(name, files)
    ) as environ:
        environ = {
            **environ,
            **{k: v for k, v in PRODUCTION.items() if not k.endswith("_URL")},
            "EMAIL_URL": PRODUCTION["EMAIL_URL"],
            # The seeds of the demonstration are sealed with the key of the tests.
            "SEED_KEYS": os.environ["SEED_KEYS"],
            "STATIC_ROOT": str(demonstration.static),
            "FILES_ROOT": str(files),
            "BACKUP_ROOT": str(folder / "backups"),
            "DEMO": "",
        }
        yield environ


@pytest.fixture
def port(house: Surroundings, tmp_path: Path) -> Iterator[int]:
    """The web as in production, without the proxy."""
    port = free_port()
    command = ["-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
    with (tmp_path / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**house, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/ready"), "the web answers")
        yield port
    finally:
        web.terminate()
        assert web.wait(40) == 0
