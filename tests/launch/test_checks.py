"""`run.py check`: one line each, its words only when red, all run whatever fails."""

import os
import sys
from pathlib import Path

import pytest

from config.launch import checks
from config.launch.checks import Check
from config.launch.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A checkout whose environment is the one that runs the tests."""
    house = House(tmp_path)
    house.python.parent.mkdir(parents=True)
    house.python.symlink_to(sys.executable)
    return house


@pytest.mark.parametrize(("code", "answer"), [(0, 0), (3, 1)])
def test_one_red_check_makes_all_red(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: int,
    answer: int,
) -> None:
    chosen = [
        Check("first", ["-c", f"print('words of first'); raise SystemExit({code})"]),
        Check("second", ["-c", "print('words of second')"]),
    ]
    monkeypatch.setattr(checks, "all_checks", lambda house: chosen)
    assert checks.run(house, dict(os.environ)) == answer
    said = capsys.readouterr().out
    assert "ok  second" in said
    assert "words of second" not in said
    assert ("RED first" in said) is bool(code)
    assert ("words of first" in said) is bool(code)
    assert ("All checks pass." in said) is not bool(code)


def test_documents_are_checked_once_their_command_exists(house: House) -> None:
    names = [check.name for check in checks.all_checks(house)]
    assert "document: states" not in names
    commands = house.root / "config" / "management" / "commands"
    commands.mkdir(parents=True)
    (commands / "states.py").write_text("")
    names = [check.name for check in checks.all_checks(house)]
    assert "document: states" in names
