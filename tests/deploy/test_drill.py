"""The restore drill on the demonstration, under production's settings (TRUST §7)."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.core.test_headers import HEADERS, POLICY
from tests.deploy.fresh import ROOT, database, manage, said
from tests.deploy.surroundings import PRODUCTION
from tests.journeys.house import answers, free_port, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("deploy"),
]
Surroundings = dict[str, str]


@pytest.fixture(scope="module")
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


STEPS = [
    r"backup made in [\d.]+ s: \S+Z  (\d+) tables, (\d+) rows, dump [\d.]+ MB; (\d+) files, .*",
    r"an empty engine and an empty folder: .+",
    r"database restored from \S+Z \([\d.]+ s\)",
    r"(\d+) files restored, each with the hash it had \([\d.]+ s\)",
    r"(\d+) tables with (\d+) rows: counts, hashes and sequences are equal \([\d.]+ s\)",
    r"every file that a row names is there",
    r"the restored house is open",
    r"signed in at berne\.localhost with password and second factor",
    r"a document of \d+ bytes downloaded; its hash is that of the upload",
    r"kept apart and needed: SEED_KEYS, SECRET_KEY, BACKUP_KEYS",
    r"The drill succeeded after [\d.]+ s\.",
]


def test_the_drill_restores_a_house_in_which_one_can_work(house: Surroundings) -> None:
    told = said(manage(house, "drill"))
    print(told)  # noqa: T201
    lines = [line for line in told.splitlines() if not line.startswith("{")]
    found = [re.fullmatch(step, line) for step, line in zip(STEPS, lines, strict=True)]
    assert all(found), told
    made, files, tables = (found[number] for number in (0, 3, 4))
    assert made
    assert files
    assert tables
    assert made.groups() == (*tables.groups(), *files.groups())
    assert int(made[2]) > 5000
    assert not Path(lines[1].rpartition(" ")[2]).exists()


def test_a_key_that_is_missing_is_told_before_anything_is_restored(
    house: Surroundings,
) -> None:
    said(manage(house, "backup"))
    without = {**house, "SEED_KEYS": Fernet.generate_key().decode()}
    told = said(manage(without, "drill", "latest"), code=1)
    assert "The drill failed. SEED_KEYS lacks the key" in told
    assert "database restored" not in told
    without = {**house, "BACKUP_KEYS": Fernet.generate_key().decode()}
    told = said(manage(without, "drill", "latest"), code=1)
    assert "It needs the key" in told


def test_a_damaged_backup_fails_the_drill(house: Surroundings) -> None:
    said(manage(house, "backup"))
    newest = max(Path(house["BACKUP_ROOT"]).glob("[0-9]*Z"))
    dump = newest / "database.sealed"
    dump.write_bytes(dump.read_bytes()[:-100])
    told = said(manage(house, "drill", "latest"), code=1)
    assert "It was changed or cut short." in told
    assert "signed in" not in told


def test_a_loop_ends_when_it_is_asked_to(house: Surroundings) -> None:
    process = manage(house, "backup", "--loop", "--keep", "3")
    assert process.stdout
    line = next(line for line in process.stdout if not line.startswith("{"))
    assert "tables" in line
    process.terminate()
    said(process)


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


def ask(port: int, path: str, host: str = "berne.localhost", **headers: str) -> Any:
    """The answer that the proxy gets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    told = {"Host": host, "X-Forwarded-Proto": "https", **headers}
    connection.request("GET", path, headers=told)
    response = connection.getresponse()
    response.text = response.read().decode(errors="replace")  # type: ignore[attr-defined]
    connection.close()
    return response


def static_file(house: Surroundings) -> str:
    manifest = json.loads(
        (Path(house["STATIC_ROOT"]) / "staticfiles.json").read_text("utf-8")
    )
    return f"/static/{manifest['paths']['css/parts.css']}"


def test_production_says_it_all_on_every_answer(house: Surroundings, port: int) -> None:
    asked = {
        "/sign-in/": 200,
        "/booking/dates/": 302,
        "/nothing/": 404,
        "/static/nothing.css": 404,
        static_file(house): 200,
        "/live": 200,
        "/ready": 200,
        "/metrics": 404,
        "/demo/": 404,
        "/styleguide/": 404,
        "/admin/": 404,
        "/.git/config": 404,
        "/static/../manage.py": 404,
        "/%ff": 404,
    }
    for path, status in asked.items():
        answer = ask(port, path)
        assert answer.status == status, path
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        policy = answer.headers["Content-Security-Policy"]
        assert set(policy.split("; ")) >= POLICY, path
        assert "unsafe" not in policy
        assert answer.headers["X-Request-Id"], path
        assert not re.search(r"gunicorn/|Django|Python", str(answer.headers)), path
    elsewhere = ask(port, "/sign-in/", host="evil.example")
    assert elsewhere.status == 404
    assert {name: elsewhere.headers.get(name) for name in HEADERS} == HEADERS
    plain = ask(port, "/sign-in/", **{"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["Location"]) == (
        301,
        "https://berne.localhost/sign-in/",
    )
    token = {"Authorization": f"Bearer {PRODUCTION['METRICS_TOKEN']}"}
    figures = ask(port, "/metrics", **token)
    assert figures.status == 200
    assert 'perron_job_late_seconds{job="backup"}' in figures.text


def test_static_files_are_kept_for_ever_and_pages_never(
    house: Surroundings, port: int
) -> None:
    assert "immutable" in ask(port, static_file(house)).headers["Cache-Control"]
    assert "no-store" in ask(port, "/sign-in/").headers["Cache-Control"]
    assert os.environ["DJANGO_SETTINGS_MODULE"] != house["DJANGO_SETTINGS_MODULE"]
