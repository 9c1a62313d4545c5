"""Printed documents of a booking: the invitation, the information sheet, the form (BKG-031)."""

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from booking.models import Booking, InformationSheet
from booking.personal_data import answered
from booking.texts import texts
from core import qr
from core.dates import today
from core.documents.render import kind
from core.languages import direction, language_name
from core.words import day_in_words


def fingerprint(booking: Booking, language: str) -> str:
    """Stands for all facts printed: another fact, another document."""
    slot, office = booking.slot, booking.slot.office
    facts = [
        language,
        [booking.salutation, booking.last_name, booking.first_name],
        [booking.with_interpreter, booking.interpreter_language, booking.personal_data],
        [slot.starts_at, slot.ends_at, str(slot.counsellor), vars_of(slot.place)],
        [vars_of(office), vars_of(office.organisation), booking.tenant.accent],
        [texts("invitation", language), texts("sheet", language)],
        list(
            InformationSheet.objects.of(booking.tenant)
            .filter(language=language)
            .values_list("title", "body")
        ),
    ]
    text = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def vars_of(record: Any) -> dict[str, Any]:
    """A record's own columns."""
    return {
        field.attname: getattr(record, field.attname) for field in record._meta.fields
    }


def _common(booking: Booking, language: str) -> dict[str, Any]:
    """What the letterhead and the frame of every document need."""
    logo = finders.find(booking.tenant.logo)
    return {
        "booking": booking,
        "tenant": booking.tenant,
        "slot": booking.slot,
        "place": booking.slot.place,
        "office": booking.slot.office,
        "language": language,
        "direction": direction(language),
        "logo": f"perronstatic:{booking.tenant.logo}" if logo else "",
        "reference": booking.pk.hex[:8].upper(),
        "printed_on": day_in_words(today(booking.tenant.zone), "fr"),
    }


def _get(pk: uuid.UUID) -> Booking:
    row: Booking = Booking.objects.with_facts().get(pk=pk)
    return row


@kind("booking.invitation")
def invitation(pk: uuid.UUID, language: str) -> str:
    """The invitation: one page, in the client's language, with a QR code for the calendar."""
    return invitation_of(_get(pk), language)


def invitation_of(booking: Booking, language: str) -> str:
    """The invitation's page."""
    words = texts("invitation", language)
    zone = booking.tenant.zone
    start = booking.slot.starts_at.astimezone(zone)
    end = booking.slot.ends_at.astimezone(zone)
    spoken = booking.interpreter_language
    context = {
        **_common(booking, language),
        "t": words,
        "greeting": words[f"greeting_{booking.salutation or 'none'}"].format(
            name=booking.last_name
        ),
        "interpreter": words["intro_interpreter"].format(
            language=language_name(spoken, language)
        )
        if spoken
        else "",
        "day": day_in_words(start.date(), language),
        "hours": f"{start:%H:%M} – {end:%H:%M}",
        "ride": words["ride"].format(
            line=booking.slot.place.line, minutes=booking.slot.place.ride_minutes
        ),
        "walk": words["walk"].format(minutes=booking.slot.place.walk_minutes),
        "qr": qr.svg(_calendar_text(booking)),
    }
    with translation.override("fr"):
        return render_to_string("booking/documents/invitation.html", context)


def _calendar_text(booking: Booking) -> str:
    """A calendar entry short enough for a QR code; no client's name stands in it."""
    slot = booking.slot
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            "SUMMARY:Entretien de conseil",
            f"DTSTART:{slot.starts_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTEND:{slot.ends_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"LOCATION:{slot.place.street} {slot.place.postcode} {slot.place.town}",
            "END:VEVENT",
        ]
    )


@kind("booking.information_sheet")
def information_sheet(pk: uuid.UUID, language: str) -> str:
    """« Fiche d'information »: the operator's text, else what ships (« à relire »)."""
    booking = _get(pk)
    own = InformationSheet.objects.of(booking.tenant).filter(language=language).first()
    shipped = texts("sheet", language)
    context = {
        **_common(booking, language),
        "title": own.title if own else shipped["title"],
        "paragraphs": own.body.split("\n\n") if own else shipped["paragraphs"],
        "proofread": bool(own and own.proofread_on) or shipped["proofread"],
    }
    with translation.override("fr"):
        return render_to_string("booking/documents/information_sheet.html", context)


@kind("booking.personal_data")
def personal_data(pk: uuid.UUID, language: str) -> str:
    """« Données personnelles complémentaires » as entered on line, for the counsellor."""
    booking = _get(pk)
    with translation.override(language):
        context = {
            **_common(booking, language),
            "rows": answered(booking.personal_data),
        }
        return render_to_string("booking/documents/personal_data.html", context)
