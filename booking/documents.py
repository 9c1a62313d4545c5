"""Printed documents of a booking: the invitation, the information sheet, the form (BKG-031)."""

import base64
import datetime as dt
import hashlib
import json
import re
import uuid
from typing import Any

from babel import Locale
from babel import dates as babel_dates
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from booking.models import Booking, InformationSheet, Office
from booking.models.bookings import Salutation
from booking.personal_data import CLIENT, STEPS, answered
from booking.texts import nearest_language, texts
from core import qr
from core.dates import today
from core.documents.render import kind
from core.languages import direction
from core.words import day_in_words

LAYOUT = 4  # counts up when templates or letter.css change what is printed
ORDINAL = re.compile(r"\b(\d{1,2})(er|re|e)\b")
# Where Babel's order of day and month is not the one that letters use here.
DAY_PATTERNS = {"so": "EEEE, d MMMM y", "ar": "EEEE d MMMM y", "ti": "EEEE d MMMM y"}
LOCALES = {"en": "en_GB", "pt": "pt_PT", "de": "de_CH"}
ROOMY = 140  # letters about the place that fit the usual setting
NAMED_AS = {"kmr": "ku"}  # where Babel has the wider name only
SUMMARY = {"fr": "Entretien de conseil", "de": "Beratungsgespräch"}


def fingerprint(booking: Booking, language: str) -> str:
    """Stands for all facts printed: another fact, another document."""
    language = nearest_language(language)
    slot, office = booking.slot, booking.slot.office
    facts = [
        [LAYOUT, language, today(booking.tenant.zone)],
        [booking.salutation, booking.last_name, booking.first_name],
        [booking.birth_date, booking.nationality.code, str(booking.commune)],
        [booking.with_interpreter, booking.interpreter_language, booking.personal_data],
        [slot.starts_at, slot.ends_at, str(slot.counsellor.user)],
        [vars_of(slot.place), vars_of(office), vars_of(office.organisation)],
        [
            getattr(booking.tenant, name)
            for name in ("name", "office", "accent", "logo")
        ],
        [_mandatory(booking), texts("invitation", language), texts("sheet", language)],
        list(
            _own_sheets(booking, language).values_list("title", "body", "proofread_on")
        ),
    ]
    text = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def vars_of(record: Any) -> dict[str, Any]:
    """A record's own columns."""
    return {
        field.attname: getattr(record, field.attname) for field in record._meta.fields
    }


def _own_sheets(booking: Booking, language: str) -> Any:
    return InformationSheet.objects.of(booking.tenant).filter(language=language)


def _mandatory(booking: Booking) -> bool:
    return bool(booking.referral_type and booking.referral_type.mandatory)


def _desk(language: str) -> str:
    """The language of what the desk itself wrote: addresses, notes on the way."""
    return "de" if language == "de" else "fr"


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
        "desk": _desk(language),
        "direction": direction(language),
        "logo": f"perronstatic:{booking.tenant.logo}" if logo else "",
        "reference": booking.pk.hex[:8].upper(),
    }


def _get(pk: uuid.UUID) -> Booking:
    row: Booking = Booking.objects.with_facts().get(pk=pk)
    return row


def written_day(day: dt.date, language: str, *, weekday: bool = True) -> str:
    """A date in the letter's language, in Latin digits, with or without its weekday."""
    if language == "fr":
        words = day_in_words(day, "fr")
        return words if weekday else words.partition(" ")[2]
    locale = LOCALES.get(language, language)
    pattern = DAY_PATTERNS.get(language, "full")
    if not weekday:
        pattern = pattern.partition(" ")[2] or "long"
    return str(babel_dates.format_date(day, pattern, locale=locale))


def _hour(moment: dt.datetime | dt.time, words: dict[str, Any]) -> SafeString:
    """« 10 h 30 », «10.30», "10:30": Latin digits that keep their order in any script."""
    return format_html('<bdi dir="ltr">{}</bdi>', moment.strftime(words["clock"]))


def _span(pattern: str, start: Any, end: Any, words: dict[str, Any]) -> SafeString:
    return format_html(pattern, start=_hour(start, words), end=_hour(end, words))


def _working_day_before(day: dt.date) -> dt.date:
    """The last Monday to Friday before a day."""
    before = day - dt.timedelta(days=1)
    return before - dt.timedelta(days=max(0, before.weekday() - 4))


def _call(booking: Booking, start: dt.datetime, language: str) -> str:
    """By when to call; « le plus tôt possible » where that day is here already."""
    words = texts("invitation", language)
    by = _working_day_before(start.date())
    if by <= today(booking.tenant.zone):
        return str(words["call"])
    day = written_day(by, language, weekday=False)
    return str(words["call_before"].format(day=day))


def _spoken(code: str, language: str) -> str:
    """A language's name inside a sentence."""
    names = Locale.parse(language).languages
    return str(names.get(code) or names.get(NAMED_AS.get(code, ""), code))


def _intro(booking: Booking, words: dict[str, Any], language: str) -> str:
    parts = [words["intro"]]
    if booking.interpreter_language:
        spoken = _spoken(booking.interpreter_language, language)
        parts.append(words["intro_interpreter"].format(language=spoken))
    if _mandatory(booking):
        parts.append(words["mandatory"])
    return " ".join(parts)


def _way(booking: Booking, words: dict[str, Any]) -> dict[str, str]:
    """The captions of the way's two legs; empty where the place does not tell them."""
    place = booking.slot.place
    ride = walk = ""
    if place.station and place.stop and place.line and place.ride_minutes:
        ride = words["ride"].format(line=place.line, minutes=place.ride_minutes)
    if place.stop and place.walk_minutes:
        walk = words["walk"].format(minutes=place.walk_minutes)
    return {"ride": ride, "walk": walk}


def _track(booking: Booking, way: dict[str, str], language: str) -> str:
    """The way as a line with its stops, drawn from where the language begins to read."""
    mirror = (
        ' transform="translate(165 0) scale(-1 1)"'
        if direction(language) == "rtl"
        else ""
    )
    change = 101 if way["ride"] else 2.2
    ride = (
        '<path stroke-width=".7" d="M4 2.2H99"/><circle cx="2.2" cy="2.2" r="1.8"/>'
        if way["ride"]
        else ""
    )
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 165 4.4">'
        f'<g fill="none" stroke="#14171a" stroke-width=".42"{mirror}>{ride}'
        f'<circle cx="{change}" cy="2.2" r="1.8"/>'
        f'<path stroke-width=".5" stroke-dasharray=".5 .9" d="M{change + 2} 2.2H161"/>'
        f'<path stroke="none" fill="{booking.tenant.accent}" d="M161 .2h4v4h-4z"/></g></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _is_long(booking: Booking) -> bool:
    """Whether the place's own words need the closer setting to stay on one page."""
    place = booking.slot.place
    words = (place.street, place.stop, place.room, place.access_note)
    return sum(len(text or "") for text in words) > ROOMY


def ordinals(text: str) -> SafeString:
    """« 2e étage » with its raised letter; everything else escaped."""
    return mark_safe(ORDINAL.sub(r"\1<sup>\2</sup>", escape(text)))  # noqa: S308


def _address(booking: Booking) -> list[str]:
    """The lines under the client's name, as far as the form tells the address."""
    lines = re.split(r"\s*[,\n]\s*", booking.personal_data.get("address", ""))
    return [line for line in lines if line][:3]


@kind("booking.invitation")
def invitation(pk: uuid.UUID, language: str) -> str:
    """The invitation: one page, in the client's language, with a QR code for the calendar."""
    return invitation_of(_get(pk), language)


def invitation_of(booking: Booking, language: str) -> str:
    """The invitation's page."""
    language = nearest_language(language)
    words = texts("invitation", language)
    office, zone = booking.slot.office, booking.tenant.zone
    start = booking.slot.starts_at.astimezone(zone)
    end = booking.slot.ends_at.astimezone(zone)
    reachable = (office.reachable_from, office.reachable_until)
    way = _way(booking, words)
    with translation.override(_desk(language)):
        context = {
            **_common(booking, language),
            **way,
            "track": _track(booking, way, language),
            "t": words,
            "salutation": booking.get_salutation_display()
            if booking.salutation in {Salutation.MRS, Salutation.MR}
            else "",
            "address": _address(booking),
            "greeting": words[f"greeting_{booking.salutation or 'none'}"].format(
                name=booking.last_name
            ),
            "intro": _intro(booking, words, language),
            "day": written_day(start.date(), language),
            "numeric_day": "" if language in SUMMARY else f"{start:%d.%m.%Y}",
            "hours": _span(words["time_span"], start, end, words),
            "room": ordinals(booking.slot.place.room),
            "dense": _is_long(booking),
            "call": _call(booking, start, language),
            "reachable": _span(words["hours"], *reachable, words)
            if all(reachable)
            else "",
            "dated": format_html(
                words["dated"],
                town=format_html('<bdi dir="ltr">{}</bdi>', office.town),
                day=written_day(today(zone), language, weekday=False),
            ),
            "qr": qr.png(calendar_text(booking, _desk(language))),
        }
        return render_to_string("booking/documents/invitation.html", context)


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


@kind("booking.information_sheet")
def information_sheet(pk: uuid.UUID, language: str) -> str:
    """« Fiche d'information »: the operator's text, else what ships (« à relire »)."""
    booking = _get(pk)
    own = _own_sheets(booking, nearest_language(language)).first()
    return information_sheet_of(booking, language, own)


def information_sheet_of(
    booking: Booking, language: str, own: InformationSheet | None = None
) -> str:
    """The information sheet's page."""
    language = nearest_language(language)
    words = _sheet_words(own) if own else texts("sheet", language)
    context = {**_common(booking, language), **words}
    with translation.override(_desk(language)):
        return render_to_string("booking/documents/information_sheet.html", context)


def _sheet_words(sheet: InformationSheet) -> dict[str, Any]:
    """What the operator wrote, as the page takes it."""
    return {
        "title": sheet.title,
        "paragraphs": re.split(r"\n\s*\n", sheet.body.strip().replace("\r", "")),
        "proofread": bool(sheet.proofread_on),
    }


def sheet_fingerprint(sheet: InformationSheet) -> str:
    """Stands for what a preview shows."""
    tenant = sheet.tenant
    facts = [LAYOUT, sheet.language, _sheet_words(sheet)]
    facts.append([tenant.name, tenant.office, tenant.accent, tenant.logo])
    text = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@kind("booking.sheet_preview")
def sheet_preview(pk: uuid.UUID, language: str) -> str:
    """The operator's sheet as a client will get it, with an office's letterhead (BKG-054)."""
    sheet = InformationSheet.objects.select_related("tenant").get(pk=pk)
    offices = Office.objects.of(sheet.tenant).select_related("organisation")
    desk = _desk(language)
    context = {
        **_sheet_words(sheet),
        "tenant": sheet.tenant,
        "office": offices.order_by("organisation__name", "pk").first(),
        "language": language,
        "desk": desk,
        "direction": direction(language),
        "logo": f"perronstatic:{sheet.tenant.logo}",
    }
    with translation.override(desk):
        return render_to_string("booking/documents/information_sheet.html", context)


@kind("booking.personal_data")
def personal_data(pk: uuid.UUID, language: str) -> str:
    """« Données personnelles complémentaires » as entered on line, for the counsellor."""
    return personal_data_of(_get(pk), language)


def personal_data_of(booking: Booking, language: str) -> str:
    """The form's page; in French or German, as the counsellor reads."""
    language = _desk(language)
    with translation.override(language):
        context = {
            **_common(booking, language),
            "rows": answered(booking.personal_data),
        }
        return render_to_string("booking/documents/personal_data.html", context)


def blank_fingerprint(office: Office, language: str) -> str:
    """Stands for what the empty form shows."""
    tenant = office.tenant
    facts = [LAYOUT, language, vars_of(office), vars_of(office.organisation)]
    facts.append([tenant.name, tenant.office, tenant.accent, tenant.logo])
    text = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@kind("booking.blank_form")
def blank_form(pk: uuid.UUID, language: str) -> str:
    """The empty form, to be filled in on a screen or by hand (BKG-016)."""
    office = Office.objects.select_related("organisation", "tenant").get(pk=pk)
    language = _desk(language)
    with translation.override(language):
        context = {
            "tenant": office.tenant,
            "office": office,
            "language": language,
            "desk": language,
            "direction": "ltr",
            "logo": f"perronstatic:{office.tenant.logo}",
            "client": CLIENT,
            "steps": STEPS,
        }
        return render_to_string("booking/documents/blank_form.html", context)
