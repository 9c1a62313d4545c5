"""The Python environment in `.var/venv`, exactly as the lock says."""

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from config.launch.house import House, Stop, read_json, step, write_json

LOCK = "requirements.lock"
DEVELOPERS_LOCK = "requirements-dev.lock"
NEEDED_BYTES = 700 * 1024 * 1024
NETWORK = (
    r"name resolution|Name or service|dns error|Network is unreachable|nodename|"
    r"[Cc]onnection|[Tt]imed? ?out|Failed to fetch|tunneling|proxy"
)
# What installers say (uv, pip) → what it means. The first that is found is told.
MEANINGS = [
    (r"No space left on device", "the disk is full"),
    (
        r"DO NOT MATCH THE HASHES|Hash mismatch",
        "a package is not the one the lock describes",
    ),
    (
        NETWORK,
        "the package index cannot be reached; Perron needs the network for its first start",
    ),
    (r"No matching distribution|not satisfiable|no wheels", "a package is not offered"),
]


def ready(house: House, lock: str = LOCK) -> None:
    """Makes or renews the environment; does nothing when the lock has not changed.

    Raises `Stop` with one sentence when it cannot be had.
    """
    with (house.var / "install.lock").open("a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if _stands(house, lock):
            return
        _enough_room(house.var)
        with step(f"Packages of {lock} installed"):
            _install(house, lock)
        _record(house, lock)


def installed(house: House, lock: str = LOCK) -> bool:
    """Whether the environment is what the lock says."""
    return _stands(house, lock)


def _state(house: House) -> Path:
    return house.var / "venv" / "perron.json"


def _record(house: House, lock: str) -> None:
    write_json(_state(house), {"locks": _satisfied(house, lock)})


def _hash(house: House, lock: str) -> str:
    return hashlib.sha256((house.root / lock).read_bytes()).hexdigest()


def _satisfied(house: House, lock: str) -> list[str]:
    # The developers' lock holds every pin of the other one (a test compares them).
    locks = [LOCK, DEVELOPERS_LOCK] if lock == DEVELOPERS_LOCK else [lock]
    return [_hash(house, name) for name in locks]


def _stands(house: House, lock: str) -> bool:
    known = read_json(_state(house)).get("locks", [])
    return house.python.exists() and _hash(house, lock) in known


def _enough_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise Stop(
            f"Perron needs about {NEEDED_BYTES >> 20} MB for its packages; "
            f"{folder} has {free >> 20} MB left."
        )


def _install(house: House, lock: str) -> None:
    """uv when it is there and works (seconds), pip otherwise (a minute)."""
    log = house.var / "install.log"
    log.write_bytes(b"")
    if shutil.which("uv") and _with_uv(house, lock, log):
        return
    if not _with_pip(house, lock, log):
        said = log.read_text(encoding="utf-8", errors="replace")
        raise Stop(f"The packages could not be installed: {meaning(said)} ({log}).")


def meaning(said: str) -> str:
    """One clause for what an installer wrote."""
    for pattern, clause in MEANINGS:
        if re.search(pattern, said):
            return clause
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "the installer said nothing"


def _with_uv(house: House, lock: str, log: Path) -> bool:
    python = str(house.python)
    # A virtual environment with pip inside is kept: it may be in use just now.
    made = house.python.exists() or _logged(
        ["uv", "venv", "--clear", "--python", sys.executable, house.var / "venv"], log
    )
    install = ["uv", "pip", "install", "--python", python, "--require-hashes"]
    return made and _logged([*install, "--no-deps", "-r", house.root / lock], log)


def _with_pip(house: House, lock: str, log: Path) -> bool:
    venv = house.var / "venv"
    usable = house.python.exists() and _logged(
        [house.python, "-m", "pip", "--version"], log
    )
    make = [sys.executable, "-m", "venv", "--clear", venv]
    if not usable and not _logged(make, log):
        raise Stop(
            "This Python cannot make a virtual environment: install python3-venv or uv."
        )
    # Compiled as they are imported: compiling all of them takes half a minute.
    install = [house.python, "-m", "pip", "install", "--no-compile"]
    return _logged(
        [*install, "--require-hashes", "--no-deps", "-r", house.root / lock], log
    )


def _logged(command: list[object], log: Path) -> bool:
    with log.open("ab") as file:
        ended = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    return ended.returncode == 0
