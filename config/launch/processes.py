"""Processes that `run.py` started: known by number and birth, so that no other is ever ended."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


def birth(pid: int) -> str | None:
    """When the process was born, as the system writes it; None when there is none.

    A number is given again after a while; number and birth together are not.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return None
        state, *rest = fields.rpartition(")")[2].split()
        return None if state == "Z" else f"{_boot()}/{rest[18]}"
    ended = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout.strip() or None


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        return ""


def command_line(pid: int) -> str:
    """The process' command line; empty when there is none."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        return raw.replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        ended = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.stdout.strip()


def ask_to_end(pid: int, born: str | None) -> bool:
    """SIGTERM to the group of the process born then; whether it still lived."""
    if born is None or birth(pid) != born:
        return False
    _signal_group(pid, signal.SIGTERM)
    return True


def finish(pid: int, born: str | None, patience: float = 10.0) -> None:
    """Waits so many seconds for one that was asked to end, then kills all of its group."""
    deadline = time.monotonic() + patience
    while birth(pid) == born and time.monotonic() < deadline:
        time.sleep(0.05)
    kill_group(pid)


def end_group(pid: int, born: str | None, patience: float = 10.0) -> bool:
    """Ends a process and its group: SIGTERM, then SIGKILL after `patience` seconds.

    Does nothing and answers False when that process is no longer the one born then.
    """
    if not ask_to_end(pid, born):
        return False
    finish(pid, born, patience)
    return True


def kill_group(pid: int) -> None:
    """SIGKILL to all of a group; nothing when it is empty already."""
    _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
