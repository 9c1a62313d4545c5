"""Reads across tables: the agenda, lists, the first free dates."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery

from accounts.models import Membership, Tenant
from core.dates import at, now, today
from core.search import alphabetical, fits
from counters.models import (
    AppointmentType,
    Counter,
    Person,
    Slot,
    TownPlace,
)


@dataclass(frozen=True)
class Filter:
    """What an agent looks at: by type, place, counter (CTR-031)."""

    type: uuid.UUID | None = None
    place: uuid.UUID | None = None
    counter: uuid.UUID | None = None

    def counters_of(self, membership: Membership) -> QuerySet[Counter]:
        """The counters that the filter leaves."""
        rows = Counter.objects.visible_to(membership).select_related("type", "place")
        if self.type:
            rows = rows.filter(type=self.type)
        if self.place:
            rows = rows.filter(place=self.place)
        if self.counter:
            rows = rows.filter(pk=self.counter)
        return rows.order_by("place__name", "name", "pk")


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
    return _offered(type_).filter(counter__in=_on_portal(type_))


def _on_portal(type_: AppointmentType) -> QuerySet[Counter]:
    rows: QuerySet[Counter] = Counter.objects.on_portal().filter(type=type_)
    return rows


def _offered(type_: AppointmentType) -> QuerySet[Slot]:
    """Free ones that a citizen is early enough and not too early for, at whatever counter."""
    moment = now()
    earliest = moment + dt.timedelta(hours=type_.earliest_hours)
    last = today(type_.tenant.zone) + dt.timedelta(days=type_.latest_days + 1)
    rows: QuerySet[Slot] = (
        Slot.objects.of(type_.tenant)
        .takeable(moment)
        .filter(
            Q(offered_from=None) | Q(offered_from__lte=moment),
            starts_at__gte=earliest,
            starts_at__lt=at(last, dt.time(), type_.tenant.zone),
        )
    )
    return rows


def first_by_place(type_: AppointmentType) -> list[tuple[TownPlace, dt.datetime]]:
    """« Première date libre » at each place, the soonest first (CTR-025).

    Each counter is asked for its first one: an index answers, however many slots there are.
    """
    each = _with_first_free(type_, _on_portal(type_)).values("place").order_by()
    found = each.annotate(soonest=Min("first")).values_list("place", "soonest")
    first = {place: moment for place, moment in found if moment}
    places = TownPlace.objects.of(type_.tenant).filter(pk__in=first)
    return sorted(
        ((place, first[place.pk]) for place in places),
        key=lambda pair: (pair[1], pair[0].name),
    )


def _with_first_free(
    type_: AppointmentType, counters: QuerySet[Counter], **more: Any
) -> QuerySet[Counter]:
    """Counters with their first free slot, None where there is none."""
    free = _offered(type_).filter(counter=OuterRef("pk"), **more).order_by("starts_at")
    return counters.annotate(first=Subquery(free.values("starts_at")[:1]))


WEEK_END = 3  # days between the last one before it and the first one after


class Time(NamedTuple):
    """A time that a citizen may choose, at whichever counter."""

    pk: uuid.UUID
    starts_at: dt.datetime


def times_at(
    type_: AppointmentType, place: TownPlace, since: dt.date, *, days: int = 3
) -> tuple[list[tuple[dt.date, list[Time]]], dt.date | None]:
    """The free times at a place by day, each hour once; and where the next days begin.

    What comes at once is looked at first, over a week-end; then from one day that has a
    free slot to the next: the months between are not looked at.
    """
    zone = type_.tenant.zone
    found: dict[dt.date, list[Time]] = {}
    day: dt.date | None = since
    while day and len(found) <= days:
        until = day + dt.timedelta(days=days + WEEK_END)
        for time in _free_times(type_, place, day, until):
            found.setdefault(time.starts_at.astimezone(zone).date(), []).append(time)
        day = _next_free_day(type_, place, until) if len(found) <= days else None
    shown = list(found.items())
    return shown[:days], shown[days][0] if len(shown) > days else None


def _next_free_day(
    type_: AppointmentType, place: TownPlace, since: dt.date
) -> dt.date | None:
    zone = type_.tenant.zone
    counters = _with_first_free(
        type_,
        _on_portal(type_).filter(place=place),
        starts_at__gte=at(since, dt.time(), zone),
    )
    first: dt.datetime | None = counters.aggregate(soonest=Min("first"))["soonest"]
    return first.astimezone(zone).date() if first else None


def _free_times(
    type_: AppointmentType, place: TownPlace, first: dt.date, end: dt.date
) -> list[Time]:
    zone = type_.tenant.zone
    rows = _offered(type_).filter(
        counter__in=_on_portal(type_).filter(place=place),
        starts_at__gte=at(first, dt.time(), zone),
        starts_at__lt=at(end, dt.time(), zone),
    )
    each = rows.order_by("starts_at", "pk").distinct("starts_at")
    return [Time._make(row) for row in each.values_list("pk", "starts_at")]


def find_persons(tenant: Tenant, words: str) -> QuerySet[Person]:
    """Files by name, number, telephone or e-mail."""
    rows = Person.objects.of(tenant).exclude(number="")
    columns = ("last_name", "first_name", "email", "phone")
    rows = rows.filter(fits(words, *columns, starts=("number",)))
    return rows.order_by(*alphabetical("last_name", "first_name"), "number")
