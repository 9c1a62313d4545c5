"""What an agenda shows: a day, a week, a month."""

import calendar
import datetime as dt
from dataclasses import dataclass

from core.dates import is_usual

SPANS = ("day", "week", "month")
SATURDAY = 5


def start_day(typed: str, otherwise: dt.date) -> dt.date:
    """The day that an address asks for; one of a century that nobody means is none."""
    try:
        day = dt.date.fromisoformat(typed)
    except ValueError:
        return otherwise
    return day if is_usual(day) else otherwise


def next_desk_day(today: dt.date) -> dt.date:
    """Today, at the week-end Monday: where an agenda opens."""
    rest = 7 - today.weekday() if today.weekday() >= SATURDAY else 0
    return today + dt.timedelta(days=rest)


@dataclass(frozen=True)
class Period:
    """What is looked at: from a day to a day, and where « before » and « after » lead."""

    span: str
    first: dt.date
    last: dt.date
    before: dt.date
    after: dt.date

    @property
    def week(self) -> int:
        """The week's number in the year (ISO 8601), as Swiss calendars print it."""
        return self.first.isocalendar().week

    @property
    def days(self) -> list[dt.date]:
        """Each day of the period."""
        count = (self.last - self.first).days + 1
        return [self.first + dt.timedelta(days=number) for number in range(count)]


def period(span: str, day: dt.date) -> Period:
    """The day, the week from Monday to Sunday, or the month that a day belongs to."""
    one = dt.timedelta(days=1)
    if span == "day":
        return Period(span, day, day, day - one, day + one)
    if span == "month":
        first = day.replace(day=1)
        length = calendar.monthrange(first.year, first.month)[1]
        last = first.replace(day=length)
        return Period(span, first, last, first - one, last + one)
    monday = day - dt.timedelta(days=day.weekday())
    return Period("week", monday, monday + 6 * one, monday - 7 * one, monday + 7 * one)
