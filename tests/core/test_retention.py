"""What is due goes, in batches, once; what is held or came back stays (DESIGN §6)."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.actions import privacy
from accounts.actions.erasure import ACCOUNTS
from accounts.actions.factor import reset_factor
from accounts.actions.people import create_person, invite
from accounts.models import Invitation, User, UserSession
from accounts.tasks import run_retention
from booking.actions.bookings import attach
from booking.actions.dates import take_date
from core.dates import now
from core.errors import Refusal
from core.journal import JournalEntry, JournalNote
from core.messages.models import MessageState, OutgoingMessage
from core.privacy import retention
from core.privacy.models import Erasure, LegalHold, RetentionRun
from core.privacy.subjects import Found
from core.uploads.models import StoredFile
from counters import figures
from counters.actions.queue import walk_in
from counters.models import Appointment, AppointmentEvent, Person, SavedSearch, Visit
from counters.states import AppointmentState
from tests.conftest import PASSWORD, Canton, organisation, person
from tests.core import uploads_corpus
from tests.core.concurrently import at_once
from tests.counters.conftest import town  # noqa: F401 (a fixture)
from tests.counters.town import Town

LATER = dt.timedelta(days=800)


def somebody(canton: Canton) -> User:
    """An account that nothing refers to."""
    return create_person(
        tenant=canton.tenant,
        username="ines",
        email="ines@x.example",
        first_name="Ines",
        last_name="Meier",
        password=PASSWORD,
        language="de",
    )


def run(tenant: Any) -> dict[str, int]:
    done = retention.run(tenant)
    assert done
    assert done.finished_at
    counts: dict[str, int] = done.counts
    return counts


def test_an_unused_account_is_warned_and_goes_thirty_days_later(canton: Canton) -> None:
    user = somebody(canton)
    with time_machine.travel(now() + dt.timedelta(days=695)):
        assert run(canton.tenant).get(ACCOUNTS) is None
    with time_machine.travel(now() + dt.timedelta(days=702)):
        assert run(canton.tenant)["accounts.warnings"] >= 1
        assert "accounts.warnings" not in run(canton.tenant)
    message = OutgoingMessage.objects.get(kind="accounts.unused", to="ines@x.example")
    assert message.language == "de"
    with time_machine.travel(now() + dt.timedelta(days=720)):
        assert ACCOUNTS not in run(canton.tenant)
    with time_machine.travel(now() + dt.timedelta(days=733)):
        assert run(canton.tenant)[ACCOUNTS] >= 1
    user.refresh_from_db()
    assert (user.email, user.first_name, user.last_name) == ("", "", "")
    assert "ines" not in user.username
    assert not user.is_active
    assert Erasure.objects.filter(kind=ACCOUNTS, subject_id=user.pk).exists()


def test_who_comes_back_keeps_the_account(canton: Canton) -> None:
    user = somebody(canton)
    with time_machine.travel(now() + dt.timedelta(days=702)):
        run(canton.tenant)
        User.objects.filter(pk=user.pk).update(last_login=now())
    with time_machine.travel(now() + dt.timedelta(days=760)):
        run(canton.tenant)
    user.refresh_from_db()
    assert user.email == "ines@x.example"
    with time_machine.travel(now() + dt.timedelta(days=702 + 702)):
        run(canton.tenant)
    told = OutgoingMessage.objects.filter(kind="accounts.unused", to="ines@x.example")
    assert told.exists()  # warned anew, for it is unused again


def test_an_appointment_names_nobody_and_the_figures_stay(town: Town) -> None:  # noqa: F811
    slot = town.slots()[0]
    row = town.assigned(slot, "Zebedäus")
    Appointment.objects.filter(pk=row.pk).update(state=AppointmentState.DONE)
    walk_in(by=town.lead, place=town.place, type_=town.type)
    day = slot.starts_at.astimezone(town.tenant.zone).date()
    tables = (figures.by_counter, figures.by_type, figures.by_hour)
    before = [table(town.lead, day, day) for table in tables]
    with time_machine.travel(now() + LATER):
        counts = run(town.tenant)
        assert run(town.tenant).keys() <= {"accounts.warnings"}
    assert counts["counters.appointments"] == 1
    assert counts["counters.files"] == 1
    assert [table(town.lead, day, day) for table in tables] == before
    found = Appointment.objects.get(pk=row.pk)
    assert found.reference != row.reference
    assert (found.taken_by, found.holder, found.comment) == (None, None, "")
    assert found.taken_at.astimezone(town.tenant.zone).day == 1
    assert str(found.person) == "Données effacées"
    assert not Person.objects.exclude(number="").exists()
    assert not AppointmentEvent.objects.exists()
    assert not Visit.objects.exists()


def test_what_is_held_stays_until_the_hold_is_lifted(
    town: Town,  # noqa: F811
) -> None:
    works = organisation(town.tenant, "Canton")
    operator = person(town.tenant, "operator", works, "accounts.operator")
    held, other = town.slots()[:2]
    row = town.assigned(held, "Zebedäus")
    town.assigned(other, "Autre")
    hold = privacy.hold(
        by=operator,
        found=Found("counters.person", row.person_id, ""),
        reason="Recours 17/2026",
    )
    with time_machine.travel(now() + LATER):
        assert run(town.tenant)["counters.appointments"] == 1
        assert Person.objects.get(pk=row.person_id).last_name == "Zebedäus"
        privacy.lift(by=operator, row=hold)
        assert run(town.tenant)["counters.appointments"] == 1
    assert not Person.objects.filter(pk=row.person_id).exists()
    assert LegalHold.objects.get().lifted_at
    told = JournalEntry.objects.filter(action__startswith="hold.")
    assert sorted(told.values_list("action", flat=True)) == ["hold.lifted", "hold.set"]


def test_invitations_and_traces_of_a_held_account_stay(canton: Canton) -> None:
    user, by = somebody(canton), canton.commune
    for key, owner in (("held", user), ("other", by.user), ("nobody", None)):
        UserSession.objects.create(
            session_key=key, session_data="", user=owner, expire_date=now()
        )
    for email in (user.email, "else@x.example"):
        invite(
            by=by,
            email=email,
            role="booking.commune",
            administrator=False,
            language="fr",
        )
    found = Found("accounts.user", user.pk, "")
    hold = privacy.hold(by=by, found=found, reason="Recours 17/2026")
    with time_machine.travel(now() + LATER):
        run(canton.tenant)
        assert Invitation.objects.get().email == user.email
        assert UserSession.objects.get().session_key == "held"
        privacy.lift(by=by, row=hold)
        run(canton.tenant)
    assert not Invitation.objects.exists()
    assert not UserSession.objects.exists()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_a_run_at_once_one_is_told_that_it_runs(
    canton: Canton,
) -> None:
    answers = at_once(4, lambda number: privacy.ask_for_run(by=canton.commune))
    assert answers.count(None) == 1
    assert {type(one) for one in answers if one} == {Refusal}
    assert RetentionRun.objects.count() == 1


def test_words_about_people_leave_the_journal_and_its_line_stays(
    canton: Canton,
) -> None:
    user, admin = canton.other_commune.user, canton.commune.user
    reset_factor(user=user, by=admin, identity_check="Passeport de Zebedäus montré")
    assert "Zebed" not in str(list(JournalEntry.objects.values("detail")))
    assert JournalNote.objects.get().text == "Passeport de Zebedäus montré"
    with time_machine.travel(now() + LATER):
        run(canton.tenant)
    assert not JournalNote.objects.exists()
    assert JournalEntry.objects.filter(action="factor.reset").exists()


def test_traces_messages_searches_and_loose_uploads_go(canton: Canton) -> None:
    at = now()
    OutgoingMessage.objects.all().delete()
    for state in MessageState:
        OutgoingMessage.objects.create(
            tenant=canton.tenant, kind="x", dedupe_key=state, to="a@b.example",
            language="fr", subject="s", text="t", state=state, next_at=at,
        )  # fmt: skip
    UserSession.objects.create(session_key="gone", expire_date=at, session_data="")
    SavedSearch.objects.create(
        tenant=canton.tenant, entry="planned", name="n", query="q=Zeb",
        service=canton.commune.organisation,
    )  # fmt: skip
    default_storage.save("uploads/loose", ContentFile(b"x"))
    StoredFile.objects.create(
        tenant=canton.tenant, name="n", kind="k", size=1, sha256="", path="uploads/loose",
        owner_id=uuid.uuid4(), created_by_id=uuid.uuid4(),
    )  # fmt: skip
    with time_machine.travel(at + LATER):
        counts = run(canton.tenant)
    assert counts["core.messages"] == 3
    assert counts["core.uploads"] == 1
    assert counts["counters.searches"] == 1
    assert not UserSession.objects.filter(session_key="gone").exists()
    left = OutgoingMessage.objects.values_list("kind", flat=True).distinct()
    assert set(left) == {"accounts.unused"}


def test_an_upload_that_a_booking_needs_stays(canton: Canton) -> None:
    row = take_date(
        by=canton.commune, slot=canton.slot(days=30), with_interpreter=False
    )
    upload = SimpleUploadedFile("f.pdf", uploads_corpus.pdf())
    stored = attach(by=canton.commune, booking=row, upload=upload)
    with time_machine.travel(now() + dt.timedelta(days=10)):
        assert "core.uploads" not in run(canton.tenant)
    assert default_storage.exists(stored.path)


def test_a_file_that_no_row_holds_is_swept_a_day_later(canton: Canton) -> None:
    default_storage.save("documents/orphan.pdf", ContentFile(b"x"))
    assert retention.sweep_files() == 0
    with time_machine.travel(now() + dt.timedelta(days=2)):
        assert retention.sweep_files() == 1
    assert not default_storage.exists("documents/orphan.pdf")


def test_the_command_counts_first_and_erases_when_told(
    canton: Canton, capsys: Any
) -> None:
    somebody(canton)
    with time_machine.travel(now() + LATER):
        call_command("retention")
        line = next(
            one for one in capsys.readouterr().out.splitlines() if "warnings" in one
        )
        assert int(line.split()[1]) == User.objects.count()
        assert not RetentionRun.objects.exists()
        call_command("retention", "--for-real", "--tenant", "berne")
    assert (
        RetentionRun.objects.get().counts["accounts.warnings"] == User.objects.count()
    )
    with pytest.raises(CommandError):
        call_command("retention", "--tenant", "nowhere")


def test_the_timetable_runs_once_a_day_and_goes_on_with_what_is_unfinished(
    canton: Canton,
) -> None:
    run_retention()
    assert RetentionRun.objects.count() == 1
    with time_machine.travel(now() + dt.timedelta(hours=1)):
        run_retention()
        assert RetentionRun.objects.count() == 1
        RetentionRun.objects.update(finished_at=None)
        privacy.go_on(seconds=60)
        assert RetentionRun.objects.get().finished_at
    with time_machine.travel(now() + dt.timedelta(hours=25)):
        run_retention()
    assert RetentionRun.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_are_one(canton: Canton) -> None:
    """The lock belongs to another connection of PostgreSQL."""
    other = connections.create_connection("default")
    number = int.from_bytes(canton.tenant.pk.bytes[:8], signed=True)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        assert retention.run(canton.tenant) is None
        with pytest.raises(CommandError, match="Another"):
            call_command("retention", "--for-real")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    other.close()
    assert retention.run(canton.tenant) is not None


def test_no_time_means_it_goes_on_later(canton: Canton) -> None:
    one = retention.run(canton.tenant, seconds=0)
    assert one
    assert one.finished_at is None
    again = retention.run(canton.tenant)
    assert again == one
    assert again.finished_at


def test_a_restored_database_is_erased_again(town: Town, tmp_path: Any) -> None:  # noqa: F811
    """As after a restore: the row is back with its name, the list beside the files knows it."""
    row = town.assigned(town.slots()[0], "Zebedäus")
    facts = Person.objects.filter(pk=row.person_id).values().get()
    person_id, reference = row.person_id, row.reference
    with time_machine.travel(now() + LATER):
        run(town.tenant)
    Person.objects.create(**facts)
    Appointment.objects.filter(pk=row.pk).update(
        person=person_id, holder=person_id, comment="Zebedäus", reference=reference
    )
    Erasure.objects.all().delete()  # the dump was made before
    call_command("erasures", "apply", default_storage.path(retention.LIST))
    assert not Person.objects.filter(pk=person_id).exists()
    assert Appointment.objects.get(pk=row.pk).comment == ""
    assert Erasure.objects.filter(subject_id=person_id).exists()


def test_the_lock_is_let_go(canton: Canton) -> None:
    run(canton.tenant)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        assert cursor.fetchone()[0] == 0
