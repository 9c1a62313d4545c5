"""Weeks become slots: pure functions over plain data, no database (DESIGN §6, TRUST §3.4).

A weekly pattern says on which weekdays, from when to when in *local wall time*, in slots
of how many minutes; it holds from one date to another. Exceptions replace single days.
What comes out are instants. Four rules, tested over both changes of the clock:

- nine o'clock is nine o'clock, in summer and in winter;
- an hour that does not exist (spring, 02:00 to 03:00) is skipped: nothing begins in it;
- an hour that exists twice (autumn) is served twice, the first time first;
- slots of one day never overlap and none reaches past the end of its opening.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import holidays

CANTONS = tuple(holidays.list_supported_countries(include_aliases=False)["CH"])

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, order=True)
class Opening:
    """Open from one local time to another, in slots of `minutes` with `pause` minutes between.

    An `end` of 00:00 is the midnight that ends the day.
    """

    start: dt.time
    end: dt.time
    minutes: int
    pause: int = 0

    def __post_init__(self) -> None:
        if self.minutes <= 0 or self.pause < 0:
            raise ValueError("A slot lasts at least a minute, a pause is not negative.")
        if self.end != dt.time() and self.end <= self.start:
            raise ValueError("An opening ends after it begins.")


@dataclass(frozen=True)
class Week:
    """Openings of each weekday (Monday is 0), valid from a date to a date, both included."""

    days: Mapping[int, tuple[Opening, ...]]
    valid_from: dt.date
    valid_to: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the pattern is in force on the day."""
        return self.valid_from <= day and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)
class Closures:
    """What replaces the week on single days.

    `closed`: whole days; `other_hours`: a day with its own openings, which also opens a day
    that is closed otherwise; `ends_at`: half-days, from which local time on it is closed.
    """

    closed: frozenset[dt.date] = frozenset()
    other_hours: Mapping[dt.date, tuple[Opening, ...]] = field(default_factory=dict)
    ends_at: Mapping[dt.date, dt.time] = field(default_factory=dict)


NOTHING_CLOSED = Closures()


@dataclass(frozen=True, order=True)
class Slot:
    """A half-open stretch of time, [starts_at, ends_at), both in UTC."""

    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True)
class Difference:
    """What a change of the weeks adds, takes away, and leaves alone."""

    added: tuple[Slot, ...]
    removed: tuple[Slot, ...]
    kept: tuple[Slot, ...]


def slots(
    weeks: Iterable[Week],
    first: dt.date,
    last: dt.date,
    zone: dt.tzinfo,
    closures: Closures = NOTHING_CLOSED,
) -> list[Slot]:
    """The slots of all days from `first` to `last`, both included, in order.

    Of two weeks in force on the same day, the one that began later counts.
    """
    in_order = sorted(weeks, key=lambda week: week.valid_from)
    found: list[Slot] = []
    for day in days(first, last):
        found.extend(_slots_of_day(day, _openings(in_order, closures, day), zone))
    return found


def difference(old: Iterable[Slot], new: Iterable[Slot]) -> Difference:
    """From old to new. A slot whose end has moved is another slot."""
    before, after = set(old), set(new)
    return Difference(
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
        kept=tuple(sorted(before & after)),
    )


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Each date from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


@cache
def public_holidays(canton: str, year: int) -> frozenset[dt.date]:
    """The canton's public holidays; half-days and local customs are a tenant's own data."""
    return frozenset(holidays.country_holidays("CH", subdiv=canton, years=year))


def _openings(
    weeks: list[Week], closures: Closures, day: dt.date
) -> tuple[Opening, ...]:
    """The openings in force on a day, exceptions included."""
    if day in closures.other_hours:
        openings = closures.other_hours[day]
    elif day in closures.closed:
        return ()
    else:
        in_force = [week for week in weeks if week.holds_on(day)]
        openings = in_force[-1].days.get(day.weekday(), ()) if in_force else ()
    until = closures.ends_at.get(day)
    return openings if until is None else tuple(_cut(openings, until))


def _cut(openings: Iterable[Opening], until: dt.time) -> Iterator[Opening]:
    """The openings as far as they lie before `until`."""
    for opening in openings:
        if opening.start >= until:
            continue
        ends_later = opening.end == dt.time() or opening.end > until
        end = until if ends_later else opening.end
        yield Opening(opening.start, end, opening.minutes, opening.pause)


def _slots_of_day(
    day: dt.date, openings: Iterable[Opening], zone: dt.tzinfo
) -> Iterator[Slot]:
    """In order, without overlap: where openings overlap, the earlier one is served first."""
    free_from = dt.datetime.min.replace(tzinfo=dt.UTC)
    for opening in sorted(openings):
        for slot in _slots_of_opening(day, opening, zone):
            if slot.starts_at >= free_from:
                yield slot
                free_from = slot.ends_at


def _slots_of_opening(
    day: dt.date, opening: Opening, zone: dt.tzinfo
) -> Iterator[Slot]:
    """Counted in real time from the opening's first instant to its last.

    So an opening over the night of the change has an hour more, or less, of slots.
    """
    end_day = day + dt.timedelta(days=1) if opening.end == dt.time() else day
    start = _instant(day, opening.start, zone)
    end = _instant(end_day, opening.end, zone, last=True)
    length = opening.minutes * MINUTE
    while start + length <= end:
        yield Slot(start, start + length)
        start += length + opening.pause * MINUTE


def _instant(
    day: dt.date, time: dt.time, zone: dt.tzinfo, *, last: bool = False
) -> dt.datetime:
    """The instant, in UTC, of a local wall time.

    One that exists twice: the first, or with `last` the second. One that does not exist
    is the moment of the change itself, for a beginning as for an end.
    """
    wall = dt.datetime.combine(day, time.replace(fold=0), tzinfo=zone)
    first = wall.astimezone(dt.UTC)
    second = wall.replace(fold=1).astimezone(dt.UTC)
    if (
        second < first
    ):  # in the gap fold 0 counts with the old offset, fold 1 with the new
        return _change_between(second, first, zone)
    return second if last else first


def _change_between(
    low: dt.datetime, high: dt.datetime, zone: dt.tzinfo
) -> dt.datetime:
    """The minute between two instants at which the zone's offset changes."""
    before = low.astimezone(zone).utcoffset()
    while high - low > MINUTE:
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
