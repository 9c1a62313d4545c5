"""A service's figures: load, absences, waiting (CTR-042). They count rows, never people."""

import datetime as dt
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import ExtractHour

from accounts.models import Membership, Tenant
from core.dates import at, now, today
from counters.models import Appointment, AppointmentType, Counter, Slot
from counters.states import AppointmentState, SlotState

COUNTS = ("offered", "taken", "done", "absent", "cancelled")
# Came about, whatever happened then: what fills a slot.
TAKEN = (
    AppointmentState.PLANNED,
    AppointmentState.NO_STATUS,
    AppointmentState.DONE,
    AppointmentState.ABSENT,
)
OUTCOMES = {
    "taken": Q(state__in=TAKEN),
    "done": Q(state=AppointmentState.DONE),
    "absent": Q(state=AppointmentState.ABSENT),
    "cancelled": Q(state=AppointmentState.CANCELLED),
}


@dataclass(frozen=True)
class Row:
    """Counts under one heading; the one for all has an empty label."""

    label: str
    counts: dict[str, int]

    @property
    def share(self) -> int:
        """Taken of offered, in per cent."""
        offered = self.counts["offered"]
        return round(100 * self.counts["taken"] / offered) if offered else 0

    @property
    def cells(self) -> list[Any]:
        """What a line of an export says."""
        return [self.label, *(self.counts[name] for name in COUNTS), self.share]


def by_counter(member: Membership, first: dt.date, last: dt.date) -> list[Row]:
    """A row for each counter that had slots or appointments."""
    names = dict(Counter.objects.visible_to(member).values_list("pk", "name"))
    return _rows(member, (first, last), F("counter_id"), F("counter_id"), names)


def by_type(member: Membership, first: dt.date, last: dt.date) -> list[Row]:
    """A row for each type; an appointment keeps its own when its slot changes."""
    types = AppointmentType.objects.visible_to(member)
    names = {type_.pk: type_.name for type_ in types}
    return _rows(member, (first, last), F("counter__type_id"), F("type_id"), names)


def by_hour(member: Membership, first: dt.date, last: dt.date) -> list[Row]:
    """A row for each hour of the day, on the town's own clock."""
    hour = ExtractHour("starts_at", tzinfo=member.tenant.zone)
    names = {number: f"{number:02}:00" for number in range(24)}
    return _rows(member, (first, last), hour, hour, names)


def _rows(
    member: Membership,
    days: tuple[dt.date, dt.date],
    slot_heading: Any,
    heading: Any,
    names: dict[Any, str],
) -> list[Row]:
    """Two queries whatever the number of headings; the sum stands last."""
    slots = _within(Slot.objects.visible_to(member), member.tenant, *days)
    offered = dict(
        slots.exclude(state=SlotState.SUSPENDED)
        .values(heading_=slot_heading)
        .annotate(number=Count("pk"))
        .order_by()
        .values_list("heading_", "number")
    )
    appointments = _within(Appointment.objects.visible_to(member), member.tenant, *days)
    outcomes = {
        row["heading_"]: row
        for row in appointments.values(heading_=heading)
        .annotate(**{name: Count("pk", filter=q) for name, q in OUTCOMES.items()})
        .order_by()
    }
    rows = [
        Row(
            names[key],
            {
                "offered": offered.get(key, 0),
                **{name: outcomes.get(key, {}).get(name, 0) for name in OUTCOMES},
            },
        )
        for key in names
        if key in offered or key in outcomes
    ]
    rows.sort(key=lambda row: row.label)
    return [*rows, _sum(rows)] if rows else []


def _within(
    rows: "QuerySet[Any]", tenant: Tenant, first: dt.date, last: dt.date
) -> "QuerySet[Any]":
    start = at(first, dt.time(), tenant.zone)
    end = at(last + dt.timedelta(days=1), dt.time(), tenant.zone)
    return rows.filter(starts_at__gte=start, starts_at__lt=end)


def _sum(rows: Iterable[Row]) -> Row:
    total: Tally[str] = Tally()
    for row in rows:
        total.update(row.counts)
    return Row("", {name: total[name] for name in COUNTS})


def waiting(member: Membership) -> list[tuple[str, int | None]]:
    """For each type the days until its first free slot; None: there is none."""
    free = Slot.objects.visible_to(member).takeable(now())
    first = dict(
        free.values_list("counter__type_id")
        .annotate(first=Min("starts_at"))
        .order_by()
        .values_list("counter__type_id", "first")
    )
    here = today(member.tenant.zone)

    def days(moment: dt.datetime | None) -> int | None:
        return (
            (moment.astimezone(member.tenant.zone).date() - here).days
            if moment
            else None
        )

    types = AppointmentType.objects.visible_to(member).order_by("position", "pk")
    return [(type_.name, days(first.get(type_.pk))) for type_ in types]
