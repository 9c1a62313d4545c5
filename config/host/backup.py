"""Backups: the database in one moment, every private file once, all sealed.

BACKUP_ROOT/<moment>/manifest.sealed    what there is, with counts, hashes, the journal's seals
BACKUP_ROOT/<moment>/database.sealed    pg_dump's own format
BACKUP_ROOT/files/                      private files, kept once (config/host/pool.py)

The keys are never in it: neither those that seal it (BACKUP_KEYS), nor those of the
second factors (SEED_KEYS), nor SECRET_KEY. The manifest names them by fingerprints.
"""

import datetime as dt
import fcntl
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as own
from psycopg import Connection

from config.host import pool, sealing, tables, tools
from core.dates import now
from core.privacy import retention

FORMAT = 1
MOMENT = "%Y-%m-%dT%H-%M-%SZ"
MANIFEST, DATABASE = "manifest.sealed", "database.sealed"


class Refused(Exception):
    """No backup, or none that can be used; the sentence says why."""


@dataclass
class Manifest:
    """What a backup holds, and the names of the keys that belong to it."""

    made_at: str
    server: int
    tables: dict[str, list[Any]]
    files: pool.Files
    keys: dict[str, list[str]]
    # Day → entries and digest: the copy that `manage.py verify_journal` compares with.
    seals: dict[str, list[Any]] = field(default_factory=dict)
    dump_bytes: int = 0
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(
            count
            for name, (count, _hash) in self.tables.items()
            if not name.startswith("sequence ")
        )

    @property
    def table_count(self) -> int:
        """Tables, without the sequences beside them."""
        return sum(not name.startswith("sequence ") for name in self.tables)

    @property
    def file_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(size for size, _time, _hash in self.files.values())


@dataclass(frozen=True)
class Backup:
    """One backup in its folder."""

    folder: Path
    manifest: Manifest = field(repr=False)

    @property
    def name(self) -> str:
        """The moment, as the folder is called."""
        return self.folder.name


def keys() -> list[str]:
    """The keys that seal backups, the newest first. Raises Refused without one."""
    found: list[str] = settings.BACKUP_KEYS
    if not found:
        raise Refused("BACKUP_KEYS is not set: a backup is never written unsealed.")
    return found


@contextmanager
def alone() -> Iterator[None]:
    """Holds BACKUP_ROOT for one process; the system frees it when that dies. Raises Refused."""
    root = Path(settings.BACKUP_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root / ".lock").open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("Another backup is being made just now.") from None
        yield


def make() -> Backup:
    """Writes a backup; whole under its name, or not at all. Raises Refused, tools.Missing.

    Tables and dump are of one and the same moment (an exported snapshot). Files are
    copied afterwards: they are written once under random names, so that each one a row
    of the snapshot names is there, save one that was deleted meanwhile. Hold `alone()`.
    """
    key = keys()[0]
    folder = Path(settings.BACKUP_ROOT) / now().strftime(MOMENT)
    if folder.exists():
        raise Refused("A backup of this very second exists already.")
    part = folder.with_name(f".part-{folder.name}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        with tools.connect(own.settings_dict) as connection:
            _dump(connection, part / DATABASE, key)
            manifest = Manifest(
                made_at=now().isoformat(),
                server=tools.server_version(connection),
                tables=tables.fingerprints(connection),
                files={},
                keys={
                    "BACKUP_KEYS": [sealing.name_of(key)],
                    "SEED_KEYS": [sealing.name_of(one) for one in settings.SEED_KEYS],
                    "SECRET_KEY": [sealing.name_of(settings.SECRET_KEY)],
                },
                seals=_seals(connection),
            )
        manifest.dump_bytes = (part / DATABASE).stat().st_size
        retention.write_list()
        manifest.files = pool.copy_all(key, _known(key))
        _write_manifest(part / MANIFEST, manifest, key)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Backup(folder, manifest)


def _seals(connection: "Connection[Any]") -> dict[str, list[Any]]:
    """The journal's chain at the connection's moment."""
    rows = connection.execute("SELECT day, entries, digest FROM core_journalseal")
    return {str(day): [entries, digest] for day, entries, digest in rows}


def _dump(connection: "Connection[Any]", target: Path, key: str) -> None:
    """pg_dump of the connection's moment, sealed on its way to the disk."""
    found = connection.execute("SELECT pg_export_snapshot()").fetchone()
    snapshot = found[0] if found else ""
    command = [
        str(tools.program("pg_dump", tools.server_version(connection))),
        *("--format=custom", "--no-owner", "--no-privileges"),
        f"--snapshot={snapshot}",
    ]
    with (
        pool.private(target) as file,
        subprocess.Popen(
            command,
            env=tools.surroundings(own.settings_dict),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 (as asked for above)
        sealing.seal(process.stdout, file, key)  # type: ignore[arg-type]
        words = _words(process)
        if process.returncode != 0:
            raise Refused(f"pg_dump failed: {words}")


def _words(process: subprocess.Popen[bytes]) -> str:
    """The last line it said; it has ended then."""
    told = process.stderr.read().decode(errors="replace") if process.stderr else ""
    process.wait()
    lines = [line for line in told.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def _known(key: str) -> pool.Files:
    """The files of the last backup, if it was made under the same key."""
    try:
        manifest = named("latest").manifest
    except Refused:
        return {}
    same = manifest.keys["BACKUP_KEYS"] == [sealing.name_of(key)]
    return manifest.files if same else {}


def _write_manifest(path: Path, manifest: Manifest, key: str) -> None:
    with pool.private(path) as file:
        sealing.seal(io.BytesIO(json.dumps(vars(manifest)).encode()), file, key)


def read(folder: Path) -> Backup:
    """The backup in a folder. Raises Refused when it does not open."""
    plain = io.BytesIO()
    try:
        with (folder / MANIFEST).open("rb") as file:
            sealing.unseal(file, plain, keys())
    except FileNotFoundError:
        raise Refused(f"There is no backup in {folder}.") from None
    except sealing.Broken as error:
        raise Refused(f"{folder / MANIFEST} does not open. {error}") from error
    return Backup(folder, Manifest(**json.loads(plain.getvalue())))


def folders() -> list[Path]:
    """The folders of all backups, the newest first; unfinished ones are none."""
    root = Path(settings.BACKUP_ROOT)
    return sorted(root.glob("[0-9]*Z"), reverse=True) if root.exists() else []


def named(name: str) -> Backup:
    """The backup of this name; `latest` is the newest. Raises Refused."""
    found = folders()
    if name == "latest":
        if not found:
            raise Refused(f"There is no backup in {settings.BACKUP_ROOT}.")
        return read(found[0])
    return read(Path(settings.BACKUP_ROOT) / Path(name).name)


def prune(keep: int, keep_days: int) -> int:
    """Drops what is neither among the `keep` newest nor the last of one of `keep_days` days.

    Then drops files that no backup needs any more, and what a killed one left. Gives
    how many backups went. Hold `alone()`.
    """
    found = folders()
    days: dict[str, Path] = {}
    for folder in found:
        days.setdefault(folder.name[:10], folder)
    kept = {*found[: max(keep, 1)], *list(days.values())[:keep_days]}
    unfinished = Path(settings.BACKUP_ROOT).glob(".part-*")
    for folder in [*(set(found) - kept), *unfinished]:
        shutil.rmtree(folder)
    pool.sweep({path for one in folders() for path in _files_of(read(one))})
    return len(found) - len(kept)


def _files_of(one: Backup) -> Iterator[Path]:
    (key_name,) = one.manifest.keys["BACKUP_KEYS"]
    for _size, _time, digest in one.manifest.files.values():
        yield pool.place(digest, key_name)


def age(backup: Backup) -> dt.timedelta:
    """How long ago it was made."""
    return now() - dt.datetime.fromisoformat(backup.manifest.made_at)
