"""The agenda: where slots stand, what each shows, and how open screens follow (CTR-031, 044)."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.models import Membership
from core.dates import at, today
from counters.agenda import agenda
from counters.models import Appointment, Slot
from counters.queries import times_at
from counters.states import AppointmentState, SlotState
from tests.conftest import person
from tests.counters.town import Town, week_of

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]


def tomorrow(town: Town) -> dt.date:
    return today(town.tenant.zone) + dt.timedelta(days=1)


@pytest.mark.req("CTR-031")
def test_time_is_folded_where_every_counter_is_closed(town: Town) -> None:
    every = range(7)
    town.change(week=week_of(town.tenant, "Deux", *((day, 8, 9) for day in every),
                             *((day, 14, 15) for day in every)))  # fmt: skip
    shown = agenda([town.counter], tomorrow(town), tomorrow(town))
    (day,) = shown.days
    entries = day.columns[0].entries
    # Two half hours of six steps each, three steps for the hours between, two half hours.
    assert [(one.position, one.length) for one in entries] == [
        (0, 6), (6, 6), (15, 6), (21, 6),
    ]  # fmt: skip
    assert shown.axis == [(0, dt.time(8)), (15, dt.time(14))]


@pytest.mark.req("CTR-031")
def test_now_is_marked_while_a_counter_is_open(town: Town) -> None:
    day, zone = tomorrow(town), town.tenant.zone
    for hour, minute, position in (
        (7, 59, None),
        (8, 0, 0),
        (9, 12, 14),
        (10, 1, None),
    ):
        with time_machine.travel(at(day, dt.time(hour, minute), zone), tick=False):
            now = agenda([town.counter], day, day).now
        assert (now and now[0]) == position
    with time_machine.travel(at(day, dt.time(9), zone), tick=False):
        later = day + dt.timedelta(days=1)
        assert agenda([town.counter], later, later).now is None


@pytest.mark.req("CTR-031")
def test_a_slot_shows_what_became_of_its_appointment(town: Town) -> None:
    first, second, third = town.slots()[:3]
    rows = [town.assigned(first, "Bois"), town.assigned(second, "<Roc>")]
    Appointment.objects.filter(pk=rows[1].pk).update(state=AppointmentState.ABSENT)
    Slot.objects.filter(pk=third.pk).update(state=SlotState.SUSPENDED)
    shown = agenda([town.counter], tomorrow(town), tomorrow(town))
    entries = shown.days[0].columns[0].entries
    assert [(one.state, one.last_name) for one in entries] == [
        ("planned", "Bois"), ("absent", "<Roc>"), ("suspended", ""), ("free", ""),
    ]  # fmt: skip
    assert shown.counts == {"planned": 1, "absent": 1, "suspended": 1, "free": 1}


@pytest.mark.req("CTR-044")
def test_an_open_screen_asks_and_gets_only_what_changed(
    town: Town, as_: Signed
) -> None:
    client = as_(person(town.tenant, "agent", town.service, "counters.agent"))
    address = f"/counters/slots/?span=day&day={tomorrow(town)}"
    seen = client.get(address).headers["ETag"]
    ask = {"HX-Request": "true", "If-None-Match": seen}
    again = client.get(address, headers=ask)
    assert (again.status_code, again.content) == (304, b"")
    town.assigned(town.slots()[0], "<Roc>")
    changed = client.get(address, headers=ask)
    assert changed.status_code == 200
    assert "&lt;Roc&gt;" in changed.text
    assert changed.headers["ETag"] != seen
    # Somebody who loads the page anew gets a page, whatever the browser has kept.
    whole = client.get(address, headers={"If-None-Match": changed.headers["ETag"]})
    assert whole.status_code == 200


@pytest.mark.req("CTR-025")
def test_free_times_jump_over_days_without_any(town: Town) -> None:
    """Each hour once over two counters; three days, then where the next ones begin."""
    first = tomorrow(town)
    days = [first + dt.timedelta(days=number) for number in (0, 1, 9, 12)]
    town.add_counter("Guichet 2")
    zone = town.tenant.zone
    kept = [at(day, dt.time(hour), zone) for day in days for hour in (8, 9)]
    Slot.objects.exclude(starts_at__in=kept).update(state=SlotState.RESERVED)
    found, following = times_at(town.type, town.place, first)
    assert [day for day, _times in found] == days[:3]
    assert [[time.starts_at for time in times] for _day, times in found] == [
        kept[0:2], kept[2:4], kept[4:6],
    ]  # fmt: skip
    assert following == days[3]
    assert times_at(town.type, town.place, days[3])[1] is None
