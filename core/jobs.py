"""Periodic work done once, however many beats and workers there are (TRUST §3.3)."""

import datetime as dt
from collections.abc import Callable
from functools import wraps

from django.db import models, transaction

from core.dates import now

# Every periodic job's name and period in seconds, as its module is loaded.
PERIODS: dict[str, int] = {}


class JobRun(models.Model):
    """When a periodic job last ran: claimed by a conditional UPDATE."""

    name = models.CharField(max_length=80, primary_key=True)
    last_run = models.DateTimeField(null=True)

    class Meta:
        app_label = "core"


def watch(name: str, seconds: int) -> None:
    """Lets a job that runs elsewhere be missed when it does not (core.metrics)."""
    PERIODS[name] = seconds


def once_every(seconds: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Runs the function only if nobody has run it for (nearly) this long."""

    def decorate(function: Callable[[], None]) -> Callable[[], None]:
        PERIODS[function.__name__] = seconds

        @wraps(function)
        def run() -> None:
            if claim(function.__name__, seconds):
                function()

        return run

    return decorate


def noted_every(seconds: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Runs the function each time and notes, at most once a period, that it did."""

    def decorate(function: Callable[[], None]) -> Callable[[], None]:
        PERIODS[function.__name__] = seconds

        @wraps(function)
        def run() -> None:
            function()
            claim(function.__name__, seconds)

        return run

    return decorate


def claim(name: str, seconds: int) -> bool:
    """Whether this caller may run the job now; exactly one of many callers may."""
    at = now()
    JobRun.objects.get_or_create(name=name)
    # A tenth less than the period: two ticks of one beat are never exactly a period apart.
    due = models.Q(last_run=None) | models.Q(
        last_run__lte=at - dt.timedelta(seconds=seconds * 0.9)
    )
    with transaction.atomic():
        return bool(JobRun.objects.filter(due, name=name).update(last_run=at))
