"""One's own engines: started, killed, started again, and nobody else's process touched."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest
import redis

from config.engines import binaries, identity, sockets
from config.engines.postgres import Postgres
from config.engines.valkey import Valkey
from config.launch import processes

VENV = Path(sys.prefix)
# Signs that addresses, SQL and options each treat in their own way.
PASSWORD = "pa's/%:@\"word"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short (pytest's own paths are too long for sockets) and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="perron-t-", dir="/tmp") as name:
        yield Path(name)


def postgres(folder: Path, **options: object) -> Postgres:
    programs = binaries.postgres(VENV)
    assert programs is not None
    return Postgres(folder, programs, PASSWORD, durable=False, **options)


def ask(url: str, question: str) -> object:
    found = dj_database_url.parse(url)
    with psycopg.connect(
        host=found["HOST"],
        user=found["USER"],
        password=found["PASSWORD"],
        dbname=found["NAME"],
    ) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def test_a_short_plain_path_has_its_sockets_beside_it(folder: Path) -> None:
    assert sockets.folder_for(folder) == folder / "run"


@pytest.mark.parametrize("name", ["long" * 30, "with space", "with,comma", "été"])
def test_other_paths_have_a_private_folder_that_is_remembered(
    folder: Path, name: str
) -> None:
    engines = folder / name
    engines.mkdir()
    chosen = sockets.folder_for(engines)
    try:
        assert len(os.fsencode(chosen)) < 80
        assert chosen.stat().st_mode & 0o077 == 0
        assert sockets.folder_for(engines) == chosen
        chosen.chmod(0o755)
        replaced = sockets.folder_for(engines)
        assert replaced != chosen
        replaced.rmdir()
    finally:
        chosen.rmdir()


@pytest.mark.slow
def test_postgres_starts_dies_and_starts_again(folder: Path) -> None:
    engine = postgres(folder / "postgres")
    try:
        engine.start()
        assert ask(engine.url, "SELECT upper('é')") == "É"
        assert ask(engine.url, "SELECT current_setting('is_superuser')") == "off"
        assert ask(engine.url, "SELECT current_setting('listen_addresses')") == ""
        server = engine._postmaster()
        assert server is not None
        os.kill(server, signal.SIGKILL)
        while processes.birth(server):
            time.sleep(0.02)
        assert not engine.alive()
        postgres(folder / "postgres").start()
        assert ask(engine.url, "SELECT 1") == 1
    finally:
        engine.stop()
    assert not engine.alive()


@pytest.mark.slow
def test_a_wrong_password_is_refused(folder: Path) -> None:
    engine = postgres(folder / "postgres")
    try:
        engine.start()
        engine.password = "another"
        with pytest.raises(psycopg.OperationalError, match="password"):
            ask(engine.url, "SELECT 1")
    finally:
        engine.stop()


@pytest.mark.slow
def test_an_interrupted_first_start_is_begun_again(folder: Path) -> None:
    engine = postgres(folder / "postgres")
    (engine.cluster).mkdir()
    (engine.cluster / "half").write_text("of a cluster")
    try:
        engine.start()
        assert ask(engine.url, "SELECT 1") == 1
    finally:
        engine.stop()


@pytest.mark.slow
def test_the_number_of_another_process_in_a_stale_file_does_no_harm(
    folder: Path,
) -> None:
    engine = postgres(folder / "postgres")
    engine.start()
    engine.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        stale = engine.cluster / "postmaster.pid"
        stale.write_text(f"{stranger.pid}\n{engine.cluster}\n0\n5432\n")
        stale.chmod(0o600)
        engine.start()
        assert ask(engine.url, "SELECT 1") == 1
        engine.stop()
        assert stranger.poll() is None
    finally:
        engine.stop()
        stranger.kill()
        stranger.wait()


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_as_root_without_user_namespaces_nobody_runs_it(folder: Path) -> None:
    engine = postgres(folder / "postgres", identity=identity.nobody())
    try:
        engine.start()
        assert ask(engine.url, "SELECT 1") == 1
        assert engine.home.stat().st_uid == identity.nobody().user
    finally:
        engine.stop()
        subprocess.run(["rm", "-rf", str(engine.home)], check=True)


@pytest.mark.slow
def test_valkey_keeps_what_it_was_given_over_a_kill(folder: Path) -> None:
    program = binaries.valkey(VENV)
    assert program is not None
    engine = Valkey(folder, program)
    try:
        engine.start()
        with redis.Redis.from_url(engine.url) as client:
            assert client.config_get("maxmemory-policy") == {
                "maxmemory-policy": "noeviction"
            }
            client.set("key", "value")
            pid = client.info("server")["process_id"]
        time.sleep(1.2)  # the file is written through once a second
        os.kill(pid, signal.SIGKILL)
        engine.start()
        with redis.Redis.from_url(engine.url) as client:
            assert client.get("key") == b"value"
    finally:
        engine.stop()
    assert not engine.alive()


@pytest.mark.slow
def test_a_damaged_file_does_not_keep_valkey_from_starting(folder: Path) -> None:
    program = binaries.valkey(VENV)
    assert program is not None
    engine = Valkey(folder, program)
    try:
        engine.start()
        engine.stop()
        for path in (folder / "appendonlydir").iterdir():
            path.write_text("not what it should be\n")
        engine.start()
        assert engine.alive()
    finally:
        engine.stop()


def test_a_program_that_does_not_run_is_no_engine(folder: Path) -> None:
    program = folder / "postgres"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    assert binaries.version(program) == 0
    program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.4 (Debian)'\n")
    assert binaries.version(program) == 15
    assert binaries.version(folder / "absent") == 0
