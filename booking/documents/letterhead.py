"""What every printed document has: its sender, its language, its dates and hours."""

import datetime as dt
import uuid
from typing import Any

from babel import dates as babel_dates
from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.queries import logo_of
from booking.models import Booking, Office
from booking.texts import texts
from core.documents import pdf
from core.languages import direction
from core.words import day_in_words

# What keeps Latin digits and addresses in their order within a line from right to left.
ISOLATE, END = "\u2066", "\u2069"
# Where Babel's order of day and month is not the one that letters use here.
DAY_PATTERNS = {"so": "EEEE, d MMMM y", "ar": "EEEE d MMMM y", "ti": "EEEE d MMMM y"}
LOCALES = {"en": "en_GB", "pt": "pt_PT", "de": "de_CH"}


def desk_language(language: str) -> str:
    """The language of what the desk itself wrote: addresses, notes on the way."""
    return "de" if language == "de" else "fr"


def letterhead(tenant: Tenant, office: Office | None, language: str) -> dict[str, Any]:
    """What the letterhead of every document needs."""
    sender = []
    if office:
        works = office.organisation
        sender = [
            str(office),
            f"{office.street}, {office.postcode}\u00a0{office.town}",
            works.phone,
            works.email,
        ]
    return {
        "language": language,
        "desk": desk_language(language),
        "direction": direction(language),
        "accent": tenant.accent,
        "logo": _logo(tenant),
        "authority": tenant.name,
        "bureau": tenant.office,
        "sender": sender,
    }


def _logo(tenant: Tenant) -> str:
    png = logo_of(tenant) if tenant.logo_digest else b""
    return pdf.drawn(png) if png else pdf.logo(tenant.logo)


def reference(booking: Booking) -> str:
    return booking.pk.hex[:8].upper()


def draft(words: dict[str, Any]) -> str:
    """« Texte à relire » until somebody who speaks the language has."""
    return "" if words["proofread"] else _("Text to be proofread")


def booking_of(pk: uuid.UUID) -> Booking:
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


def isolated(text: str, language: str) -> str:
    """Keeps its order where the language runs from right to left."""
    return f"{ISOLATE}{text}{END}" if direction(language) == "rtl" else text


def span(pattern: str, start: Any, end: Any, language: str) -> str:
    """« de 9 h 00 à 10 h 30 », "9:00 to 10:30": Latin digits in any script."""
    clock = texts("invitation", language)["clock"]
    return pattern.format(
        start=isolated(start.strftime(clock), language),
        end=isolated(end.strftime(clock), language),
    )
