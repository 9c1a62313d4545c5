"""Folders for unix sockets: short enough for the kernel, private to one person."""

import os
import re
import socket
import stat
import tempfile
from pathlib import Path

# sockaddr_un holds 108 bytes on Linux and 104 elsewhere, with the closing zero.
LONGEST = 100
LONGEST_NAME = len(".s.PGSQL.5432.lock")
# PostgreSQL's list of folders, DATABASE_URL and valkey's options all take these as they are.
PLAIN = re.compile(r"[A-Za-z0-9._/-]+")


def folder_for(engines: Path) -> Path:
    """The folder for the sockets of the engines whose data lie in `engines`.

    Beside the data if its path allows, otherwise a private one in the system's
    temporary folder, remembered in the file `sockets` for the next start.
    """
    beside = engines / "run"
    if _fits(beside):
        beside.mkdir(mode=0o700, exist_ok=True)
        if _takes_sockets(beside):
            return beside
    memory = engines / "sockets"
    if memory.exists():
        kept = Path(memory.read_text(encoding="utf-8"))
        if _private(kept):
            return kept
    made = private_folder(_short_temporary())
    memory.write_text(str(made), encoding="utf-8")
    return made


def private_folder(within: str) -> Path:
    """A new folder that only its owner may enter."""
    return Path(tempfile.mkdtemp(prefix="perron-", dir=within))


def _short_temporary() -> str:
    given = tempfile.gettempdir()
    return given if _fits(Path(given) / "perron-12345678") else "/tmp"  # noqa: S108


def _fits(folder: Path) -> bool:
    text = str(folder)
    return len(os.fsencode(text)) + 1 + LONGEST_NAME <= LONGEST and bool(
        PLAIN.fullmatch(text)
    )


def _takes_sockets(folder: Path) -> bool:
    """Some file systems (shared folders of virtual machines) know no sockets."""
    probe = folder / f"probe-{os.getpid()}"
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(probe))
    except OSError:
        return False
    probe.unlink()
    return True


def _private(folder: Path) -> bool:
    """Nobody else made it or may enter it (names in /tmp can be taken by others)."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    ours = os.geteuid() in {0, found.st_uid}
    return stat.S_ISDIR(found.st_mode) and ours and not found.st_mode & 0o077


def answers(path: Path) -> bool:
    """Whether a server listens on the socket."""
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(2)
            door.connect(str(path))
    except OSError:
        return False
    return True
