"""docs/operations.md says what is true: variables, commands, the query of the breach drill."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import connection

from core import journal
from core.dates import now
from tests.booking.test_changes import confirmed
from tests.conftest import Canton
from tests.deploy.compose import ROOT, asked_for, example, variables_of_settings

TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")


def variables_told() -> set[str]:
    """The first column of the tables of variables."""
    start, end = TEXT.index("## Environment variables"), TEXT.index("## Upgrade")
    rows = re.findall(r"^\| (`.+?) \|", TEXT[start:end], re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_every_variable_is_told_and_none_too_many() -> None:
    own = variables_of_settings()
    assert own <= variables_told()
    assert variables_told() == own | set(asked_for()) | set(example())


def test_every_command_told_exists() -> None:
    commands = set(re.findall(r"manage\.py (\w+)", TEXT))
    assert commands >= {"tenant", "figures", "backup", "restore", "drill", "reseal"}
    folder = ROOT / "config" / "management" / "commands"
    assert [name for name in commands if not (folder / f"{name}.py").is_file()] == []


def test_every_file_told_exists() -> None:
    told = re.findall(r"`((?:deploy|tests|config)/[\w/.]+)`", TEXT)
    told += re.findall(r"[ `](deploy/\w+\.\w+)", TEXT)
    assert [name for name in told if not (ROOT / name).exists()] == []


@pytest.mark.django_db
def test_the_journal_says_whose_files_somebody_opened(canton: Canton) -> None:
    booking = confirmed(canton, canton.slot())
    by = canton.counsellor.user
    for actor in (by, canton.commune.user):
        journal.record(
            "booking.read",
            tenant_id=canton.tenant.pk,
            actor_id=actor.pk,
            subject=booking,
        )
    query = re.search(r"```sql\n(.+?)```", TEXT, re.DOTALL)
    assert query
    text = re.sub(r":(who|since|until)\b", r"%(\1)s", query[1])
    tomorrow = now() + dt.timedelta(days=1)
    wanted = {"who": by.username, "since": tomorrow.date() - dt.timedelta(days=2)}
    with connection.cursor() as cursor:
        cursor.execute(text, {**wanted, "until": tomorrow})
        rows = cursor.fetchall()
        read = [row[4] for row in rows if row[1] == "booking.read"]
        assert read == [f"{booking.first_name} {booking.last_name}"]
        cursor.execute(text, {**wanted, "until": now() - dt.timedelta(hours=1)})
        assert cursor.fetchall() == []


def test_the_readme_leads_there() -> None:
    assert "docs/operations.md" in Path(ROOT / "README.md").read_text("utf-8")
