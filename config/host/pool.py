"""The private files of all backups: each kept once, sealed, under the hash of what it holds.

BACKUP_ROOT/files/<name of the key>/<ab>/<sha256>.sealed. A new key begins a folder of
its own, so that the old one is needed no longer than the backups made under it.
"""

import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage

from config.host import sealing

# Path → size, time in ns, SHA-256.
Files = dict[str, list[Any]]


def root() -> Path:
    """Where all of them lie."""
    return Path(settings.BACKUP_ROOT) / "files"


def place(digest: str, key_name: str) -> Path:
    """Where the file of this hash lies."""
    return root() / key_name / digest[:2] / f"{digest}.sealed"


def private(path: Path) -> BinaryIO:
    """A new file that only its owner may read."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def copy_all(key: str, known: Mapping[str, list[Any]]) -> Files:
    """Every private file of the house, into the pool unless it is there already.

    `known` are the files of the last backup: one that has neither another size nor
    another time is not read again.
    """
    found: Files = {}
    house = Path(default_storage.path(""))
    for at in sorted(house.rglob("*")):
        if not at.is_file() or at.is_symlink():
            continue
        path = at.relative_to(house).as_posix()
        try:
            found[path] = _copy(at, known.get(path), key)
        except FileNotFoundError:
            continue  # deleted since, or renamed when it was whole
    return found


def _copy(at: Path, known: list[Any] | None, key: str) -> list[Any]:
    stat, key_name = at.stat(), sealing.name_of(key)
    seen = [stat.st_size, stat.st_mtime_ns]
    if known and known[:2] == seen and place(known[2], key_name).exists():
        return known
    with at.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if not place(digest, key_name).exists():
            file.seek(0)
            digest = _seal(file, place(digest, key_name), key)
    return [*seen, digest]


def _seal(file: BinaryIO, target: Path, key: str) -> str:
    """Whole or not at all; under the hash of what was sealed, should it have grown."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)  # of one that was killed
    with private(part) as sealed:
        digest = sealing.seal(file, sealed, key)
    target = place(digest, sealing.name_of(key))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.rename(target)
    return digest


def restore_all(files: Mapping[str, list[Any]], key_name: str) -> None:
    """Writes every file to its place in the house, and compares what it holds.

    Raises sealing.Broken.
    """
    house = Path(default_storage.path(""))
    for path, (_size, _time, digest) in files.items():
        target = house / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with place(digest, key_name).open("rb") as sealed, private(target) as file:
            found = sealing.unseal(sealed, file, settings.BACKUP_KEYS)
        if found != digest:
            raise sealing.Broken(f"{path} holds something else than was saved.")


def content(digest: str, key_name: str) -> bytes:
    """What a small file holds. Raises sealing.Broken, FileNotFoundError."""
    plain = io.BytesIO()
    with place(digest, key_name).open("rb") as sealed:
        sealing.unseal(sealed, plain, settings.BACKUP_KEYS)
    return plain.getvalue()


def sweep(needed: set[Path]) -> int:
    """Deletes what no backup needs; gives how many files went."""
    gone = [path for path in root().glob("*/*/*") if path not in needed]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
