"""Reminding clients of their interview (BKG-035)."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Tenant
from booking import messages
from booking.models import Booking
from booking.states import BookingState
from core.dates import now

DEFAULT_REMINDER_DAYS = 2


def remind_all() -> int:
    """Reminds of every interview that is near enough; gives of how many. Once for each date."""
    at = now()
    return sum(
        _remind(pk, tenant, at)
        for tenant in Tenant.objects.order_by("pk")
        for pk in _due(tenant, at)
        .order_by("slot__starts_at")
        .values_list("pk", flat=True)
    )


def _due(tenant: Tenant, at: dt.datetime) -> "QuerySet[Booking]":
    days = tenant.setting("booking.reminder_days", DEFAULT_REMINDER_DAYS)
    rows: QuerySet[Booking] = Booking.objects.of(tenant).filter(
        state=BookingState.CONFIRMED,
        reminded_at=None,
        slot__starts_at__gt=at,
        slot__starts_at__lte=at + dt.timedelta(days=days),
    )
    return rows


@transaction.atomic
def _remind(pk: uuid.UUID, tenant: Tenant, at: dt.datetime) -> bool:
    """One interview, locked and then looked at again: it may have another date by now."""
    rows = Booking.objects.filter(pk=pk)
    list(rows.select_for_update(no_key=True).values_list("pk"))
    if not _due(tenant, at).filter(pk=pk).exists():
        return False
    rows.update(reminded_at=at)
    booking = rows.with_facts().get()
    # Whoever confirmed the day before has the invitation fresh in hand.
    if booking.confirmed_at and at - booking.confirmed_at < dt.timedelta(days=1):
        return False
    messages.remind(booking)
    return True
