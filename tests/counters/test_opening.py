"""Weeks, exceptions and closing days become slots; a change loses no appointment (CTR-003 to 015)."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import schedules
from core.dates import now, today
from core.errors import Refusal
from core.messages.models import OutgoingMessage
from counters.actions import opening
from counters.messages import tell_waiting
from counters.models import (
    Appointment,
    AppointmentType,
    ClosingDay,
    Counter,
    ExceptionRange,
    ReferenceWeek,
    Slot,
    WeekRange,
)
from counters.states import AppointmentState
from tests.counters.town import Town

pytestmark = pytest.mark.django_db


def local(town: Town, slot: Slot) -> dt.datetime:
    return slot.starts_at.astimezone(town.tenant.zone)


def on(town: Town, day: dt.date) -> list[str]:
    """The hours of a day's slots, on the wall."""
    rows = Slot.objects.filter(counter=town.counter).order_by("starts_at")
    return [
        f"{local(town, row):%H:%M}" for row in rows if local(town, row).date() == day
    ]


def in_days(number: int) -> dt.date:
    return today() + dt.timedelta(days=number)


def exception(first: int, last: int, week: ReferenceWeek) -> ExceptionRange:
    return ExceptionRange(first=in_days(first), last=in_days(last), week=week)


@pytest.fixture(autouse=True)
def _no_holiday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "public_holidays", lambda canton, year: frozenset())


@pytest.mark.req("CTR-003", "CTR-011")
def test_a_counter_opens_the_slots_of_its_week(town: Town) -> None:
    assert on(town, in_days(1)) == ["08:00", "08:30", "09:00", "09:30"]


@pytest.mark.req("CTR-012")
def test_an_exception_counts_for_its_days_only(town: Town) -> None:
    town.change(
        exceptions=[exception(3, 4, town.mornings), exception(6, 6, town.closed)]
    )
    assert on(town, in_days(2)) == ["08:00", "08:30", "09:00", "09:30"]
    assert on(town, in_days(3)) == on(town, in_days(4)) == ["08:00", "08:30"]
    assert on(town, in_days(5)) == ["08:00", "08:30", "09:00", "09:30"]
    assert on(town, in_days(6)) == []


@pytest.mark.req("CTR-012")
def test_overlapping_exceptions_are_refused_by_the_database(town: Town) -> None:
    with pytest.raises(Refusal, match="chevauchent|overlap"):
        town.change(
            exceptions=[exception(3, 5, town.mornings), exception(5, 6, town.closed)]
        )
    assert not ExceptionRange.objects.exists()


@pytest.mark.req("CTR-005")
def test_closing_days_close_by_themselves(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ClosingDay.objects.create(tenant=town.tenant, day=in_days(3), name="Fête")
    half = {"day": in_days(4), "from_time": dt.time(9), "name": "Après-midi"}
    ClosingDay.objects.create(tenant=town.tenant, **half)
    monkeypatch.setattr(
        schedules, "public_holidays", lambda canton, year: frozenset({in_days(5)})
    )
    town.change()
    assert on(town, in_days(3)) == on(town, in_days(5)) == []
    assert on(town, in_days(4)) == ["08:00", "08:30"]


@pytest.mark.req("CTR-013")
def test_nothing_is_there_outside_the_validity(town: Town) -> None:
    town.change(valid_from=in_days(3), valid_to=in_days(5))
    days = {local(town, row).date() for row in Slot.objects.all()}
    assert days == {in_days(3), in_days(4), in_days(5)}


@pytest.mark.req("CTR-014")
def test_a_change_is_shown_before_and_loses_nothing(town: Town) -> None:
    early, late = (
        next(s for s in town.slots() if local(town, s).date() == in_days(2)
             and f"{local(town, s):%H:%M}" == hour)
        for hour in ("08:00", "09:30")
    )  # fmt: skip
    kept, lost = town.assigned(early, "Garde"), town.assigned(late, "Perd")
    OutgoingMessage.objects.all().delete()
    counter = Counter.objects.get(pk=town.counter.pk)
    counter.week = town.mornings
    change = opening.plan(counter, [])
    assert [row.pk for row in change.to_replan] == [lost.pk]
    assert Appointment.objects.filter(state=AppointmentState.PLANNED).count() == 2
    town.change(week=town.mornings)
    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.state, kept.slot_id) == (AppointmentState.PLANNED, early.pk)
    assert (lost.state, lost.slot_id) == (AppointmentState.REPLAN, None)
    assert tell_waiting() == 1
    assert tell_waiting() == 0
    (message,) = OutgoingMessage.objects.all()
    assert (message.to, message.kind) == ("perd@x.example", "counters.replan")


@pytest.mark.req("CTR-014")
def test_past_ones_whose_slots_vanish_stand_without_status(town: Town) -> None:
    slot = town.slots()[3]
    row = town.assigned(slot)
    with time_machine.travel(slot.ends_at + dt.timedelta(hours=2), tick=False):
        town.change(week=town.closed)
    row.refresh_from_db()
    assert (row.state, row.slot) == (AppointmentState.NO_STATUS, None)


@pytest.mark.req("CTR-011")
def test_the_horizon_follows_the_calendar(town: Town) -> None:
    with time_machine.travel(now() + dt.timedelta(days=5)):
        assert opening.materialise_all() == 5 * 4
        assert opening.materialise_all() == 0


def test_what_follows_the_calendar_keeps_a_change_made_meanwhile(town: Town) -> None:
    """The night's list of counters is old when the last one's turn comes."""
    read_before = town.counter
    town.change(week=town.closed)
    assert opening.materialise(read_before) == 0
    assert on(town, in_days(1)) == []


@pytest.mark.req("CTR-005")
def test_what_follows_a_closing_day_keeps_a_change_made_meanwhile(town: Town) -> None:
    read_before = Counter.objects.get(pk=town.counter.pk)
    extra = exception(3, 3, town.mornings)
    town.change(name="Guichet bleu", exceptions=[extra])
    ClosingDay.objects.create(tenant=town.tenant, day=in_days(1), name="Alerte")
    opening.follow(by=town.lead, counters=[read_before])
    assert list(town.counter.exceptions.all()) == [extra]
    assert Counter.objects.get(pk=town.counter.pk).name == "Guichet bleu"
    assert on(town, in_days(1)) == []
    assert on(town, in_days(3)) == ["08:00", "08:30"]


def independently(
    ranges: list[tuple[int, int, int, int]], days: list[dt.date], zone: Any
) -> set[tuple[dt.datetime, dt.datetime]]:
    """Slots counted minute by minute through real time: another way than core.schedules."""
    found = set()
    for day in days:
        free_from = dt.datetime.min.replace(tzinfo=dt.UTC)
        for weekday, start, end, minutes in sorted(ranges, key=lambda one: one[1]):
            if weekday != day.weekday():
                continue
            moment = dt.datetime.combine(day, dt.time(start), zone).astimezone(dt.UTC)
            last = dt.datetime.combine(day, dt.time(end), zone).astimezone(dt.UTC)
            step = dt.timedelta(minutes=minutes)
            while moment + step <= last:
                if moment >= free_from:
                    found.add((moment, moment + step))
                    free_from = moment + step
                moment += step
    return found


RANGE = st.tuples(
    st.integers(0, 6), st.integers(6, 12), st.integers(13, 19), st.sampled_from([10, 25, 30])
)  # fmt: skip


@pytest.mark.req("CTR-003", "CTR-012", "CTR-014")
@pytest.mark.slow
@settings(
    max_examples=20,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)
@given(
    ordinary=st.lists(RANGE, max_size=4, unique_by=lambda one: one[0]),
    other=st.lists(RANGE, max_size=3, unique_by=lambda one: one[0]),
    begins=st.sampled_from([dt.date(2026, 3, 20), dt.date(2026, 10, 16)]),
    away=st.tuples(st.integers(0, 20), st.integers(0, 12)),
    holiday=st.integers(0, 40),
)
def test_the_slots_equal_an_independent_count_over_both_clock_changes(
    town: Town,
    ordinary: list[tuple[int, int, int, int]],
    other: list[tuple[int, int, int, int]],
    begins: dt.date,
    away: tuple[int, int],
    holiday: int,
) -> None:
    zone = town.tenant.zone
    moment = dt.datetime.combine(begins, dt.time(5), zone)
    with time_machine.travel(moment, tick=False):
        for week, ranges in ((town.week, ordinary), (town.mornings, other)):
            week.ranges.all().delete()
            for weekday, start, end, minutes in ranges:
                WeekRange.objects.create(
                    tenant=town.tenant, week=week, weekday=weekday,
                    start=dt.time(start), end=dt.time(end), minutes=minutes,
                )  # fmt: skip
        ClosingDay.objects.all().delete()
        shut = begins + dt.timedelta(days=holiday)
        ClosingDay.objects.create(tenant=town.tenant, day=shut, name="Fermé")
        AppointmentType.objects.update(latest_days=14)
        first = begins + dt.timedelta(days=away[0])
        last = first + dt.timedelta(days=away[1])
        town.counter.refresh_from_db()
        town.change(
            valid_from=begins,
            exceptions=[ExceptionRange(first=first, last=last, week=town.mornings)],
        )
    end = begins + dt.timedelta(days=14 + 31)
    days = [begins + dt.timedelta(days=n) for n in range((end - begins).days + 1)]
    usual = [day for day in days if not first <= day <= last and day != shut]
    changed = [day for day in days if first <= day <= last and day != shut]
    expected = independently(ordinary, usual, zone) | independently(
        other, changed, zone
    )
    rows = Slot.objects.filter(counter=town.counter)
    assert set(rows.values_list("starts_at", "ends_at")) == expected
