"""Libraries and programs that the machine may lack: said with what to do, never fatal."""

import os
from pathlib import Path

import pytest

from config.launch import system
from config.launch.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty checkout on a machine without apt-get."""
    house = House(tmp_path)
    house.open()
    return house


def test_as_root_on_debian_it_is_asked_for_once(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "browser", lambda: None)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "_apt", lambda *words: bool(asked.append(words)))
    assert system.chromium(house) is None
    assert asked == [("install", "chromium"), ("update",)]
    assert system.chromium(house) is None
    assert len(asked) == 2


def test_a_browser_is_found_or_said_to_be_missing(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert system.chromium(house) is None
    program = tmp_path / "chromium"
    program.write_text("")
    program.chmod(0o755)
    assert system.chromium(house) == os.fspath(program)
