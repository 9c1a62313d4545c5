"""Reminding people the day before (CTR-022)."""

import datetime as dt

from django.db import transaction

from core.dates import now
from counters import messages
from counters.models import Appointment
from counters.states import AppointmentState

BEFORE = dt.timedelta(hours=24)


def remind_all() -> int:
    """Everybody whose appointment begins within a day, once; gives how many."""
    at = now()
    due = Appointment.objects.filter(
        state=AppointmentState.PLANNED,
        reminded_at=None,
        starts_at__gt=at,
        starts_at__lte=at + BEFORE,
        # Who booked for tomorrow today has just been told.
        taken_at__lt=at - BEFORE,
    )
    count = 0
    for pk in due.order_by("starts_at").values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            # By the update, which sees what became of it while others had their turn.
            if due.filter(pk=pk).update(reminded_at=at):
                messages.remind(Appointment.objects.with_facts().get(pk=pk))
                count += 1
    return count
