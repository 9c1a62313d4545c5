"""Reminding clients of their interview (BKG-035)."""

import datetime as dt
import uuid

from django.db import transaction

from booking import messages
from booking.models import Booking
from booking.states import BookingState
from core.dates import now

DEFAULT_REMINDER_DAYS = 2
LONGEST_REMINDER_DAYS = 14


def remind_all() -> int:
    """Reminds of every interview that is near enough; gives of how many. Once for each date."""
    at = now()
    near = Booking.objects.filter(
        state=BookingState.CONFIRMED,
        reminded_at=None,
        slot__starts_at__gt=at,
        slot__starts_at__lte=at + dt.timedelta(days=LONGEST_REMINDER_DAYS),
    )
    count = 0
    for pk in near.order_by("slot__starts_at").values_list("pk", flat=True):
        count += _remind(pk, at)
    return count


@transaction.atomic
def _remind(pk: uuid.UUID, at: dt.datetime) -> bool:
    """One interview: claimed by the update, told in the same transaction."""
    booking = Booking.objects.with_facts().get(pk=pk)
    days = booking.tenant.setting("booking.reminder_days", DEFAULT_REMINDER_DAYS)
    if booking.slot.starts_at > at + dt.timedelta(days=days):
        return False
    claimed = Booking.objects.filter(
        pk=pk, state=BookingState.CONFIRMED, reminded_at=None
    ).update(reminded_at=at)
    # Whoever confirmed the day before has the invitation fresh in hand.
    told_lately = booking.confirmed_at and at - booking.confirmed_at < dt.timedelta(
        days=1
    )
    if claimed and not told_lately:
        messages.remind(booking)
    return bool(claimed and not told_lately)
