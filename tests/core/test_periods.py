"""Where an agenda opens."""

import datetime as dt

import pytest

from core.periods import next_desk_day, start_day


@pytest.mark.parametrize(
    ("today", "opens"), [(20, 20), (21, 23), (22, 23), (23, 23)], ids=str
)
def test_at_the_week_end_an_agenda_opens_on_monday(today: int, opens: int) -> None:
    assert next_desk_day(dt.date(2026, 11, today)) == dt.date(2026, 11, opens)


def test_a_day_asked_for_is_shown_whatever_it_is() -> None:
    saturday = dt.date(2026, 11, 21)
    assert start_day("2026-11-21", saturday) == saturday
    assert start_day("31.2.2026", dt.date(2026, 11, 20)) == dt.date(2026, 11, 20)
