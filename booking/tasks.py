"""Booking's periodic work."""

from celery import shared_task

from booking.actions.dates import lapse_all
from booking.actions.reminders import remind_all
from booking.actions.wishes import tell_all
from core.jobs import once_every


@shared_task
@once_every(seconds=60)
def lapse_holds() -> None:
    """Makes visible that holds have lapsed (BKG-017)."""
    lapse_all()


@shared_task
@once_every(seconds=600)
def remind_clients() -> None:
    """Two days before, or as the operator sets it (BKG-035)."""
    remind_all()


@shared_task
@once_every(seconds=300)
def tell_of_free_dates() -> None:
    """« Me prévenir » (BKG-018)."""
    tell_all()
