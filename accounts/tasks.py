"""Periodic work for all tenants."""

from celery import shared_task

from accounts.actions.privacy import go_on
from core.jobs import once_every

# Well below the worker's limit: a batch may take a moment.
SECONDS = 80


@shared_task
@once_every(seconds=300)
def run_retention() -> None:
    """Erases what is due, once a day, in parts."""
    go_on(seconds=SECONDS)


@shared_task
def run_asked_for() -> None:
    """The operator does not wait for the timetable."""
    go_on(seconds=SECONDS)
