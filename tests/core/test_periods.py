"""Where an agenda opens."""

import datetime as dt

import pytest

from core.periods import SPANS, next_desk_day, period, start_day


@pytest.mark.parametrize(
    ("today", "opens"), [(20, 20), (21, 23), (22, 23), (23, 23)], ids=str
)
def test_at_the_week_end_an_agenda_opens_on_monday(today: int, opens: int) -> None:
    assert next_desk_day(dt.date(2026, 11, today)) == dt.date(2026, 11, opens)


def test_a_day_asked_for_is_shown_whatever_it_is() -> None:
    saturday = dt.date(2026, 11, 21)
    assert start_day("2026-11-21", saturday) == saturday
    assert start_day("31.2.2026", dt.date(2026, 11, 20)) == dt.date(2026, 11, 20)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize(
    "typed", ["0001-01-01", "1900-01-01", "2199-12-31", "9999-12-31"]
)
def test_no_day_leads_beyond_the_end_of_the_calendar(span: str, typed: str) -> None:
    shown = period(span, start_day(typed, dt.date(2026, 11, 20)))
    assert shown.before < shown.first <= shown.last < shown.after
