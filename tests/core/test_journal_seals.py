"""The journal's chain: sealed once a day, and whatever is changed behind its back is found.

The tables' owner may switch the triggers off: the tests do, and change what they like.
"""

import datetime as dt
import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from config.host import backup
from core import journal_seals
from core.dates import now
from core.journal import JournalEntry, record
from core.journal_seals import JournalSeal, link, seal_finished, unsealed_for
from core.metrics import readings
from core.tasks import seal_journal
from tests.core.concurrently import at_once

FIRST = dt.datetime(2026, 11, 16, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TENANT = uuid.uuid4()
OTHER = uuid.uuid4()


def write(moment: dt.datetime, action: str = "test.done") -> int:
    with time_machine.travel(moment, tick=False):
        record(
            action,
            tenant_id=TENANT,
            actor_id=TENANT,
            subject_id=TENANT,
            detail={"language": "ti"},
            address="192.0.2.7",
        )
    return JournalEntry.objects.latest("id").pk


def seal(moment: dt.datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return seal_finished()


@pytest.fixture
def chain(db: None) -> list[int]:
    """Three sealed days with two entries each; their ids."""
    early = FIRST - DAY / 4
    ids = [write(early + number * DAY / 2) for number in range(6)]
    assert seal(FIRST + 3 * DAY) == 3
    return ids


@contextmanager
def tampering(table: str = "entry") -> Iterator[Any]:
    """What a superuser can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE core_journal{table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE core_journal{table} ENABLE TRIGGER USER")


def verify(*options: str) -> None:
    call_command("verify_journal", *options)


def refuses(sentence: str, *options: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("verify_journal", *options)


def log_of(rows: list[JournalSeal], path: Path) -> str:
    """A log as the machine that gathers it shows it: other lines, and a prefix."""
    lines = ["worker-1  | hello", 'worker-1  | {"event": "request", "status": 200}']
    for row in rows:
        facts = {"day": str(row.day), "entries": row.entries, "digest": row.digest}
        lines.append(f"worker-1  | {json.dumps({**facts, 'event': 'journal.sealed'})}")
    path.write_text("\n".join(lines))
    return str(path)


# Sealing ----------------------------------------------------------------------------------------
def test_every_finished_day_has_one_link_behind_the_day_before(
    chain: list[int],
) -> None:
    rows = list(JournalSeal.objects.order_by("day"))
    assert [str(row.day) for row in rows] == ["2026-11-16", "2026-11-17", "2026-11-18"]
    assert [row.entries for row in rows] == [2, 2, 2]
    assert len({row.content for row in rows}) == 3
    before = ""
    for row in rows:
        assert row.digest == link(before, row.day, row.entries, row.content)
        before = row.digest
    assert seal(FIRST + 3 * DAY) == 0


@pytest.mark.django_db
def test_a_day_is_sealed_an_hour_after_its_end_in_utc() -> None:
    write(dt.datetime(2026, 11, 16, 23, 59, 59, tzinfo=dt.UTC))
    assert seal(dt.datetime(2026, 11, 17, 0, 59, 59, tzinfo=dt.UTC)) == 0
    write(dt.datetime(2026, 11, 17, 0, 0, tzinfo=dt.UTC))
    assert seal(dt.datetime(2026, 11, 17, 1, tzinfo=dt.UTC)) == 1
    assert JournalSeal.objects.get().entries == 1


@pytest.mark.django_db
def test_days_that_were_missed_are_caught_up_those_without_an_entry_too() -> None:
    write(FIRST)
    write(FIRST + 4 * DAY)
    assert seal(FIRST + 5 * DAY) == 5
    rows = JournalSeal.objects.order_by("day")
    assert [row.entries for row in rows] == [1, 0, 0, 0, 1]
    verify()


@pytest.mark.django_db
def test_a_run_that_has_no_time_left_goes_on_the_next_time() -> None:
    write(FIRST)
    with time_machine.travel(FIRST + 3 * DAY, tick=False):
        assert seal_finished(seconds=0) == 0
        assert seal_finished() == 3


@pytest.mark.django_db
def test_without_an_entry_there_is_nothing_to_seal() -> None:
    assert seal(FIRST) == 0
    verify()


@pytest.mark.django_db
def test_the_first_link_holds_what_is_older() -> None:
    """Ids and times may cross where two days meet."""
    write(FIRST + DAY)
    early = write(FIRST)
    assert seal(FIRST + 3 * DAY) == 2
    assert JournalSeal.objects.order_by("day")[0].entries == 2
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_journalentry WHERE id = %s", [early])
    refuses("2026-11-17: 1 entries were removed")


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_day_waits_for_a_transaction_that_still_writes_in_it() -> None:
    """The entry has a time of the day, and is seen after its seal could have been set."""
    today, later = now(), now() + 3 * DAY
    write(today - 2 * DAY)
    with transaction.atomic():
        write(today)
        at_once(1, lambda _: seal(later))
        assert JournalSeal.objects.latest("day").day < today.date()
    assert seal(later) > 1
    assert JournalSeal.objects.get(day=today.date()).entries == 1
    verify()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_seal_each_day_once() -> None:
    for number in range(5):
        write(FIRST + number * DAY)
    with time_machine.travel(FIRST + 5 * DAY, tick=False):
        done = at_once(10, lambda _: seal_finished())
    assert sum(done) == 5
    assert JournalSeal.objects.count() == 5
    verify()


@pytest.mark.django_db
def test_the_timetable_seals_and_each_seal_leaves_with_the_log(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    write(FIRST)
    with caplog.at_level(logging.INFO), time_machine.travel(FIRST + DAY, tick=False):
        seal_journal()
    row = JournalSeal.objects.get()
    (line,) = [it.msg for it in caplog.records if "journal.sealed" in str(it.msg)]
    told = {key: line[key] for key in ("event", "day", "entries", "digest")}
    assert told == {
        "event": "journal.sealed",
        "day": "2026-11-16",
        "entries": 1,
        "digest": row.digest,
    }
    (tmp_path / "log").write_text(json.dumps(line, default=str))
    verify("--seals", str(tmp_path / "log"))


@pytest.mark.django_db
def test_a_day_that_waits_for_its_seal_raises_an_alarm() -> None:
    assert unsealed_for() == dt.timedelta()
    write(FIRST)
    end = dt.datetime(2026, 11, 17, tzinfo=dt.UTC)
    with time_machine.travel(end + dt.timedelta(hours=8), tick=False):
        assert readings()["perron_journal_unsealed_seconds"] == {None: 7 * 3600}
        seal_finished()
        assert readings()["perron_journal_unsealed_seconds"] == {None: 0}


# Tampering --------------------------------------------------------------------------------------
CHANGES = {
    "id": 10**9,
    "tenant_id": OTHER,
    "at": FIRST - DAY / 3,
    "actor_id": OTHER,
    "action": "test.another",
    "subject_type": "booking.booking",
    "subject_id": None,
    "detail": '{"language": "fr"}',
    "address": "192.0.2.7/24",
    "request_id": "abc123",
}


def test_every_column_of_an_entry_is_sealed() -> None:
    assert set(CHANGES) == {field.column for field in JournalEntry._meta.fields}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_entry_is_found(chain: list[int], column: str) -> None:
    verify()
    with tampering() as cursor:
        cursor.execute(
            f"UPDATE core_journalentry SET {column} = %s WHERE id = %s",
            [CHANGES[column], chain[1]],
        )
    refuses("2026-11-16: an entry was changed")


def test_a_removed_entry_is_found(chain: list[int]) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_journalentry WHERE id = %s", [chain[3]])
    refuses("2026-11-17: 1 entries were removed")


def test_an_added_entry_is_found(chain: list[int]) -> None:
    write(FIRST + DAY)
    refuses("2026-11-17: 1 entries were added")


def test_an_entry_put_in_the_place_of_another_is_found(chain: list[int]) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_journalentry WHERE id = %s", [chain[0]])
    write(FIRST)
    refuses("2026-11-16: an entry was changed")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE {} SET digest = repeat('0', 64) WHERE day = %s", "is not the one"),
        ("UPDATE {} SET content = repeat('0', 64) WHERE day = %s", "was changed"),
        ("UPDATE {} SET entries = 1 WHERE day = %s", "1 entries were added"),
        ("UPDATE {} SET day = '2026-11-30' WHERE day = %s", "the seal was removed"),
        ("DELETE FROM {} WHERE day = %s", "the seal was removed"),
    ],
)
def test_a_changed_seal_is_found(
    chain: list[int], statement: str, sentence: str
) -> None:
    with tampering("seal") as cursor:
        cursor.execute(statement.format("core_journalseal"), ["2026-11-17"])
    refuses(f"2026-11-17: .*{sentence}")


def test_a_beginning_that_was_cut_off_is_found(chain: list[int]) -> None:
    with tampering() as entries, tampering("seal"):
        entries.execute("DELETE FROM core_journalentry WHERE id <= %s", [chain[2]])
        entries.execute("DELETE FROM core_journalseal WHERE day = '2026-11-16'")
    refuses("2026-11-17: ")


def test_a_day_that_was_sealed_anew_no_longer_fits_the_next_one(
    chain: list[int],
) -> None:
    first = JournalSeal.objects.get(day="2026-11-16")
    content = "0" * 64
    with tampering("seal") as cursor:
        cursor.execute(
            "UPDATE core_journalseal SET content = %s, digest = %s WHERE day = %s",
            [content, link("", first.day, 2, content), first.day],
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_seals, "_compare", lambda seal, found: None)
        refuses("2026-11-17: the seal is not the one that was set")


def test_a_chain_that_was_computed_anew_differs_from_its_copy(
    chain: list[int], tmp_path: Path
) -> None:
    """What the owner of the database can do, and why the seals leave the machine."""
    copy = log_of(list(JournalSeal.objects.order_by("day")), tmp_path / "log")
    verify("--seals", copy)
    with tampering() as cursor, tampering("seal"):
        cursor.execute("DELETE FROM core_journalentry WHERE id = %s", [chain[3]])
        cursor.execute("DELETE FROM core_journalseal WHERE day >= '2026-11-17'")
    assert seal(FIRST + 3 * DAY) == 2
    verify()
    refuses("2026-11-17: the copy has 2 entries", "--seals", copy)
    both = JournalSeal.objects.order_by("day")
    with Path(copy).open("a") as file:
        file.write("\n" + Path(log_of(list(both), tmp_path / "new")).read_text())
    refuses("2026-11-17: the copy has 2 entries", "--seals", copy)


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_seal_that_only_the_copy_knows_is_found(
    chain: list[int], tmp_path: Path, days: int
) -> None:
    copy = log_of(list(JournalSeal.objects.order_by("day")), tmp_path / "log")
    last = JournalSeal.objects.order_by("day")[3 - days].day
    with tampering() as cursor, tampering("seal"):
        cursor.execute("DELETE FROM core_journalentry WHERE at::date >= %s", [last])
        cursor.execute("DELETE FROM core_journalseal WHERE day >= %s", [last])
    verify()
    refuses(f"{last}: the seal was removed", "--seals", copy)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_journalseal SET entries = 0",
        "DELETE FROM core_journalseal",
        "TRUNCATE core_journalseal",
    ],
)
def test_the_database_refuses_to_change_a_seal(
    chain: list[int], statement: str
) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


# The command ------------------------------------------------------------------------------------
def test_it_says_how_much_was_compared(
    chain: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(JournalSeal.objects.order_by("day"))
    call_command("verify_journal", "--seals", log_of(rows[1:], tmp_path / "log"))
    assert capsys.readouterr().out == (
        "3 days with 6 entries are as they were sealed; 2 of them compared with a copy."
        f" Last digest: {rows[-1].digest}\n"
    )


@pytest.mark.django_db
def test_a_copy_without_a_seal_is_none(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("nothing\n{\n")
    refuses("holds no seal", "--seals", str(tmp_path / "log"))
    refuses("cannot be read", "--seals", str(tmp_path / "missing"))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_every_backup_has_the_chain_of_its_moment(
    settings: Any, tmp_path: Path
) -> None:
    settings.BACKUP_KEYS = [Fernet.generate_key().decode()]
    settings.BACKUP_ROOT = tmp_path / "backups"
    refuses("There is no backup", "--backup", "latest")
    with backup.alone():
        empty = backup.make()
    refuses("holds no seal", "--backup", empty.name)
    ids = [write(FIRST + number * DAY) for number in range(2)]
    seal(FIRST + 3 * DAY)
    with time_machine.travel(now() + DAY), backup.alone():
        made = backup.make()
    assert backup.named("latest").manifest == made.manifest
    verify("--backup", "latest")
    with tampering() as cursor, tampering("seal"):
        cursor.execute("DELETE FROM core_journalentry WHERE id = %s", [ids[1]])
        cursor.execute("DELETE FROM core_journalseal WHERE day > '2026-11-16'")
    seal(FIRST + 3 * DAY)
    verify()
    refuses("2026-11-17: the copy has 1 entries", "--backup", "latest")


def test_a_large_day_is_hashed_by_the_database(db: None) -> None:
    """A hundred thousand entries come back as one row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_journalentry (tenant_id, at, action, subject_type, detail,"
            " request_id) SELECT %s, %s, 'test.done', '', '{}', n::text"
            " FROM generate_series(1, 100000) AS n",
            [TENANT, FIRST],
        )
    assert seal(FIRST + DAY) == 1
    assert JournalSeal.objects.get().entries == 100_000
    found = journal_seals.verify({})
    assert (found.days, found.entries) == (1, 100_000)
