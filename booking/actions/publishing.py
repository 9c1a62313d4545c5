"""Offering dates by a weekly pattern, and withdrawing them (BKG-050)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Membership
from booking.actions.dates import move_to
from booking.models import Booking, Counsellor, Place, ReferralType, Slot
from booking.queries import Wish, free_dates
from booking.states import BookingState, SlotState
from core import journal, schedules
from core.dates import at, now
from core.db import refusing_with_sentences
from core.errors import Refusal


@dataclass(frozen=True)
class Offer:
    """What a counsellor offers: where, when week by week, for whom."""

    counsellor: Counsellor
    place: Place
    first: dt.date
    last: dt.date
    days: dict[int, tuple[schedules.Opening, ...]]
    referral_types: Sequence[ReferralType]
    interpreter_possible: bool = False
    skip_holidays: bool = True
    closed: frozenset[dt.date] = frozenset()


@dataclass(frozen=True)
class Preview:
    """What publishing would make, and what it would leave out."""

    dates: list[schedules.Slot]
    busy: list[schedules.Slot] = field(default_factory=list)
    holidays: list[dt.date] = field(default_factory=list)


def preview(offer: Offer) -> Preview:
    """The dates of an offer: none on holidays, none over another date, none in the past."""
    tenant = offer.counsellor.tenant
    holidays = _holidays(offer) if offer.skip_holidays else frozenset()
    closures = schedules.Closures(closed=offer.closed | holidays)
    week = schedules.Week(offer.days, offer.first, offer.last)
    found = schedules.slots([week], offer.first, offer.last, tenant.zone, closures)
    coming = [slot for slot in found if slot.starts_at > now()]
    taken = _own_dates(offer)
    busy = [
        slot
        for slot in coming
        if any(slot.starts_at < end and start < slot.ends_at for start, end in taken)
    ]
    hit = [day for day in sorted(holidays) if day.weekday() in offer.days]
    free = [slot for slot in coming if slot not in set(busy)]
    return Preview(free, busy, [d for d in hit if offer.first <= d <= offer.last])


def _holidays(offer: Offer) -> frozenset[dt.date]:
    canton = offer.counsellor.tenant.canton
    years = range(offer.first.year, offer.last.year + 1)
    return frozenset().union(
        *(schedules.public_holidays(canton, year) for year in years)
    )


def _own_dates(offer: Offer) -> list[tuple[dt.datetime, dt.datetime]]:
    """When the counsellor has dates already, at whatever place."""
    margin = dt.timedelta(days=1)
    zone = offer.counsellor.tenant.zone
    own = Slot.objects.filter(
        counsellor=offer.counsellor,
        starts_at__gte=at(offer.first - margin, dt.time(), zone),
        starts_at__lt=at(offer.last + 2 * margin, dt.time(), zone),
    ).exclude(state=SlotState.WITHDRAWN)
    return list(own.values_list("starts_at", "ends_at"))


@transaction.atomic
def publish_offer(*, by: Membership, offer: Offer) -> int:
    """Makes the dates that `preview` shows; gives how many."""
    # Locked, so that two people who publish at once do not both see the time free.
    Counsellor.objects.select_for_update(no_key=True).get(pk=offer.counsellor.pk)
    dates = preview(offer).dates
    slots = [_slot(offer, date) for date in dates]
    Slot.objects.bulk_create(slots)
    link = Slot.referral_types.through
    link.objects.bulk_create(
        link(slot_id=slot.pk, referraltype_id=kind.pk)
        for slot in slots
        for kind in offer.referral_types
    )
    journal.record(
        "booking.dates_published",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=offer.counsellor,
        detail={"number": len(slots)},
    )
    return len(slots)


def _slot(offer: Offer, date: schedules.Slot) -> Slot:
    return Slot(
        tenant_id=offer.counsellor.tenant_id,
        office_id=offer.counsellor.office_id,
        counsellor=offer.counsellor,
        place=offer.place,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        interpreter_possible=offer.interpreter_possible,
    )


def publish(
    *,
    counsellor: Counsellor,
    place: Place,
    day: dt.date,
    start: dt.time,
    minutes: int,
    referral_types: Sequence[ReferralType],
    interpreter_possible: bool,
) -> Slot:
    """Offers one date, at local wall time. Raises Refusal when it exists already."""
    starts_at = at(day, start, counsellor.tenant.zone)
    with refusing_with_sentences(), transaction.atomic():
        slot = Slot.objects.create(
            tenant=counsellor.tenant,
            office=counsellor.office,
            counsellor=counsellor,
            place=place,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=minutes),
            interpreter_possible=interpreter_possible,
        )
        slot.referral_types.set(referral_types)
    return slot


@transaction.atomic
def withdraw(
    *, by: Membership, counsellor: Counsellor, first: dt.date, last: dt.date
) -> int:
    """Withdraws the free dates of some days; gives how many.

    One with a reservation stays: it must be moved first (`move_away`).
    """
    zone = counsellor.tenant.zone
    free = Slot.objects.takeable(now()).filter(
        counsellor=counsellor,
        starts_at__gte=at(first, dt.time(), zone),
        starts_at__lt=at(last + dt.timedelta(days=1), dt.time(), zone),
    )
    count = free.update(state=SlotState.WITHDRAWN, held_until=None)
    journal.record(
        "booking.dates_withdrawn",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=counsellor,
        detail={"number": count},
    )
    return count


def standing(counsellor: Counsellor, first: dt.date, last: dt.date) -> list[Booking]:
    """The confirmed appointments of some days, which a withdrawal leaves to be moved."""
    zone = counsellor.tenant.zone
    rows = Booking.objects.with_facts().filter(
        state=BookingState.CONFIRMED,
        slot__counsellor=counsellor,
        slot__starts_at__gte=max(now(), at(first, dt.time(), zone)),
        slot__starts_at__lt=at(last + dt.timedelta(days=1), dt.time(), zone),
    )
    return list(rows.order_by("slot__starts_at"))


def fitting_dates(booking: Booking, *, most: int = 10) -> list[Slot]:
    """Free dates of the same office that take the appointment as it is, nearest first."""
    return _nearest(booking, _fitting(booking), most)


def _fitting(booking: Booking) -> QuerySet[Slot]:
    wish = Wish(
        since=now(),
        languages=[booking.language] if booking.language else [],
        with_interpreter=booking.with_interpreter,
    )
    rows = free_dates(booking.tenant, wish).filter(office_id=booking.slot.office_id)
    if booking.referral_type_id:
        rows = rows.filter(referral_types=booking.referral_type_id)
    return rows


def _nearest(booking: Booking, rows: QuerySet[Slot], most: int) -> list[Slot]:
    start = booking.slot.starts_at
    later = rows.filter(starts_at__gte=start).order_by("starts_at", "pk")[:most]
    earlier = rows.filter(starts_at__lt=start).order_by("-starts_at", "pk")[:most]
    both = sorted([*later, *earlier], key=lambda slot: abs(slot.starts_at - start))
    return both[:most]


def withdraw_and_move(
    *, by: Membership, counsellor: Counsellor, first: dt.date, last: dt.date
) -> int:
    """Withdraws all dates of some days; appointments go to the nearest date that fits.

    All concerned are told. Gives how many dates were withdrawn; appointments for which
    there is no other date stay (`standing`).
    """
    zone = counsellor.tenant.zone
    own_days = Q(
        counsellor=counsellor,
        starts_at__gte=at(first, dt.time(), zone),
        starts_at__lt=at(last + dt.timedelta(days=1), dt.time(), zone),
    )
    count = withdraw(by=by, counsellor=counsellor, first=first, last=last)
    for booking in standing(counsellor, first, last):
        _move_away(booking, _fitting(booking).exclude(own_days), by)
    # Dates that the moves gave free go too.
    return count + withdraw(by=by, counsellor=counsellor, first=first, last=last)


def _move_away(booking: Booking, rows: QuerySet[Slot], by: Membership) -> None:
    for slot in _nearest(booking, rows, 10):
        try:
            move_to(by=by, booking=booking, slot=slot)
        except Refusal:
            continue  # taken meanwhile: the next one
        return
