"""The agenda of an office: days, counsellors, and what stands where (BKG-051, 052)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from booking.models import Booking, Counsellor, Slot
from booking.states import OCCUPYING, SlotState
from core.dates import at
from core.periods import Period

SATURDAY = 5  # an empty weekend takes no room


@dataclass(frozen=True)
class Entry:
    """One date, and its appointment if there is one."""

    slot: Slot
    booking: Booking | None


@dataclass(frozen=True)
class Column:
    """A day of one counsellor."""

    day: dt.date
    counsellor: Counsellor
    entries: list[Entry]


def columns(counsellors: list[Counsellor], shown: Period) -> list[Column]:
    """Every counsellor's days, in two queries whatever their number."""
    if not counsellors:
        return []
    zone = counsellors[0].tenant.zone
    slots = (
        Slot.objects.filter(
            counsellor__in=counsellors,
            starts_at__gte=at(shown.first, dt.time(), zone),
            starts_at__lt=at(shown.last + dt.timedelta(days=1), dt.time(), zone),
        )
        .exclude(state=SlotState.WITHDRAWN)
        .select_related("place")
        .order_by("starts_at", "pk")
    )
    rows = Booking.objects.filter(slot__in=slots, state__in=OCCUPYING)
    booked = {row.slot_id: row for row in rows.select_related("commune")}
    found: dict[tuple[dt.date, object], list[Entry]] = defaultdict(list)
    for slot in slots:
        day = slot.starts_at.astimezone(zone).date()
        entry = Entry(slot, booked.get(slot.pk))
        found[day, slot.counsellor_id].append(entry)
    busy = {day for day, _counsellor in found}
    return [
        Column(day, counsellor, found.get((day, counsellor.pk), []))
        for day in shown.days
        if day in busy or day.weekday() < SATURDAY or shown.span == "day"
        for counsellor in counsellors
    ]
