"""Calendar entries: one entry per booking, that moves and goes with it (BKG-035)."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.addresses import absolute
from booking.models import Booking, Slot
from core import calendars

PRODUCT = "booking"


def entry(
    booking: Booking, *, summary: str, method: str = "REQUEST", to: str, slot: Slot
) -> str:
    """The .ics of a booking for one recipient; no client's name stands in it (TRUST §5).

    The same UID and a higher SEQUENCE update what the recipient's calendar has already.
    """
    office = slot.office.organisation
    return calendars.invitation(
        entry_of(booking, slot, summary=summary),
        product=PRODUCT,
        method=method,
        organiser=(office.name, calendars.sender(office.email)),
        to=to,
    )


def feed(bookings: Iterable[Booking], *, name: str, summary: str) -> bytes:
    """A counsellor's agenda to subscribe to (BKG-051): no names, an address to open."""
    entries = (
        entry_of(
            booking,
            booking.slot,
            summary=summary,
            url=absolute(booking.tenant, reverse("booking:booking", args=[booking.pk])),
        )
        for booking in bookings
    )
    return calendars.feed(entries, product=PRODUCT, name=name)


def entry_of(
    booking: Booking, slot: Slot, *, summary: str, url: str = ""
) -> calendars.Entry:
    """What a calendar may know of a booking."""
    place = slot.place
    return calendars.Entry(
        uid=booking.pk,
        sequence=booking.sequence,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        zone=booking.tenant.zone,
        summary=summary,
        location=f"{place.street}, {place.postcode} {place.town}",
        url=url,
    )
