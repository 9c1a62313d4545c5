"""Clients' data goes a set time after the interview; the figures stay (BKG-055)."""

import datetime as dt
import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import TruncMonth

from accounts.models import Tenant
from booking.models import Booking, BookingEvent, DateWish
from booking.states import TO_CONFIRM
from core import journal
from core.dates import now
from core.documents.models import Document
from core.messages.models import OutgoingMessage
from core.privacy.kinds import remove
from core.privacy.retention import before
from core.privacy.subjects import held_ids
from core.uploads import store

CLIENTS = "booking.clients"
WISHES = "booking.wishes"
DEFAULT_MONTHS = 12

# What stands for a person, and what it becomes.
EMPTIED: dict[str, Any] = {
    "salutation": "",
    "last_name": "",
    "first_name": "",
    "nationality": "",
    "birth_date": None,
    "symic_number": "",
    "phone": "",
    "email": "",
    "email_information": False,
    "remark": "",
    "personal_data": {},
    "office_note": "",
    "interpreter_name": "",
    "reminded_at": None,
}


def due(tenant: Tenant) -> list[QuerySet[Booking]]:
    """The bookings whose clients' data is to go: the dry run is their count."""
    old = Booking.objects.of(tenant).filter(
        slot__ends_at__lt=before(tenant, CLIENTS), anonymised_at=None
    )
    return [old.exclude(state__in=TO_CONFIRM).exclude(pk__in=held_ids(tenant))]


@transaction.atomic
def anonymise(
    tenant: Tenant, model: type[Model], pks: list[uuid.UUID]
) -> list[uuid.UUID]:
    """Empties bookings; gives those that were not empty. Of moments the month stays."""
    rows = Booking.objects.of(tenant).filter(pk__in=pks, anonymised_at=None)
    bookings = list(rows.select_related("form_file").order_by("pk"))
    rows.update(
        **EMPTIED,
        form_file=None,
        created_at=TruncMonth("created_at", tzinfo=tenant.zone),
        confirmed_at=TruncMonth("confirmed_at", tzinfo=tenant.zone),
        anonymised_at=now(),
    )
    BookingEvent.objects.filter(booking__in=bookings).delete()
    for booking in bookings:
        if booking.form_file:
            store.discard(booking.form_file)
        forget_traces(booking)
        journal.record(
            "booking.anonymised", tenant_id=tenant.pk, actor_id=None, subject=booking
        )
    return [booking.pk for booking in bookings]


def forget_traces(booking: Booking) -> None:
    """The PDFs made of a booking, and the messages to its client."""
    documents = Document.objects.filter(subject_id=booking.pk)
    paths = [path for path in documents.values_list("path", flat=True) if path]
    documents.delete()
    messages = OutgoingMessage.objects.filter(
        tenant_id=booking.tenant_id, kind__startswith="booking.client_"
    )
    messages.about([booking.pk]).delete()
    transaction.on_commit(partial(remove, paths), robust=True)


def wishes(tenant: Tenant) -> list[QuerySet[DateWish]]:
    """Those that wait for days long gone."""
    limit: dt.date = before(tenant, WISHES).date()
    return [DateWish.objects.of(tenant).filter(not_after__lt=limit)]
