"""Dates, times and numbers in words, as each language writes them (LOOK, Words and typography)."""

import datetime as dt

from babel import dates as babel_dates
from django.utils import timezone
from django.utils.translation import get_language

NBSP = "\u00a0"
NUMBER_WORDS = {
    "fr": [
        "zéro",
        "un",
        "deux",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
        "neuf",
    ],
    "de": [
        "null",
        "ein",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "sieben",
        "acht",
        "neun",
    ],
}


def _local(moment: dt.datetime | dt.date) -> dt.datetime | dt.date:
    return timezone.localtime(moment) if isinstance(moment, dt.datetime) else moment


def day_in_words(moment: dt.datetime | dt.date, language: str | None = None) -> str:
    """« lundi 16 novembre 2026 », «Montag, 16. November 2026»."""
    code = language or get_language() or "fr"
    local = _local(moment)
    day = local.date() if isinstance(local, dt.datetime) else local
    text = babel_dates.format_date(day, "full", locale=code)
    if code == "fr":
        weekday, rest = text.split(" ", 1)
        number, month = rest.split(" ", 1)
        if day.day == 1:
            number = "1er"
        return f"{weekday} {number}{NBSP}{month}"
    return str(text)


def days_span(first: dt.date, last: dt.date, language: str | None = None) -> str:
    """« 23 au 29 novembre 2026 », «30. November bis 6. Dezember 2026»; a single day in words."""
    code = language or get_language() or "fr"
    if first == last:
        return day_in_words(first, code)
    dot, to = (".", "bis") if code == "de" else ("", "au")
    pattern = f"d{dot}"
    if first.month != last.month:
        pattern += " MMMM" if first.year == last.year else " MMMM y"
    start = babel_dates.format_date(first, pattern, locale=code)
    end = babel_dates.format_date(last, f"d{dot} MMMM y", locale=code)
    return f"{start} {to} {end}"


def weekday_and_number(day: dt.date, language: str | None = None) -> str:
    """« lundi 23 », «Montag 23.»: the head of a day whose month stands above."""
    code = language or get_language() or "fr"
    pattern = "EEEE d" if code == "fr" else "EEEE d."
    return str(babel_dates.format_date(day, pattern, locale=code))


def short_day(moment: dt.datetime, language: str | None = None) -> str:
    """« mercredi, 20 nov. 2026 »: the list of free dates (BKG-013)."""
    code = language or get_language() or "fr"
    pattern = "EEEE, d MMM y" if code == "fr" else "EEEE, d. MMM y"
    return str(babel_dates.format_date(_local(moment), pattern, locale=code))


def hour(moment: dt.datetime | dt.time, language: str | None = None) -> str:
    """« 10 h 30 », «10.30 Uhr»."""
    code = language or get_language() or "fr"
    local = _local(moment) if isinstance(moment, dt.datetime) else moment
    if code == "de":
        return f"{local:%-H.%M}{NBSP}Uhr"
    return f"{local:%-H}{NBSP}h{NBSP}{local:%M}"


def time_span(start: dt.datetime, end: dt.datetime, language: str | None = None) -> str:
    """« 10 h 30 à 12 h 00 », «10.30 bis 12.00 Uhr»."""
    code = language or get_language() or "fr"
    if code == "de":
        return f"{_local(start):%-H.%M} bis {hour(end, code)}"
    return f"{hour(start, code)} à {hour(end, code)}"


def clock(moment: dt.datetime) -> str:
    """« 10:30 », for lists of times only."""
    return f"{_local(moment):%H:%M}"


def number_word(number: int) -> str:
    """« deux » up to nine, digits beyond."""
    words = NUMBER_WORDS.get(get_language() or "fr", [])
    return words[number] if number < len(words) else str(number)


def file_size(size: int) -> str:
    """« 184 Ko », «2,4 MB»."""
    unit = ("Ko", "Mo") if get_language() == "fr" else ("KB", "MB")
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}{NBSP}{unit[0]}"
    return f"{size / 1_000_000:.1f}{NBSP}{unit[1]}".replace(".", ",")


def after_colon(sentence: str) -> str:
    """A sentence that follows « Champ : »: in French with a small letter, without full stop."""
    text = str(sentence).removesuffix(".")
    if get_language() != "fr" or text[1:2].isupper():
        return text
    return text[:1].lower() + text[1:]
