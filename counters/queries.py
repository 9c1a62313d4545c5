"""Reads across tables: the agenda, lists, the first free dates."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from accounts.models import Membership, Tenant
from core.dates import at, now, today
from counters.models import (
    Appointment,
    AppointmentType,
    Counter,
    Person,
    Slot,
    TownPlace,
)
from counters.states import ON_A_SLOT, AppointmentState

STEP = 5  # minutes; positions in the agenda are classes in these steps
FOLDED = 4  # steps that are left of a time when every counter is closed
SATURDAY = 5


@dataclass(frozen=True)
class Filter:
    """What an agent looks at: by type, place, counters (CTR-031)."""

    type: uuid.UUID | None = None
    place: uuid.UUID | None = None
    counters: tuple[uuid.UUID, ...] = ()

    def counters_of(self, membership: Membership) -> QuerySet[Counter]:
        """The counters that the filter leaves."""
        rows = Counter.objects.visible_to(membership).select_related("type", "place")
        if self.type:
            rows = rows.filter(type=self.type)
        if self.place:
            rows = rows.filter(place=self.place)
        if self.counters:
            rows = rows.filter(pk__in=self.counters)
        return rows.order_by("place__name", "name", "pk")


@dataclass(frozen=True)
class Entry:
    """A slot in the agenda: where it stands, how long it is, whose it is."""

    slot: Slot
    appointment: Appointment | None
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
    """A day of the agenda with the hours of its axis."""

    day: dt.date
    columns: list[Column]


@dataclass
class Agenda:
    """Days side by side, on one axis of hours."""

    days: list[Day] = field(default_factory=list)
    shortest: int = 6
    counts: dict[str, int] = field(default_factory=dict)


def agenda(counters: list[Counter], first: dt.date, last: dt.date) -> Agenda:
    """Slots and appointments of some counters, in two queries whatever their number."""
    if not counters:
        return Agenda()
    zone = counters[0].tenant.zone
    held = Appointment.objects.filter(state__in=SHOWN).select_related("person")
    slots = list(
        Slot.objects.filter(
            counter__in=counters,
            starts_at__gte=at(first, dt.time(), zone),
            starts_at__lt=at(last + dt.timedelta(days=1), dt.time(), zone),
        )
        .prefetch_related(Prefetch("appointments", queryset=held, to_attr="on_it"))
        .order_by("starts_at", "pk")
    )
    walls = [slot.starts_at.astimezone(zone) for slot in slots]
    places = _positions(slots, walls)
    found: dict[tuple[dt.date, uuid.UUID], list[Entry]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    moment = now()
    for slot, wall in zip(slots, walls, strict=True):
        start = _step(wall)
        end = start + max(_minutes(slot) // STEP, 1)
        entry = Entry(
            slot,
            slot.on_it[0] if slot.on_it else None,
            places[start],
            max(places[end - 1] - places[start] + 1, 1),
            slot.ends_at <= moment,
        )
        found[wall.date(), slot.counter_id].append(entry)
        counts[slot.state] += 1
    busy = {day for day, _counter in found}
    return Agenda(
        days=[
            Day(day, [Column(one, found.get((day, one.pk), [])) for one in counters])
            for day in _days(first, last)
            if day in busy or day.weekday() < SATURDAY
        ],
        # The scale: the shortest slot must be easy to hit (LOOK, Agenda).
        shortest=min([6, *(max(_minutes(slot) // STEP, 1) for slot in slots)]),
        counts=dict(counts),
    )


def _step(wall: dt.datetime) -> int:
    return (wall.hour * 60 + wall.minute) // STEP


def _minutes(slot: Slot) -> int:
    return int((slot.ends_at - slot.starts_at).total_seconds() // 60)


def _positions(slots: list[Slot], walls: list[dt.datetime]) -> dict[int, int]:
    """Step of the day → row of the agenda: when all counters are closed, time is folded."""
    covered: set[int] = set()
    for slot, wall in zip(slots, walls, strict=True):
        start = _step(wall)
        covered |= set(range(start, start + max(_minutes(slot) // STEP, 1)))
    places, row, before = {}, 0, None
    for step in sorted(covered):
        if before is not None:
            row += min(step - before, FOLDED)
        places[step], before = row, step
    return places


SHOWN = (*ON_A_SLOT, AppointmentState.DONE, AppointmentState.ABSENT)


def _days(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


def types_on_portal(tenant: Tenant) -> QuerySet[AppointmentType]:
    """What citizens may come for: the type and one of its counters are visible (CTR-013)."""
    rows: QuerySet[AppointmentType] = (
        AppointmentType.objects.of(tenant)
        .filter(on_portal=True, counters__on_portal=True)
        .distinct()
        .order_by("position", "name", "pk")
    )
    return rows


def slots_on_portal(type_: AppointmentType) -> QuerySet[Slot]:
    """What citizens may take of a type: not too soon, not too far ahead, offered again."""
    moment = now()
    earliest = moment + dt.timedelta(hours=type_.earliest_hours)
    last = today(type_.tenant.zone) + dt.timedelta(days=type_.latest_days + 1)
    offered = Q(offered_from=None) | Q(offered_from__lte=moment)
    rows: QuerySet[Slot] = (
        Slot.objects.of(type_.tenant)
        .takeable(moment)
        .filter(
            offered,
            counter__in=Counter.objects.on_portal().filter(type=type_),
            starts_at__gte=earliest,
            starts_at__lt=at(last, dt.time(), type_.tenant.zone),
        )
    )
    return rows


def first_by_place(type_: AppointmentType) -> list[tuple[TownPlace, dt.datetime]]:
    """« Première date libre » at each place, the soonest first (CTR-025)."""
    first = {
        row["counter__place"]: row["first"]
        for row in slots_on_portal(type_)
        .values("counter__place")
        .annotate(first=Min("starts_at"))
        .order_by()
    }
    places = TownPlace.objects.of(type_.tenant).filter(pk__in=first)
    return sorted(
        ((place, first[place.pk]) for place in places),
        key=lambda pair: (pair[1], pair[0].name),
    )


def times_at(
    type_: AppointmentType, place: TownPlace, since: dt.date, *, days: int = 3
) -> tuple[list[tuple[dt.date, list[Slot]]], dt.date | None]:
    """The free times at a place by day, each hour once; and where the next days begin."""
    zone = type_.tenant.zone
    rows = slots_on_portal(type_).filter(
        counter__place=place, starts_at__gte=at(since, dt.time(), zone)
    )
    found: dict[dt.date, dict[dt.datetime, Slot]] = {}
    following = None
    for slot in rows.select_related("counter").order_by("starts_at", "pk")[:400]:
        day = slot.starts_at.astimezone(zone).date()
        if day not in found and len(found) == days:
            following = day
            break
        found.setdefault(day, {}).setdefault(slot.starts_at, slot)
    return [(day, list(times.values())) for day, times in found.items()], following


def find_persons(tenant: Tenant, words: str) -> QuerySet[Person]:
    """Files by name, number, telephone or e-mail."""
    rows = Person.objects.of(tenant)
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(last_name__icontains=word)
            | Q(first_name__icontains=word)
            | Q(number__iexact=word)
            | Q(email__icontains=word)
            | Q(phone__contains=word)
        )
    return rows.order_by("last_name", "first_name", "number")


def counts_of(membership: Membership) -> dict[str, int]:
    """How many appointments wait for somebody to do something."""
    rows = Appointment.objects.visible_to(membership).filter(
        state__in=(AppointmentState.REPLAN, AppointmentState.NO_STATUS)
    )
    return dict(rows.values_list("state").annotate(number=Count("pk")).order_by())
