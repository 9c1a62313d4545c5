"""`run.py` from outside: what it says, and that it says it in one sentence."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.launch import environment, surroundings
from config.launch.commands import _in_parallel
from config.launch.house import House, Stop

ROOT = Path(__file__).resolve().parents[2]


def run(
    *arguments: str, path: Path = ROOT, **values: str
) -> subprocess.CompletedProcess[str]:
    """`run.py` with the standard library alone (-S: no site-packages)."""
    return subprocess.run(
        [sys.executable, "-S", str(path / "run.py"), *arguments],
        env={"PATH": os.environ["PATH"], **values},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_needs_nothing_installed_and_writes_nothing() -> None:
    ended = run("--help")
    assert ended.returncode == 0
    for word in ("test", "check", "manage", "accounts --json", "--port"):
        assert word in ended.stdout


@pytest.mark.parametrize("arguments", [("tset",), ("--prot", "1"), ("--port", "x")])
def test_a_wrong_word_is_answered_with_where_the_help_is(
    arguments: tuple[str, ...],
) -> None:
    ended = run(*arguments)
    assert ended.returncode == 1
    assert "--help" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_address_that_others_reach_is_refused() -> None:
    ended = run(BIND="0.0.0.0:8000")
    assert ended.returncode == 1
    assert "loopback" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Stop, match=f"Port {port} is taken .*--port {port + 1}"):
            surroundings.ensure_free(f"127.0.0.1:{port}")
    surroundings.ensure_free(f"127.0.0.1:{port}")


def test_a_port_that_is_none_is_one_sentence() -> None:
    with pytest.raises(Stop, match="no port"):
        surroundings.ensure_free("127.0.0.1:99999")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Stop, match="may not write here"):
        House(tmp_path).open()


def test_a_file_where_the_folder_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".var").write_text("")
    with pytest.raises(Stop):
        House(tmp_path).open()


def test_two_at_once_in_one_folder(tmp_path: Path) -> None:
    house, tests = House(tmp_path), House(tmp_path, "test")
    house.open()
    with house.lock("already"):
        assert house.occupied()
        assert not tests.occupied()
        with pytest.raises(Stop, match="already"), house.lock("already"):
            pass
    assert not house.occupied()


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("error: Failed to fetch: https://index/simple/babel/", "cannot be reached"),
        ("Temporary failure in name resolution", "cannot be reached"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM", "not the one"),
        ("one\nsomething strange\n\n", "something strange"),
        ("", "said nothing"),
    ],
)
def test_what_an_installer_says_becomes_a_clause(said: str, meaning: str) -> None:
    assert meaning in environment.meaning(said)


def test_too_full_a_disk_is_told_before_anything_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "NEEDED_BYTES", 1 << 60)
    (tmp_path / environment.LOCK).write_text("")
    house = House(tmp_path)
    house.open()
    with pytest.raises(Stop, match="MB left"):
        environment.ready(house)


def test_a_changed_lock_is_noticed(tmp_path: Path) -> None:
    house = House(tmp_path)
    for name in (environment.LOCK, environment.DEVELOPERS_LOCK):
        (tmp_path / name).write_text("one")
    house.python.parent.mkdir(parents=True)
    house.python.write_text("")
    assert not environment.installed(house)
    environment._record(house, environment.DEVELOPERS_LOCK)
    assert environment.installed(house)
    assert environment.installed(house, environment.DEVELOPERS_LOCK)
    (tmp_path / environment.LOCK).write_text("two")
    assert not environment.installed(house)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-zA-Z0-9._\[\]-]+)==([^\s;\\]+)", text, re.M))


def test_the_developers_lock_holds_the_same_versions() -> None:
    small, large = pins("requirements.lock"), pins("requirements-dev.lock")
    assert small
    assert {name: large.get(name) for name in small} == small


def test_locks_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_workers_are_added_unless_the_person_says_otherwise() -> None:
    assert "-n" in _in_parallel(["-k", "one"])
    assert _in_parallel(["-n0"]) == ["--create-db", "-n0"]
    assert "-n" not in _in_parallel(["--pdb"])
