"""Migrations: one process at a time, never in anybody's way for long (TRUST §7)."""

import psycopg
import pytest
from django.db import OperationalError, connection

from config.host import migrating
from tests.deploy.fresh import database, manage, said

pytestmark = [pytest.mark.concurrency]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_migrate_once() -> None:
    with database("migrating") as environ:
        both = [manage(environ, "migrate", "--noinput") for _ in range(2)]
        texts = [said(one) for one in both]
        applied = [text.count("Applying core.0001_initial... OK") for text in texts]
        assert sorted(applied) == [0, 1]
        with psycopg.connect(environ["DATABASE_URL"]) as server:
            twice = server.execute(
                "SELECT app, name FROM django_migrations GROUP BY 1, 2"
                " HAVING count(*) > 1"
            ).fetchall()
            left = server.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
            assert left.fetchone() == (0,)
        assert twice == []
        assert "No migrations to apply" in texts[applied.index(0)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_waits_for_the_other_and_goes_on_when_it_dies() -> None:
    with database("migrating") as environ:
        other = psycopg.connect(environ["DATABASE_URL"])
        other.execute("SELECT pg_advisory_lock(%s)", [migrating.LOCK])
        process = manage(environ, "migrate", "--noinput")
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Another process migrates")
        other.close()
        assert "Applying core.0001_initial... OK" in said(process)


@pytest.mark.django_db(transaction=True)
def test_a_table_in_use_is_tried_again_after_a_second() -> None:
    at = connection.settings_dict
    keys = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    other = psycopg.connect(
        dbname=at["NAME"], **{name: at[key] or None for name, key in keys.items()}
    )
    other.execute("SELECT count(*) FROM core_jobrun")
    heard = []

    def say(text: str) -> None:
        heard.append(text)
        other.close()

    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_jobrun ALTER name SET NOT NULL")

    with migrating.short_waits(connection):
        migrating.persist(act, say)
    assert heard == ["A table is in use; tried again in 0.5 s."]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("5s",)


@pytest.mark.django_db(transaction=True)
def test_a_fault_that_is_no_lock_is_told_at_once() -> None:
    tries = []

    def act() -> None:
        tries.append(1)
        raise OperationalError("the disk is full")

    with pytest.raises(OperationalError, match="disk"):
        migrating.persist(act, print)
    assert len(tries) == 1
