"""Counters' periodic work."""

from celery import shared_task

from core.jobs import noted_every, once_every
from counters.actions.appointments import lapse_all
from counters.actions.opening import materialise_all
from counters.actions.reminders import remind_all
from counters.actions.waiting import tell_all
from counters.messages import tell_waiting


@shared_task
@once_every(seconds=60)
def lapse_counter_holds() -> None:
    """Makes visible that holds have lapsed (CTR-021)."""
    lapse_all()


@shared_task
@noted_every(seconds=60)
def tell_people() -> None:
    """Tells what a large change left to tell (CTR-014)."""
    tell_waiting()


@shared_task
@once_every(seconds=6 * 3600)
def open_slots() -> None:
    """Lets the horizon follow the calendar (CTR-011)."""
    materialise_all()


@shared_task
@once_every(seconds=600)
def remind_persons() -> None:
    """The day before (CTR-022)."""
    remind_all()


@shared_task
@once_every(seconds=60)
def tell_of_earlier_slots() -> None:
    """The waiting list, in turn (CTR-025)."""
    tell_all()
