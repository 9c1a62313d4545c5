"""The counters' agenda: days, counters side by side, on one axis of hours (CTR-031).

A week of ten counters has a thousand slots: they come as plain rows, not as objects of the ORM.
"""

import datetime as dt
import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from core.dates import at, now
from counters.models import Appointment, Counter, Slot
from counters.states import ON_A_SLOT, AppointmentState, SlotState

STEP = 5  # minutes; positions in the agenda are classes in these steps
FOLDED = 3  # steps that are left of a time when every counter is closed
CLOSE = 4  # steps that two hours of the axis are apart at least
SATURDAY = 5
DAYS_OF_A_WEEK = 7
WIDE = 25  # columns that a screen takes side by side; more, and each day has a row
SHOWN = (*ON_A_SLOT, AppointmentState.DONE, AppointmentState.ABSENT)


class Row(NamedTuple):
    """A slot as it comes from the database."""

    pk: uuid.UUID
    counter: uuid.UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    state: str

    @property
    def steps(self) -> int:
        """How long it is, in steps of the agenda."""
        return max(
            int((self.ends_at - self.starts_at).total_seconds()) // 60 // STEP, 1
        )


class Entry(NamedTuple):
    """A slot in the agenda: where it stands, how long it is, whose it is."""

    pk: uuid.UUID
    wall: dt.datetime
    state: str  # the slot's; of a slot taken that of its appointment
    last_name: str
    first_name: str
    position: int
    length: int
    past: bool


@dataclass(frozen=True)
class Column:
    """A counter's slots of a day."""

    counter: Counter
    entries: list[Entry]


@dataclass(frozen=True)
class Day:
    """A day of the agenda."""

    day: dt.date
    columns: list[Column]

    @property
    def is_closed(self) -> bool:
        """Whether no counter has a slot: said once for all of them."""
        return not any(column.entries for column in self.columns)


@dataclass
class Agenda:
    """Days side by side, on one axis of hours."""

    days: list[Day] = field(default_factory=list)
    axis: list[tuple[int, dt.time]] = field(default_factory=list)
    now: tuple[int, dt.time] | None = None  # where the line of this moment runs
    shortest: int = 6
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def side_by_side(self) -> bool:
        """Whether the days of a week stand beside each other, the hours once."""
        columns = sum(len(day.columns) for day in self.days)
        return 1 < len(self.days) <= DAYS_OF_A_WEEK and columns <= WIDE

    def mark(self, *more: str) -> str:
        """The ETag of what is shown: another one as soon as anything of it differs."""
        facts = [
            (day.day, one.counter.pk, one.counter.name, one.entries)
            for day in self.days
            for one in day.columns
        ]
        told = repr((facts, self.axis, self.now, more))
        return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def agenda(counters: list[Counter], first: dt.date, last: dt.date) -> Agenda:
    """Slots and appointments of some counters, in two queries whatever their number."""
    if not counters:
        return Agenda()
    zone = counters[0].tenant.zone
    rows = _rows(counters, at(first, dt.time(), zone), at(last + DAY, dt.time(), zone))
    walls = [row.starts_at.astimezone(zone) for row in rows]
    places = _positions(rows, walls)
    found: dict[tuple[dt.date, uuid.UUID], list[Entry]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    moment = now()
    taken = _taken(rows) if any(row.state in TAKEN for row in rows) else {}
    for row, wall in zip(rows, walls, strict=True):
        state, last_name, first_name = taken.get(row.pk, (row.state, "", ""))
        start = _step(wall)
        length = places[start + row.steps - 1] - places[start] + 1
        past = row.ends_at <= moment
        entry = Entry(
            row.pk, wall, state, last_name, first_name, places[start], length, past
        )
        found[wall.date(), row.counter].append(entry)
        counts[state] += 1
    busy = {day for day, _counter in found}
    days = [
        Day(day, [Column(one, found.get((day, one.pk), [])) for one in counters])
        for day in _days(first, last)
        if day in busy or day.weekday() < SATURDAY
    ]
    here = moment.astimezone(zone)
    return Agenda(
        days=days,
        axis=_axis(places),
        now=_now(places, here) if here.date() in {day.day for day in days} else None,
        # The scale: the shortest slot must be easy to hit (LOOK, Agenda).
        shortest=min([6, *(row.steps for row in rows)]),
        counts=dict(counts),
    )


DAY = dt.timedelta(days=1)
TAKEN = {SlotState.HELD, SlotState.BOOKED}


def _rows(counters: list[Counter], first: dt.datetime, end: dt.datetime) -> list[Row]:
    rows = Slot.objects.filter(
        counter__in=counters, starts_at__gte=first, starts_at__lt=end
    ).order_by("starts_at", "pk")
    columns = rows.values_list("pk", "counter_id", "starts_at", "ends_at", "state")
    return [Row._make(row) for row in columns]


def _taken(rows: list[Row]) -> dict[uuid.UUID, tuple[str, str, str]]:
    """Slot → state of its appointment, last and first name of the person."""
    held = Appointment.objects.filter(
        slot__in=[row.pk for row in rows if row.state in TAKEN], state__in=SHOWN
    )
    columns = held.values_list(
        "slot_id", "state", "person__last_name", "person__first_name"
    )
    return {slot: (state, last, first) for slot, state, last, first in columns}


def _step(wall: dt.datetime) -> int:
    return (wall.hour * 60 + wall.minute) // STEP


def _positions(rows: list[Row], walls: list[dt.datetime]) -> dict[int, int]:
    """Step of the day → row of the agenda: when all counters are closed, time is folded."""
    covered: set[int] = set()
    for row, wall in zip(rows, walls, strict=True):
        start = _step(wall)
        covered.update(range(start, start + row.steps))
    places, position, before = {}, 0, None
    for step in sorted(covered):
        if before is not None:
            position += min(step - before, FOLDED + 1)
        places[step], before = position, step
    return places


def _axis(places: dict[int, int]) -> list[tuple[int, dt.time]]:
    """The hours beside the agenda: each full one, and where it opens and opens again."""
    found: list[tuple[int, dt.time]] = []
    for step, position in places.items():
        opens = step - 1 not in places
        if not opens and step % (60 // STEP):
            continue
        if found and position - found[-1][0] < CLOSE:
            continue
        found.append((position, _time(step)))
    return found


def _now(places: dict[int, int], here: dt.datetime) -> tuple[int, dt.time] | None:
    """Row and hour of this moment, while a counter is open or between two openings."""
    step = _step(here)
    later = [one for one in places if one >= step]
    if not later or min(places) > step:
        return None
    return places[later[0]], here.time().replace(second=0, microsecond=0)


def _time(step: int) -> dt.time:
    return dt.time(step * STEP // 60, step * STEP % 60)


def _days(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    for number in range((last - first).days + 1):
        yield first + number * DAY
