"""The supervisor restarts what dies, ends what it started, and never what it did not."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from config.launch import processes
from config.launch.house import House, say, write_json
from config.launch.supervisor import MEMORY, Child, Supervisor, end_leftovers, log_path

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty checkout."""
    house = House(tmp_path)
    house.open()
    return house


def supervisor(house: House) -> Supervisor:
    return Supervisor(house, {}, [])


def test_birth_tells_processes_apart() -> None:
    one = subprocess.Popen(SLEEPER)
    try:
        born = processes.birth(one.pid)
        assert born is not None
        assert processes.birth(one.pid) == born
        assert not processes.end_group(one.pid, "another birth")
        assert not processes.end_group(one.pid, None)
        assert one.poll() is None
    finally:
        one.kill()
        one.wait()
    assert processes.birth(one.pid) is None


def test_stop_ends_the_child_and_its_children(house: House) -> None:
    code = (
        "import subprocess,sys,time;"
        f"p=subprocess.Popen({SLEEPER!r});print(p.pid,flush=True);time.sleep(60)"
    )
    boss = supervisor(house)
    boss.start(Child("web", [sys.executable, "-c", code]))
    while not (said := log_path(house, "web").read_text()).strip():
        time.sleep(0.02)
    grandchild = int(said)
    boss.stop()
    deadline = time.monotonic() + 5
    while processes.birth(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes.birth(grandchild) is None


def test_one_that_hangs_is_killed_after_its_patience(house: House) -> None:
    code = (
        "import signal,time;signal.signal(signal.SIGTERM,signal.SIG_IGN);"
        "print('ready',flush=True);time.sleep(60)"
    )
    boss = supervisor(house)
    child = Child("worker", [sys.executable, "-c", code], patience=0.2)
    boss.start(child)
    while "ready" not in log_path(house, "worker").read_text():
        time.sleep(0.02)
    boss.stop()
    assert child.process is not None
    assert child.process.returncode == -9


@pytest.mark.slow
def test_one_that_dies_starts_again_each_time_later(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    boss = supervisor(house)
    child = Child("beat", [sys.executable, "-c", "raise SystemExit(3)"], wait=0.1)
    boss.start(child)
    boss.watch(seconds=1.5)
    boss.stop()
    assert child.wait >= 0.4
    assert capsys.readouterr().err.count("beat ended (code 3); it starts again") >= 2


def test_leftovers_of_a_killed_start_are_ended(house: House) -> None:
    boss = supervisor(house)
    child = Child("web", SLEEPER)
    boss.start(child)
    assert child.process is not None
    # Its parent here is this test, so the dead child stays a zombie: birth() says None.
    assert end_leftovers(House(house.root)) == 1
    assert child.process.wait(5) == -15
    assert end_leftovers(House(house.root)) == 0


def test_a_stranger_with_a_recorded_number_is_left_alone(house: House) -> None:
    stranger = subprocess.Popen(SLEEPER)
    try:
        entry = {"pid": stranger.pid, "born": "long ago"}
        write_json(house.path(MEMORY), {"children": {"web": entry}})
        assert end_leftovers(house) == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_terminal_that_has_gone_away_does_not_keep_children_alive(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    boss = supervisor(house)
    child = Child("web", SLEEPER, patience=5)
    boss.start(child)
    with suppress(BrokenPipeError), os.fdopen(writer, "w") as gone:
        monkeypatch.setattr(sys, "stderr", gone)
        say("stopping")
        boss.stop()
        monkeypatch.undo()
    assert child.process is not None
    assert child.process.returncode == -15
