"""Every column of the database has a fate; none is declared that does not exist (TRUST §5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from core.privacy import fates
from core.privacy.fates import TABLES, AlreadyDeclared, anonymised, deleted, kept

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"


def in_the_database() -> set[str]:
    """Every column that PostgreSQL has, whoever made its table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        return {name for (name,) in cursor.fetchall()}


def declared() -> Iterator[str]:
    for table, columns in TABLES.items():
        yield from (f"{table}.{column}" for column in columns)


@pytest.mark.django_db
def test_every_column_of_the_database_has_a_fate() -> None:
    assert sorted(in_the_database() - set(declared())) == []


@pytest.mark.django_db
def test_no_fate_is_declared_for_what_does_not_exist() -> None:
    assert sorted(set(declared()) - in_the_database()) == []


@pytest.mark.django_db
def test_a_new_column_and_a_new_table_would_be_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE booking_booking ADD COLUMN shoe_size int")
        cursor.execute("CREATE TABLE rumours (about text)")
    missing = in_the_database() - set(declared())
    assert missing == {"booking_booking.shoe_size", "rumours.about"}


def test_every_fate_has_a_reason() -> None:
    assert [
        f"{table}.{name}"
        for table, columns in TABLES.items()
        for name, column in columns.items()
        if len(column.why) < 10
    ] == []


def test_a_column_has_one_fate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fates, "TABLES", {})
    fates.table("one", kept("a b", "because"), deleted("c", "some day"))
    with pytest.raises(AlreadyDeclared):
        fates.table("two", kept("a b", "because"), anonymised("b", "some day"))
    with pytest.raises(AlreadyDeclared):
        fates.table("one", deleted("a", "some day"))


def test_the_page_names_the_other_places() -> None:
    text = PAGE.read_text("utf-8")
    for place in ("Files", "Valkey", "Logs", "Backups", "Mail server"):
        assert f"| {place}" in text
