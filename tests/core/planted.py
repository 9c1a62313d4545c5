"""Fifty people with something unique in every column, file and letter about them."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from accounts.actions.people import create_person, give_role, invite
from accounts.models import (
    Invitation,
    Organisation,
    RememberedBrowser,
    User,
    UserSession,
)
from booking.actions.bookings import attach
from booking.actions.dates import take_date
from booking.models import Booking, BookingEvent
from core.dates import now
from core.documents.models import Document, DocumentState
from core.journal import record
from core.messages.models import MessageState, OutgoingMessage
from core.privacy.fates import TABLES, Fate
from core.uploads.models import StoredFile
from counters.actions import appointments
from counters.actions.persons import new_person
from counters.models import Appointment, EarlierWish, Person, SavedSearch
from counters.states import AppointmentState
from tests.conftest import PASSWORD, Canton
from tests.core import uploads_corpus
from tests.counters.town import Town

PEOPLE = 50
MARK = "Kanari"


def mark(number: int, what: str = "") -> str:
    """What tells one planted person, and one column, from all others."""
    return f"{MARK}{number:03}{what}".replace("_", "")


def fill(row: models.Model, number: int) -> None:
    """Puts a mark of its own into every column of a row that is to be erased."""
    columns = TABLES[row._meta.db_table]
    marked = {
        field.attname: value
        for field in row._meta.concrete_fields
        if columns[field.column].fate != Fate.KEPT
        and (value := _value(field, number)) is not None
    }
    type(row)._default_manager.filter(pk=row.pk).update(**marked)


def _value(field: Any, number: int) -> Any:
    text = mark(number, field.column)
    if field.choices or field.primary_key or field.unique or field.is_relation:
        return None
    if isinstance(field, models.EmailField):
        return f"{text}@x.example".lower()
    if (
        isinstance(field, models.CharField | models.TextField)
        and field.name not in TECHNICAL
    ):
        longest = field.max_length or 99
        return text if longest >= len(text) else None
    if isinstance(field, models.JSONField):
        return {"aim": text}
    return None


# What the code reads, so it cannot hold anything.
TECHNICAL = {
    "kind", "dedupe_key", "path", "state", "channel", "language", "role", "token_hash",
    "code_hash", "nationality", "password", "what", "to_state", "from_state",
    "entry", "reference", "number", "session_data", "fingerprint", "sha256",
}  # fmt: skip


def plant(canton: Canton, town: Town) -> dict[int, uuid.UUID]:
    """Clients, persons with an account, accounts of staff; gives an id of each."""
    portal = Organisation.objects.create(tenant=canton.tenant, name="Portail")
    free = iter(town.slots())
    found: dict[int, uuid.UUID] = {}
    for number in range(PEOPLE):
        if number % 5 < 2:
            found[number] = client(canton, number)
        elif number % 5 < 4:
            found[number] = citizen(town, portal, next(free), number)
        else:
            found[number] = colleague(canton, number)
    return found


def client(canton: Canton, number: int) -> uuid.UUID:
    """A commune's client with an interview that took place, form, letter, messages."""
    slot = canton.slot(days=3 + number // 8, hour=7 + number % 8)
    row = take_date(by=canton.commune, slot=slot, with_interpreter=False)
    upload = SimpleUploadedFile(
        f"{mark(number)}.pdf", uploads_corpus.pdf() + mark(number, "upload").encode()
    )
    attach(by=canton.commune, booking=row, upload=upload)
    Booking.objects.filter(pk=row.pk).update(
        state="took_place", held_until=None, confirmed_at=now(),
        symic_number=f"{number:05}.9", birth_date=dt.date(1950 + number, 3, 4),
    )  # fmt: skip
    row = Booking.objects.get(pk=row.pk)
    fill(row, number)
    for other in (*StoredFile.objects.filter(owner_id=row.pk),):
        fill(other, number)
    letter(row, number)
    told(row, "booking.client_confirmed", number)
    assert BookingEvent.objects.filter(booking=row).exists()
    return row.pk


def letter(row: Any, number: int) -> None:
    """A rendered document about something."""
    path = f"documents/{uuid.uuid4().hex}.pdf"
    default_storage.save(path, ContentFile(mark(number, "letter").encode()))
    document = Document.objects.create(
        tenant=row.tenant, kind="booking.invitation", subject_id=row.pk, language="fr",
        fingerprint="x", state=DocumentState.READY, path=path,
    )  # fmt: skip
    fill(document, number)


def told(row: Any, kind: str, number: int, channel: str = "email") -> None:
    """A message that has left."""
    message = OutgoingMessage.objects.create(
        tenant=row.tenant, kind=kind, dedupe_key=f"{kind}:{row.pk}", to="x",
        language="fr", subject="s", text="t", state=MessageState.SENT, next_at=now(),
        channel=channel,
    )  # fmt: skip
    fill(message, number)


def citizen(town: Town, portal: Organisation, slot: Any, number: int) -> uuid.UUID:
    """Somebody with an account, a file, an appointment, and words in a saved search."""
    user = account(town.tenant, number)
    give_role(user=user, organisation=portal, role="counters.citizen")
    visitor = new_person(tenant=town.tenant, last_name="x", first_name="y", user=user)
    row = appointments.assign(
        by=town.lead, slot=slot, visitor=appointments.Visitor(visitor)
    )
    Appointment.objects.filter(pk=row.pk).update(
        state=AppointmentState.DONE, holder=visitor, rank=0, most=3
    )
    wish = EarlierWish.objects.create(
        tenant=town.tenant, person=visitor, type=town.type, appointment=row
    )
    search = SavedSearch.objects.create(
        tenant=town.tenant, entry="planned", name="x", service=town.service, user=None
    )
    told(row, "counters.planned", number)
    for one in (
        Person.objects.get(pk=visitor.pk),
        Appointment.objects.get(pk=row.pk),
        wish,
    ):
        fill(one, number)
    SavedSearch.objects.filter(pk=search.pk).update(
        name=mark(number, "name"), query=f"q={mark(number, 'query')}"
    )
    return visitor.pk


def colleague(canton: Canton, number: int) -> uuid.UUID:
    """Somebody of the staff: invited, signed in, with a note in the journal."""
    invitation = invite(
        by=canton.commune, email=f"{mark(number, 'invited')}@x.example",
        role="booking.commune", administrator=False, language="fr",
    )  # fmt: skip
    fill(Invitation.objects.get(pk=invitation.pk), number)
    user = account(canton.tenant, number)
    give_role(
        user=user, organisation=canton.commune.organisation, role="booking.commune"
    )
    record(
        "factor.reset", tenant_id=canton.tenant.pk, actor_id=user.pk, subject=user,
        note=mark(number, "note"),
    )  # fmt: skip
    return user.pk


def account(tenant: Any, number: int) -> User:
    """An account with a session, a remembered browser, and a message."""
    user = create_person(
        tenant=tenant, username=mark(number, "username"), email=f"a{number}@x.example",
        first_name="x", last_name="y", password=PASSWORD, language="fr",
    )  # fmt: skip
    fill(user, number)
    User.objects.filter(pk=user.pk).update(username=mark(number, "username"))
    UserSession.objects.create(
        session_key=f"key{number}", session_data="", user=user,
        user_agent=mark(number, "agent"), expire_date=now() + dt.timedelta(days=7),
    )  # fmt: skip
    RememberedBrowser.objects.create(
        user=user, token_hash=f"hash{number}", user_agent=mark(number, "browser"),
        expires_at=now() + dt.timedelta(days=30),
    )  # fmt: skip
    told(user, "accounts.password_changed", number)
    return user


def columns_marked(dump: str) -> Iterator[str]:
    """The marks of the first person of each kind, as a proof that the net has no holes."""
    return (part for part in (mark(0), mark(2), mark(4)) if part in dump)


def models_with_marks() -> set[str]:
    """The tables in which something was planted."""
    found = set()
    for model in apps.get_models():
        rows = model._default_manager.values()
        if MARK.lower() in str(list(rows)).lower():
            found.add(model._meta.db_table)
    return found
