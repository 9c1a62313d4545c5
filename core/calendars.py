"""Calendar entries that people's calendars take, move and withdraw (RFC 5545, RFC 5546)."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from core.dates import now


@dataclass(frozen=True)
class Entry:
    """One appointment: the same `uid` and a higher `sequence` change what is there already."""

    uid: uuid.UUID
    sequence: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: dt.tzinfo
    summary: str
    location: str
    url: str = ""

    def event(self) -> Event:
        """Where and when, at the desk's local time."""
        event = Event()
        event.add("uid", f"{self.uid}@perron")
        event.add("sequence", self.sequence)
        event.add("dtstamp", now())
        event.add("dtstart", self.starts_at.astimezone(self.zone))
        event.add("dtend", self.ends_at.astimezone(self.zone))
        event.add("summary", self.summary)
        event.add("location", self.location)
        if self.url:
            event.add("url", self.url)
        return event


def invitation(
    entry: Entry, *, product: str, method: str, organiser: tuple[str, str], to: str
) -> str:
    """The .ics for one recipient. `organiser`: name and e-mail; `method`: REQUEST or CANCEL."""
    event = entry.event()
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    name, email = organiser
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    event.add("organizer", address)
    event.add("attendee", vCalAddress(f"mailto:{to}"))
    calendar = _calendar(product)
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())


def sender(email: str) -> str:
    """Who invites: the desk's own address, else the one that mails come from."""
    return email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def feed(entries: Iterable[Entry], *, product: str, name: str) -> bytes:
    """A calendar to subscribe to."""
    calendar = _calendar(product)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", dt.timedelta(hours=1))
    for entry in entries:
        calendar.add_component(entry.event())
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _calendar(product: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//Perron//{product}//")
    calendar.add("version", "2.0")
    return calendar
