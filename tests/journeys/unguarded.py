"""The house without its guard against double bookings: what the rush must then show."""

import contextlib
import threading

from config.wsgi import application  # makes the models ready

# isort: split
from booking.actions import dates
from booking.models import Booking, Slot
from booking.states import SlotState
from core.occupancy import Occupancy

__all__ = ["application"]


# What chance does to two people now and then, here it does for certain.
two_have_looked = threading.Barrier(2)


def look_then_take(slot: Slot, booking: Booking) -> None:
    """As one would write it without thinking of others: read, decide, write."""
    current = Slot.objects.get(pk=slot.pk)
    with contextlib.suppress(threading.BrokenBarrierError):
        two_have_looked.wait(5)
    if current.state != SlotState.FREE:
        raise dates.DateTaken
    current.state, current.held_until = SlotState.HELD, booking.held_until
    current.save()
    Occupancy.objects.create(
        resource_id=slot.counsellor_id,
        period=(slot.starts_at, slot.ends_at),
        source_id=booking.pk,
        until=booking.held_until,
    )


dates._claim = look_then_take
