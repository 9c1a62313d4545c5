"""What the tests of hosting share: the demonstration's data, run as in production."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.fresh import ROOT, Surroundings, database, manage, said
from tests.deploy.surroundings import PRODUCTION
from tests.journeys.house import answers, free_port, until


@pytest.fixture(scope="session")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Surroundings]:
    """The demonstration's data, then run as in production."""
    folder = tmp_path_factory.mktemp("production")
    with django_db_blocker.unblock(), database("production") as environ:
        environ = {
            **environ,
            "SEED_KEYS": PRODUCTION["SEED_KEYS"],
            "STATIC_ROOT": str(folder / "static"),
            "FILES_ROOT": str(folder / "files"),
            "BACKUP_ROOT": str(folder / "backups"),
            "DEMO": "1",
            "BIND": "127.0.0.1:8000",
        }
        said(manage(environ, "migrate", "-v0"))
        said(manage(environ, "demo"))
        said(manage(environ, "collectstatic", "--noinput", "-v0"))
        yield {
            **environ,
            **{k: v for k, v in PRODUCTION.items() if not k.endswith("_URL")},
            "EMAIL_URL": PRODUCTION["EMAIL_URL"],
            "DEMO": "",
        }


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
