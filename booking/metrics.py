"""Figures of booking for whoever watches the house."""

import datetime as dt

from booking.models import Slot
from booking.states import SlotState
from core.dates import now
from core.metrics import gauge


@gauge("booking_holds_unswept", "Dates whose hold lapsed five minutes ago or more.")
def holds_unswept() -> float:
    """The sweeper's work that nobody does; taking a date sweeps its own all the same."""
    before = now() - dt.timedelta(minutes=5)
    return float(
        Slot.objects.filter(state=SlotState.HELD, held_until__lt=before).count()
    )
