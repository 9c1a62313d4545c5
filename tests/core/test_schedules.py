"""Weeks become slots, over both changes of the clock (DESIGN §6, TRUST §3.4)."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.schedules import (
    Closures,
    Opening,
    Slot,
    Week,
    days,
    difference,
    public_holidays,
    slots,
)

ZURICH = ZoneInfo("Europe/Zurich")
SPRING = [dt.date(2026, 3, 29), dt.date(2027, 3, 28)]
AUTUMN = [dt.date(2026, 10, 25), dt.date(2027, 10, 31)]
START = dt.date(2026, 1, 1)
MONDAY = dt.date(2026, 11, 16)


def t(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


def every_day(*openings: Opening, **valid: dt.date) -> Week:
    days_of_week = dict.fromkeys(range(7), openings)
    return Week(days_of_week, **{"valid_from": START, **valid})


def local(slot: Slot) -> str:
    start, end = (at.astimezone(ZURICH) for at in (slot.starts_at, slot.ends_at))
    return f"{start:%H:%M}-{end:%H:%M}"


def hours(found: list[Slot]) -> float:
    return sum((s.ends_at - s.starts_at).total_seconds() for s in found) / 3600


def on(day: dt.date, *weeks: Week, closures: Closures | None = None) -> list[str]:
    found = slots(weeks, day, day, ZURICH, closures or Closures())
    return [local(slot) for slot in found]


MORNING = Opening(t("09:00"), t("11:00"), 30)


def test_a_morning_in_slots() -> None:
    assert on(MONDAY, every_day(MORNING)) == [
        "09:00-09:30",
        "09:30-10:00",
        "10:00-10:30",
        "10:30-11:00",
    ]


def test_pauses_lie_between_and_no_slot_reaches_past_the_end() -> None:
    opening = Opening(t("09:00"), t("10:40"), 30, pause=10)
    assert on(MONDAY, every_day(opening)) == [
        "09:00-09:30",
        "09:40-10:10",
    ]


def test_until_midnight() -> None:
    late = Opening(t("23:00"), t("00:00"), 30)
    assert on(MONDAY, every_day(late)) == ["23:00-23:30", "23:30-00:00"]


def test_only_on_its_weekdays_and_while_it_is_valid() -> None:
    week = Week({0: (MORNING,)}, MONDAY, MONDAY + dt.timedelta(days=7))
    found = slots([week], START, MONDAY + dt.timedelta(days=60), ZURICH)
    assert {slot.starts_at.date() for slot in found} == {
        MONDAY,
        MONDAY + dt.timedelta(days=7),
    }


def test_of_two_weeks_the_later_counts_from_its_first_day() -> None:
    old = every_day(MORNING)
    new = every_day(Opening(t("14:00"), t("14:30"), 30), valid_from=MONDAY)
    assert on(MONDAY, new, old) == ["14:00-14:30"]
    assert len(on(MONDAY - dt.timedelta(days=1), new, old)) == 4


def test_closed_days_other_hours_and_half_days() -> None:
    other = Opening(t("16:00"), t("16:30"), 30)
    tuesday, wednesday = (MONDAY + dt.timedelta(days=n) for n in (1, 2))
    closures = Closures(
        closed=frozenset({MONDAY, tuesday}),
        other_hours={tuesday: (other,)},
        ends_at={wednesday: t("10:15")},
    )
    week = every_day(MORNING, Opening(t("14:00"), t("15:00"), 30))
    assert on(MONDAY, week, closures=closures) == []
    assert on(tuesday, week, closures=closures) == ["16:00-16:30"]
    assert on(wednesday, week, closures=closures) == ["09:00-09:30", "09:30-10:00"]


def test_overlapping_openings_serve_nobody_twice() -> None:
    overlapping = Opening(t("09:15"), t("10:15"), 30)
    found = on(MONDAY, every_day(Opening(t("09:00"), t("09:30"), 30), overlapping))
    assert found == ["09:00-09:30", "09:45-10:15"]


@pytest.mark.parametrize(
    ("changes", "expected"), [(SPRING, 5), (AUTUMN, 7)], ids=["spring", "autumn"]
)
def test_the_night_of_the_change_has_its_real_hours(
    changes: list[dt.date], expected: int
) -> None:
    night = every_day(Opening(t("00:00"), t("06:00"), 30))
    for day in changes:
        found = slots([night], day, day, ZURICH)
        assert hours(found) == expected
        assert len(set(found)) == expected * 2


@pytest.mark.parametrize("day", SPRING)
def test_nothing_begins_in_the_hour_that_is_skipped(day: dt.date) -> None:
    found = on(day, every_day(Opening(t("01:00"), t("04:00"), 30)))
    assert found == ["01:00-01:30", "01:30-03:00", "03:00-03:30", "03:30-04:00"]
    assert on(day, every_day(Opening(t("02:15"), t("03:30"), 30))) == ["03:00-03:30"]
    assert on(day, every_day(Opening(t("02:00"), t("03:00"), 30))) == []


@pytest.mark.parametrize("day", AUTUMN)
def test_the_hour_that_exists_twice_is_served_twice_in_order(day: dt.date) -> None:
    found = slots([every_day(Opening(t("02:00"), t("03:00"), 30))], day, day, ZURICH)
    assert [local(slot)[:5] for slot in found] == ["02:00", "02:30", "02:00", "02:30"]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (dt.date(2026, 3, 8), dt.date(2026, 4, 12)),
        (dt.date(2026, 10, 4), dt.date(2026, 11, 8)),
    ],
)
def test_nine_is_nine_in_summer_and_winter(first: dt.date, last: dt.date) -> None:
    week = every_day(Opening(t("09:00"), t("09:30"), 30))
    found = slots([week], first, last, ZURICH)
    assert len(found) == (last - first).days + 1
    assert {local(slot) for slot in found} == {"09:00-09:30"}


times = st.times(max_value=t("23:50")).map(lambda x: x.replace(second=0, microsecond=0))


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    start, end = draw(times), draw(times)
    start, end = min(start, end), max(start, end)
    if start == end:
        end = t("00:00")
    return Opening(
        start, end, draw(st.integers(5, 240)), draw(st.sampled_from([0, 5, 15]))
    )


around_changes = st.sampled_from(SPRING + AUTUMN).flatmap(
    lambda day: st.integers(-2, 2).map(lambda n: day + dt.timedelta(days=n))
)
weeks = st.lists(openings(), min_size=1, max_size=3).map(lambda o: every_day(*o))


@given(week=weeks, day=around_changes)
def test_whatever_the_week_slots_never_overlap(week: Week, day: dt.date) -> None:
    found = slots([week], day, day + dt.timedelta(days=1), ZURICH)
    assert found == sorted(found)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))


def instants(day: dt.date, wall: dt.time) -> list[dt.datetime]:
    """The instants that a wall time may mean on a day."""
    both = (
        dt.datetime.combine(day, wall.replace(fold=fold), ZURICH) for fold in (0, 1)
    )
    return [moment.astimezone(dt.UTC) for moment in both]


@given(opening=openings(), day=around_changes)
def test_whatever_the_opening_slots_lie_within_it(
    opening: Opening, day: dt.date
) -> None:
    for slot in slots([every_day(opening)], day, day, ZURICH):
        assert slot.ends_at - slot.starts_at == dt.timedelta(minutes=opening.minutes)
        assert slot.starts_at.astimezone(ZURICH).date() == day
        # As instants: what the wall shows jumps in spring and comes twice in autumn.
        assert slot.starts_at >= min(instants(day, opening.start))
        assert opening.end == dt.time() or slot.ends_at <= max(
            instants(day, opening.end)
        )


@given(opening=openings(), day=around_changes)
def test_away_from_the_change_the_first_slot_begins_on_the_wall(
    opening: Opening, day: dt.date
) -> None:
    found = slots([every_day(opening)], day, day, ZURICH)
    if found and not dt.time(2) <= opening.start < dt.time(3):
        assert found[0].starts_at.astimezone(ZURICH).time() == opening.start


@given(opening=openings(), day=around_changes)
def test_the_difference_turns_old_into_new(opening: Opening, day: dt.date) -> None:
    old = slots([every_day(opening)], day, day, ZURICH)
    new = slots([every_day(MORNING)], day, day, ZURICH)
    change = difference(old, new)
    assert sorted([*change.kept, *change.added]) == sorted(new)
    assert sorted([*change.kept, *change.removed]) == sorted(old)
    assert not set(change.added) & set(change.removed)


def test_nothing_changed_is_no_difference() -> None:
    found = slots([every_day(MORNING)], MONDAY, MONDAY, ZURICH)
    assert difference(found, list(reversed(found))).kept == tuple(found)
    assert difference(found, found).added == difference(found, found).removed == ()


@pytest.mark.parametrize(
    ("canton", "day", "holiday"),
    [
        ("BE", dt.date(2026, 8, 1), True),
        ("BE", dt.date(2026, 1, 2), True),
        ("NE", dt.date(2026, 3, 1), True),
        ("BE", dt.date(2026, 3, 1), False),
        ("GE", dt.date(2026, 12, 31), True),
        ("BE", dt.date(2026, 12, 31), False),
    ],
)
def test_public_holidays_are_the_cantons_own(
    canton: str, day: dt.date, holiday: bool
) -> None:
    assert (day in public_holidays(canton, day.year)) is holiday


@pytest.mark.parametrize("minutes", [0, -30])
def test_a_slot_lasts(minutes: int) -> None:
    with pytest.raises(ValueError, match="minute"):
        Opening(t("09:00"), t("10:00"), minutes)


def test_an_opening_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="ends"):
        Opening(t("10:00"), t("09:00"), 30)


def test_days_are_both_included() -> None:
    assert list(days(MONDAY, MONDAY)) == [MONDAY]
