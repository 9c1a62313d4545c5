"""Clients' data goes a set time after the interview; the figures stay (BKG-055)."""

import datetime as dt
import uuid
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Tenant
from booking.models import Booking
from booking.states import TO_CONFIRM
from core import journal
from core.dates import now
from core.documents.models import Document
from core.messages.models import OutgoingMessage
from core.uploads import store

DEFAULT_MONTHS = 12
DAYS_A_MONTH = 30.4375

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
}


def due(tenant: Tenant) -> QuerySet[Booking]:
    """The bookings whose clients' data is to go: the dry run is its count."""
    months = tenant.setting("booking.retention_months", DEFAULT_MONTHS)
    before = now() - dt.timedelta(days=months * DAYS_A_MONTH)
    old = Booking.objects.of(tenant).filter(
        slot__ends_at__lt=before, anonymised_at=None
    )
    return old.exclude(state__in=TO_CONFIRM)


def anonymise_all() -> int:
    """Every tenant's; gives how many. Each booking by itself: killed, it goes on next time."""
    count = 0
    for tenant in Tenant.objects.order_by("pk"):
        for pk in due(tenant).order_by("pk").values_list("pk", flat=True):
            count += _anonymise(pk)
    return count


@transaction.atomic
def _anonymise(pk: uuid.UUID) -> bool:
    booking = Booking.objects.select_for_update(of=("self",)).get(pk=pk)
    if booking.anonymised_at:
        return False
    stored = booking.form_file
    Booking.objects.filter(pk=pk).update(**EMPTIED, form_file=None, anonymised_at=now())
    if stored:
        store.discard(stored)
    forget_traces(booking)
    journal.record(
        "booking.anonymised",
        tenant_id=booking.tenant_id,
        actor_id=None,
        subject=booking,
    )
    return True


def forget_traces(booking: Booking) -> None:
    """The PDFs made of a booking, and the messages to its client."""
    documents = Document.objects.filter(subject_id=booking.pk)
    paths = [path for path in documents.values_list("path", flat=True) if path]
    documents.delete()
    OutgoingMessage.objects.filter(
        tenant_id=booking.tenant_id,
        kind__startswith="booking.client_",
        dedupe_key__contains=str(booking.pk),
    ).delete()
    transaction.on_commit(lambda: _remove(paths), robust=True)


def _remove(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)
