"""The journal only ever grows, whatever the code says (TRUST §0.10)."""

import uuid

import pytest
import structlog
from django.db import DatabaseError, connection, transaction

from core.journal import JournalEntry, record
from tests.conftest import Canton


def write() -> JournalEntry:
    record("test.done", tenant_id=uuid.uuid4(), actor_id=uuid.uuid4())
    return JournalEntry.objects.latest("id")


def test_a_line_says_who_what_which_where_and_in_which_request(canton: Canton) -> None:
    tenant, actor = canton.tenant, canton.commune.user
    with structlog.contextvars.bound_contextvars(request_id="abc123"):
        record(
            "booking.printed",
            tenant_id=tenant.pk,
            actor_id=actor.pk,
            subject=canton.place,
            detail={"language": "ti"},
            address="192.0.2.7",
        )
    line = JournalEntry.objects.latest("id")
    assert (line.tenant_id, line.actor_id) == (tenant.pk, actor.pk)
    assert (line.subject_type, line.subject_id) == ("booking.place", canton.place.pk)
    assert (line.detail, line.address) == ({"language": "ti"}, "192.0.2.7")
    assert line.request_id == "abc123"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_journalentry SET action = 'nothing'",
        "DELETE FROM core_journalentry",
        "TRUNCATE core_journalentry CASCADE",  # the notes refer to it
        """
        INSERT INTO core_journalentry SELECT * FROM core_journalentry
        ON CONFLICT (id) DO UPDATE SET action = 'nothing'
        """,
    ],
)
def test_the_database_refuses_to_change_it(statement: str) -> None:
    line = write()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    line.refresh_from_db()
    assert line.action == "test.done"


@pytest.mark.django_db
def test_the_doors_of_django_that_skip_save_are_closed_too() -> None:
    line = write()
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.update(action="nothing")
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.bulk_update([line], ["detail"])


@pytest.mark.django_db
def test_a_line_goes_with_the_act_that_fails() -> None:
    def fail_after_writing() -> None:
        with transaction.atomic():
            write()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_writing()
    assert not JournalEntry.objects.exists()
