"""Figures of counters for whoever watches the house."""

import datetime as dt

from core.dates import now
from core.metrics import gauge
from counters.models import Slot
from counters.states import SlotState


@gauge("counters_holds_unswept", "Slots whose hold lapsed five minutes ago or more.")
def holds_unswept() -> float:
    """The sweeper's work that nobody does; taking a slot sweeps its own all the same."""
    before = now() - dt.timedelta(minutes=5)
    return float(
        Slot.objects.filter(state=SlotState.HELD, held_until__lt=before).count()
    )
