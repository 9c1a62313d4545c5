"""The invitation, and the calendar entry in its QR code (BKG-031, 032)."""

import datetime as dt
import re
import uuid
from typing import Any

from babel import Locale
from django.utils import translation

from booking.documents.letterhead import (
    booking_of,
    desk_language,
    draft,
    isolated,
    letterhead,
    reference,
    span,
    written_day,
)
from booking.models import Booking
from booking.models.bookings import Salutation
from booking.texts import nearest_language, texts
from core import qr
from core.dates import today
from core.documents.pdf import Letter
from core.documents.render import kind

ROOMY = 140  # letters about the place that fit the usual setting
NAMED_AS = {"kmr": "ku"}  # where Babel has the wider name only
FIXED = (
    "title",
    "when",
    "where",
    "how_to_come",
    "bring",
    "cannot_come",
    "scan",
    "closing",
    "copy",
)
SUMMARY = {"fr": "Entretien de conseil", "de": "Beratungsgespräch"}


@kind("booking.invitation")
def invitation(pk: uuid.UUID, language: str) -> Letter:
    """The invitation: one page, in the client's language, with a QR code for the calendar."""
    return invitation_of(booking_of(pk), language)


def invitation_of(booking: Booking, language: str) -> Letter:
    """The invitation's words."""
    language = nearest_language(language)
    words = texts("invitation", language)
    with translation.override(desk_language(language)):
        return Letter(
            "invitation.typ",
            {
                **letterhead(booking.tenant, booking.slot.office, language),
                **{key: words[key] for key in FIXED},
                **_window(booking),
                **_opening(booking, words, language),
                **_appointment(booking, words, language),
                **_way(booking, words),
                **_contact(booking, words, language),
                "items": words["bring_items"],
                "code": qr.svg(calendar_text(booking, desk_language(language))),
                "dense": _is_long(booking),
                "commune": str(booking.commune),
                "note": f"{words['note']} {draft(words)}".strip(),
            },
        )


def _window(booking: Booking) -> dict[str, Any]:
    """What shows through the envelope's window."""
    office = booking.slot.office
    polite = booking.salutation in {Salutation.MRS, Salutation.MR}
    return {
        "back": f"{office.postcode}\u00a0{office.town}, {office}",
        "window": [
            booking.get_salutation_display() if polite else "",
            booking.client_name,
            *_address(booking),
        ],
    }


def _opening(booking: Booking, words: dict[str, Any], language: str) -> dict[str, str]:
    day = written_day(today(booking.tenant.zone), language, weekday=False)
    town = isolated(booking.slot.office.town, language)
    greeting = words[f"greeting_{booking.salutation or 'none'}"]
    return {
        "reference": f"{words['reference']} {isolated(reference(booking), language)}",
        "dated": words["dated"].format(town=town, day=day),
        "greeting": greeting.format(name=booking.last_name),
        "intro": _intro(booking, words, language),
    }


def _appointment(
    booking: Booking, words: dict[str, Any], language: str
) -> dict[str, Any]:
    zone, place = booking.tenant.zone, booking.slot.place
    start, end = (
        moment.astimezone(zone)
        for moment in (booking.slot.starts_at, booking.slot.ends_at)
    )
    return {
        "day": written_day(start.date(), language),
        "numeric": "" if language in SUMMARY else f"{start:%d.%m.%Y}",
        "hours": span(words["time_span"], start, end, language),
        "place": [
            str(booking.slot.office),
            place.street,
            f"{place.postcode}\u00a0{place.town}",
            place.room or "",
        ],
        "call": _call(booking, start, language),
    }


def _contact(booking: Booking, words: dict[str, Any], language: str) -> dict[str, str]:
    office = booking.slot.office
    hours = (office.reachable_from, office.reachable_until)
    return {
        "phone": office.organisation.phone,
        "email": office.organisation.email,
        "reachable": span(words["hours"], *hours, language) if all(hours) else "",
        "signed": str(booking.slot.counsellor.user),
        "office": str(office),
    }


def _intro(booking: Booking, words: dict[str, Any], language: str) -> str:
    parts = [words["intro"]]
    if booking.interpreter_language:
        spoken = _spoken(booking.interpreter_language, language)
        parts.append(words["intro_interpreter"].format(language=spoken))
    if is_mandatory(booking):
        parts.append(words["mandatory"])
    return " ".join(parts)


def _spoken(code: str, language: str) -> str:
    """A language's name inside a sentence."""
    names = Locale.parse(language).languages
    return str(names.get(code) or names.get(NAMED_AS.get(code, ""), code))


def _way(booking: Booking, words: dict[str, Any]) -> dict[str, str]:
    """The way's two legs and its stops; empty where the place does not tell them."""
    place = booking.slot.place
    ride = walk = ""
    if place.station and place.stop and place.line and place.ride_minutes:
        ride = words["ride"].format(line=place.line, minutes=place.ride_minutes)
    if place.stop and place.walk_minutes:
        walk = words["walk"].format(minutes=place.walk_minutes)
    return {
        "ride": ride,
        "walk": walk,
        "station": place.station or "",
        "stop": place.stop or "",
        "street": place.street,
        "access": place.access_note or "",
    }


def _call(booking: Booking, start: dt.datetime, language: str) -> str:
    """By when to call; « le plus tôt possible » where that day is here already."""
    words = texts("invitation", language)
    by = _working_day_before(start.date())
    if by <= today(booking.tenant.zone):
        return str(words["call"])
    day = written_day(by, language, weekday=False)
    return str(words["call_before"].format(day=day))


def _working_day_before(day: dt.date) -> dt.date:
    """The last Monday to Friday before a day."""
    before = day - dt.timedelta(days=1)
    return before - dt.timedelta(days=max(0, before.weekday() - 4))


def _is_long(booking: Booking) -> bool:
    """Whether the place's own words need the closer setting to stay on one page."""
    place = booking.slot.place
    words = (place.street, place.stop, place.room, place.access_note)
    return sum(len(text or "") for text in words) > ROOMY


def _address(booking: Booking) -> list[str]:
    """The lines under the client's name, as far as the form tells the address."""
    lines = re.split(r"\s*[,\n]\s*", booking.personal_data.get("address", ""))
    return [line for line in lines if line][:3]


def calendar_text(booking: Booking, desk: str) -> str:
    """A calendar entry short enough for a QR code; no client's name stands in it."""
    slot = booking.slot
    place = f"{slot.place.street}, {slot.place.postcode} {slot.place.town}"
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "BEGIN:VEVENT",
            f"SUMMARY:{SUMMARY[desk]}",
            f"DTSTART:{slot.starts_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTEND:{slot.ends_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"LOCATION:{_calendar_escaped(place)}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )


def _calendar_escaped(text: str) -> str:
    """RFC 5545's TEXT."""
    text = " ".join(text.split())
    return re.sub(r"([\\;,])", r"\\\1", text)


def is_mandatory(booking: Booking) -> bool:
    return bool(booking.referral_type and booking.referral_type.mandatory)
