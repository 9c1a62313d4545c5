"""A booking's history in the reader's words (BKG-043)."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from booking.forms import BookingForm
from booking.models import Booking


@dataclass(frozen=True)
class Change:
    """One line of a booking's history, in words."""

    at: dt.datetime
    by: str
    what: str
    fields: list[str]


FORM = _("Form Additional personal data")
WHAT_HAPPENED = {
    "date_taken": _("Date taken"),
    "date_moved": _("Date changed"),
    "entered": _("Data entered"),
    "changed": _("Data changed"),
    "confirmed": _("Confirmed"),
    "cancelled": _("Cancelled"),
    "lapsed": _("The hold has lapsed"),
    "deleted": _("Deleted"),
    "took_place": _("Marked as took place"),
    "missed": _("Marked as did not appear"),
    "reassigned": _("Moved by the office"),
    "office_note": _("Note of the office"),
    "interpreter": _("Search for an interpreter noted"),
    "anonymised": _("Personal data deleted"),
}


def history(booking: Booking) -> list[Change]:
    """Who changed what when (BKG-043); an event without a person was the clock."""
    labels = {name: field.label for name, field in BookingForm.base_fields.items()}
    labels |= {"personal_data": FORM, "form_file": FORM}
    events = booking.events.select_related("by").order_by("at", "id")
    return [
        Change(
            at=event.at,
            by=str(event.by) if event.by else "",
            what=str(WHAT_HAPPENED[event.what]),
            fields=[str(labels[name]) for name in event.fields],
        )
        for event in events
    ]
