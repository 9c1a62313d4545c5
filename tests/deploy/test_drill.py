"""The restore drill on the demonstration, under production's settings (TRUST §7)."""

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.deploy.fresh import Surroundings, manage, said

pytestmark = [
    pytest.mark.slow,
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("deploy"),
]


STEPS = [
    r"backup made in [\d.]+ s: \S+Z  (\d+) tables, (\d+) rows, dump [\d.]+ MB; (\d+) files, .*",
    r"an empty engine and an empty folder: .+",
    r"database restored from \S+Z \([\d.]+ s\)",
    r"(\d+) files restored, each with the hash it had \([\d.]+ s\)",
    r"(\d+) tables with (\d+) rows: counts, hashes and sequences are equal \([\d.]+ s\)",
    r"every file that a row names is there",
    r"the restored house is open",
    r"signed in at berne\.localhost with password and second factor",
    r"a document of \d+ bytes downloaded; its hash is that of the upload",
    r"kept apart and needed: SEED_KEYS, SECRET_KEY, BACKUP_KEYS",
    r"The drill succeeded after [\d.]+ s\.",
]


def test_the_drill_restores_a_house_in_which_one_can_work(house: Surroundings) -> None:
    told = said(manage(house, "drill"))
    print(told)  # noqa: T201
    lines = [line for line in told.splitlines() if not line.startswith("{")]
    found = [re.fullmatch(step, line) for step, line in zip(STEPS, lines, strict=True)]
    assert all(found), told
    made, files, tables = (found[number] for number in (0, 3, 4))
    assert made
    assert files
    assert tables
    assert made.groups() == (*tables.groups(), *files.groups())
    assert int(made[2]) > 5000
    assert not Path(lines[1].rpartition(" ")[2]).exists()


def test_a_key_that_is_missing_is_told_before_anything_is_restored(
    house: Surroundings,
) -> None:
    said(manage(house, "backup"))
    without = {**house, "SEED_KEYS": Fernet.generate_key().decode()}
    told = said(manage(without, "drill", "latest"), code=1)
    assert "The drill failed. SEED_KEYS lacks the key" in told
    assert "database restored" not in told
    without = {**house, "BACKUP_KEYS": Fernet.generate_key().decode()}
    told = said(manage(without, "drill", "latest"), code=1)
    assert "It needs the key" in told


def test_a_damaged_backup_fails_the_drill(house: Surroundings) -> None:
    said(manage(house, "backup"))
    newest = max(Path(house["BACKUP_ROOT"]).glob("[0-9]*Z"))
    dump = newest / "database.sealed"
    dump.write_bytes(dump.read_bytes()[:-100])
    told = said(manage(house, "drill", "latest"), code=1)
    assert "It was changed or cut short." in told
    assert "signed in" not in told


def test_a_loop_ends_when_it_is_asked_to(house: Surroundings) -> None:
    process = manage(house, "backup", "--loop", "--keep", "3")
    assert process.stdout
    line = next(line for line in process.stdout if not line.startswith("{"))
    assert "tables" in line
    process.terminate()
    said(process)
