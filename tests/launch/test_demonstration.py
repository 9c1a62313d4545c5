"""The whole house, started as a person starts it, then treated badly."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.launch import environment, processes
from config.launch.house import House

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"web", "mail", "worker", "beat"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not environment.installed(House(ROOT)), reason="needs run.py's environment"
    ),
]


@pytest.fixture
def house() -> Iterator[House]:
    """A copy of this checkout in a short path, with this checkout's environment."""
    with tempfile.TemporaryDirectory(prefix="perron-h-", dir="/tmp") as name:
        copy = Path(name) / "house"
        ignored = shutil.ignore_patterns(".var", ".git", "*_cache", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=ignored)
        (copy / ".var").mkdir()
        (copy / ".var" / "venv").symlink_to(ROOT / ".var" / "venv")
        yield House(copy)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def start(house: House, port: int) -> subprocess.Popen[str]:
    """`run.py`; returns when it says that it is open."""
    given = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BIND", "DJANGO_SETTINGS_MODULE")
    environ = {key: value for key, value in os.environ.items() if key not in given}
    process = subprocess.Popen(
        [sys.executable, str(house.root / "run.py"), "--port", str(port)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C stops it" in line:
            return process
    raise AssertionError(said)


def parts(house: House) -> dict[str, dict[str, object]]:
    return dict(json.loads(house.path("house.json").read_text())["children"])


def lives(part: dict[str, object]) -> bool:
    return processes.birth(int(str(part["pid"]))) == part["born"]


def soon(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def web_answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/live", timeout=5) as got:
            return got.status == 200
    except OSError:
        return False


def of_this_house(house: House) -> list[str]:
    """Every process whose command line or folder names the copy."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            line = processes.command_line(int(entry.name))
            try:
                folder = str((entry / "cwd").readlink())
            except OSError:
                folder = ""
            if str(house.root) in line + folder and processes.birth(int(entry.name)):
                found.append(line or folder)
    return found


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
def test_the_house_survives_kills_and_leaves_nothing_behind(house: House) -> None:
    port = free_port()
    first = start(house, port)
    soon(lambda: web_answers(port))
    assert parts(house).keys() == PARTS

    second = subprocess.run(
        [sys.executable, str(house.root / "run.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert re.fullmatch(r"Perron already runs .*\n", second.stderr)

    left = parts(house)
    first.kill()
    first.communicate()
    assert all(lives(part) for part in left.values())

    again = start(house, port)
    assert not any(lives(part) for part in left.values())
    killed = parts(house)["web"]
    os.killpg(int(str(killed["pid"])), signal.SIGKILL)
    soon(lambda: not web_answers(port))
    soon(lambda: web_answers(port))

    again.send_signal(signal.SIGTERM)
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0
    assert "web ended (signal 9); it starts again" in said
    soon(lambda: not of_this_house(house), 5)
