"""An office's figures (BKG-052). They count rows, never people: deletion of data leaves them right."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q

from booking.models import Booking, Counsellor, Office, Place, Slot
from booking.queries import languages_in_use, places
from booking.states import DEFINITIVE, BookingState, SlotState
from core.dates import at, now
from core.languages import language_name
from core.search import alphabetical


@dataclass(frozen=True)
class Row:
    """Counts under one heading."""

    label: str
    offered: int
    taken: int
    took_place: int
    missed: int
    cancelled: int

    @property
    def share(self) -> int:
        """Taken of offered, in per cent."""
        return round(100 * self.taken / self.offered) if self.offered else 0


@dataclass(frozen=True)
class Wait:
    """Days until the first free date in a language, by place; None: there is none."""

    language: str
    days: list[tuple[str, int | None]]


def rows(office: Office, first: dt.date, last: dt.date, by: str) -> list[Row]:
    """Counts of a period by « counsellor » or « place », with a row for all at the end."""
    zone = office.tenant.zone
    start, end = (
        at(first, dt.time(), zone),
        at(last + dt.timedelta(days=1), dt.time(), zone),
    )
    slots = Slot.objects.filter(office=office, starts_at__gte=start, starts_at__lt=end)
    offered = dict(
        slots.exclude(state=SlotState.WITHDRAWN)
        .values_list(f"{by}_id")
        .annotate(number=Count("pk"))
        .order_by()
    )
    outcomes: dict[uuid.UUID, Any] = {
        row["heading"]: row
        for row in Booking.objects.filter(
            slot__office=office,
            slot__starts_at__gte=start,
            slot__starts_at__lt=end,
            state__in=DEFINITIVE,
        )
        .values(heading=F(f"slot__{by}_id"))
        .annotate(
            taken=Count("pk", filter=~Q(state=BookingState.CANCELLED)),
            took_place=Count("pk", filter=Q(state=BookingState.TOOK_PLACE)),
            missed=Count("pk", filter=Q(state=BookingState.MISSED)),
            cancelled=Count("pk", filter=Q(state=BookingState.CANCELLED)),
        )
        .order_by()
    }
    found = [
        _row(label, offered.get(pk, 0), outcomes.get(pk, {}))
        for label, pk in _headings(by, {*offered, *outcomes})
    ]
    return [*found, _sum(found)]


def _headings(by: str, wanted: set[uuid.UUID]) -> list[tuple[str, uuid.UUID]]:
    """What stands before each row, in its order; namesakes have a row each."""
    if by == "place":
        places_ = Place.objects.filter(pk__in=wanted)
        return sorted((str(place), place.pk) for place in places_)
    people = Counsellor.objects.filter(pk__in=wanted).select_related("user")
    ordered = people.order_by(
        *alphabetical("user__last_name", "user__first_name"), "pk"
    )
    return [(str(counsellor), counsellor.pk) for counsellor in ordered]


def _row(label: str, offered: int, counts: dict[str, int]) -> Row:
    names = ("taken", "took_place", "missed", "cancelled")
    return Row(label, offered, **{name: counts.get(name, 0) for name in names})


def _sum(found: list[Row]) -> Row:
    names = ("offered", "taken", "took_place", "missed", "cancelled")
    return Row("", **{name: sum(getattr(row, name) for row in found) for name in names})


def waiting(office: Office) -> list[Wait]:
    """For each language in use the days until the first free date at each of the places."""
    at_ = now()
    free = Slot.objects.of(office.tenant).takeable(at_).filter(office=office)
    first = {
        (place, counsellor): moment
        for place, counsellor, moment in free.values_list("place_id", "counsellor_id")
        .annotate(first=Min("starts_at"))
        .order_by()
    }
    speaks = {
        counsellor.pk: set(counsellor.languages)
        for counsellor in Counsellor.objects.filter(office=office)
    }
    where = list(places(office.tenant).filter(office=office))

    def days(place: Place, code: str) -> int | None:
        moments = [
            moment
            for (pk, who), moment in first.items()
            if pk == place.pk and code in speaks[who]
        ]
        return (min(moments) - at_).days if moments else None

    return [
        Wait(language_name(code), [(place.name, days(place, code)) for place in where])
        for code in languages_in_use(office.tenant)
    ]


def places_of(waits: list[Wait]) -> list[str]:
    """The places that the waits are told for, in their order."""
    return [place for place, _days in waits[0].days] if waits else []
