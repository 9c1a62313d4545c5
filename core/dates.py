"""The only clock, and dates in words. Nothing else in the house asks what time it is."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

ZURICH = ZoneInfo("Europe/Zurich")


def now() -> dt.datetime:
    """This instant, aware, in UTC."""
    return timezone.now()


def today(zone: dt.tzinfo = ZURICH) -> dt.date:
    """Today's date where the desk stands."""
    return now().astimezone(zone).date()


def at(day: dt.date, time: dt.time, zone: dt.tzinfo = ZURICH) -> dt.datetime:
    """The instant of a local wall time.

    A time that exists twice (the autumn change) is the first one; a time that does
    not exist (the spring change) is moved forward by the hour that is skipped.
    """
    wall = dt.datetime.combine(day, time.replace(fold=0), tzinfo=zone)
    # Round trip through UTC: only it moves a time in the gap to one that exists.
    return wall.astimezone(dt.UTC).astimezone(zone)
