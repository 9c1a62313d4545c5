"""The only clock, and dates in words. Nothing else in the house asks what time it is."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

ZURICH = ZoneInfo("Europe/Zurich")
# The years that the house deals with: beyond lie slips of the pen, and the calendar's ends,
# where the day before or after does not exist.
FIRST_YEAR, LAST_YEAR = 1900, 2199


def now() -> dt.datetime:
    """This instant, aware, in UTC."""
    return timezone.now()


def today(zone: dt.tzinfo = ZURICH) -> dt.date:
    """Today's date where the desk stands."""
    return now().astimezone(zone).date()


def is_usual(day: dt.date) -> bool:
    """Whether a day lies in the years that the house deals with."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def at(day: dt.date, time: dt.time, zone: dt.tzinfo = ZURICH) -> dt.datetime:
    """The instant of a local wall time.

    A time that exists twice (the autumn change) is the first one; a time that does
    not exist (the spring change) is moved forward by the hour that is skipped.
    """
    wall = dt.datetime.combine(day, time.replace(fold=0), tzinfo=zone)
    # Round trip through UTC: only it moves a time in the gap to one that exists.
    return wall.astimezone(dt.UTC).astimezone(zone)
