"""Calendar entries: one entry per booking, that moves and goes with it (BKG-035)."""

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vCalAddress, vText

from accounts.addresses import absolute
from booking.models import Booking, Slot
from core.dates import now

PRODUCT = "-//Perron//booking//"


def entry(
    booking: Booking, *, summary: str, method: str = "REQUEST", to: str, slot: Slot
) -> str:
    """The .ics of a booking for one recipient; no client's name stands in it (TRUST §5).

    The same UID and a higher SEQUENCE update what the recipient's calendar has already.
    """
    event = event_of(booking, slot, summary=summary)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    office = slot.office.organisation
    sender = office.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    organiser = vCalAddress(f"mailto:{sender}")
    organiser.params["CN"] = vText(office.name)
    event.add("organizer", organiser)
    event.add("attendee", vCalAddress(f"mailto:{to}"))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())


def feed(bookings: Iterable[Booking], *, name: str, summary: str) -> bytes:
    """A counsellor's agenda to subscribe to (BKG-051): no names, an address to open."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", dt.timedelta(hours=1))
    for booking in bookings:
        event = event_of(booking, booking.slot, summary=summary)
        path = reverse("booking:booking", args=[booking.pk])
        event.add("url", absolute(booking.tenant, path))
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def event_of(booking: Booking, slot: Slot, *, summary: str) -> Event:
    """Where and when, at the desk's local time."""
    zone = booking.tenant.zone
    event = Event()
    event.add("uid", f"{booking.pk}@perron")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now())
    event.add("dtstart", slot.starts_at.astimezone(zone))
    event.add("dtend", slot.ends_at.astimezone(zone))
    event.add("summary", summary)
    place = slot.place
    event.add("location", f"{place.street}, {place.postcode} {place.town}")
    return event
