"""Calendar entries: one entry per booking, that moves and goes with it (BKG-035)."""

from icalendar import Calendar, Event

from booking.models import Booking
from core.dates import now


def entry(booking: Booking, *, summary: str, method: str = "REQUEST") -> str:
    """The .ics of a booking; no client's name stands in it (TRUST §5)."""
    slot = booking.slot
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
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Perron//booking//")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())
