"""Arrived, called, served; the waiting room's screen (CTR-041)."""

import datetime as dt
from collections.abc import Callable
from itertools import product

import pytest
from django.test import Client

from accounts.models import Membership
from core.dates import now, today
from counters.actions import queue as actions
from counters.actions.queue import NotInTheQueue
from counters.models import Appointment, Counter, Visit
from counters.states import MAY_FOLLOW_VISIT, AppointmentState, VisitState
from tests.conftest import make_canton
from tests.core.concurrently import at_once
from tests.counters.town import Town, make_town

Signed = Callable[[Membership], Client]


def expected(town: Town, hour: int, name: str) -> Appointment:
    """Somebody's appointment of today at this hour, past or to come."""
    row = town.assigned(town.slots()[hour], name)
    moment = dt.datetime.combine(
        today(town.tenant.zone), dt.time(hour), town.tenant.zone
    )
    Appointment.objects.filter(pk=row.pk).update(
        starts_at=moment, ends_at=moment + dt.timedelta(minutes=30)
    )
    row.refresh_from_db()
    return row


def at_the(counter: Counter) -> Counter:
    return Counter.objects.select_related("place", "type").get(pk=counter.pk)


@pytest.mark.req("CTR-041")
def test_numbers_count_by_day_and_arriving_twice_is_one_visit(town: Town) -> None:
    row = expected(town, 0, "Bois")
    first = actions.arrive(by=town.lead, appointment=row)
    assert actions.arrive(by=town.lead, appointment=row) == first
    second = actions.walk_in(by=town.lead, place=town.place, type_=town.type)
    assert (str(first), str(second)) == ("001", "002")


@pytest.mark.req("CTR-041")
def test_only_who_has_an_appointment_today_arrives(town: Town) -> None:
    tomorrow = town.assigned(town.slots()[0])
    with pytest.raises(actions.Refusal):
        actions.arrive(by=town.lead, appointment=tomorrow)
    assert not Visit.objects.exists()


@pytest.mark.req("CTR-041")
def test_the_turn_is_fair(town: Town) -> None:
    """Who has an appointment comes at its hour, however early they are; others as they came."""
    late = actions.arrive(by=town.lead, appointment=expected(town, 3, "Spät"))
    early = actions.arrive(by=town.lead, appointment=expected(town, 0, "Tôt"))
    walk_in = actions.walk_in(by=town.lead, place=town.place, type_=town.type)
    two = dt.datetime.combine(today(), dt.time(2), town.tenant.zone)
    Visit.objects.filter(pk=walk_in.pk).update(arrived_at=two)
    assert list(Visit.objects.in_turn()) == [early, walk_in, late]


@pytest.mark.req("CTR-041")
def test_calling_the_next_serves_the_one_before(town: Town) -> None:
    row = expected(town, 0, "Bois")
    counter = at_the(town.counter)
    actions.arrive(by=town.lead, appointment=row)
    actions.walk_in(by=town.lead, place=town.place, type_=town.type)
    first = actions.call_next(by=town.lead, counter=counter)
    second = actions.call_next(by=town.lead, counter=counter)
    assert (str(first), str(second)) == ("001", "002")
    assert actions.call_next(by=town.lead, counter=counter) is None
    row.refresh_from_db()
    assert row.state == AppointmentState.DONE
    assert set(Visit.objects.values_list("state", flat=True)) == {VisitState.DONE}


@pytest.mark.req("CTR-041")
def test_who_has_left_may_come_back_and_keeps_the_appointment(town: Town) -> None:
    row = expected(town, 0, "Bois")
    visit = actions.arrive(by=town.lead, appointment=row)
    actions.end(by=town.lead, visit=visit, served=False)
    row.refresh_from_db()
    assert row.state == AppointmentState.PLANNED
    actions.put_back(by=town.lead, visit=visit)
    assert Visit.objects.in_turn().get() == visit


@pytest.mark.req("CTR-041")
def test_a_colleagues_visitor_is_not_taken_away(town: Town) -> None:
    other = at_the(town.add_counter("Guichet 2"))
    visit = actions.walk_in(by=town.lead, place=town.place, type_=town.type)
    actions.call(by=town.lead, visit=visit, counter=at_the(town.counter))
    with pytest.raises(NotInTheQueue):
        actions.call(by=town.lead, visit=visit, counter=other)
    actions.call(by=town.lead, visit=visit, counter=at_the(town.counter))
    assert Visit.objects.get().counter == town.counter


@pytest.mark.req("CTR-041")
@pytest.mark.parametrize(("before", "after"), list(product(VisitState, VisitState)))
def test_no_step_outside_the_table(
    town: Town, before: VisitState, after: VisitState
) -> None:
    visit = actions.walk_in(by=town.lead, place=town.place, type_=town.type)
    Visit.objects.filter(pk=visit.pk).update(
        state=before, counter=town.counter, called_at=now()
    )
    steps: dict[VisitState, Callable[[], object]] = {
        VisitState.WAITING: lambda: actions.put_back(by=town.lead, visit=visit),
        VisitState.CALLED: lambda: actions.call(
            by=town.lead, visit=visit, counter=at_the(town.counter)
        ),
        VisitState.DONE: lambda: actions.end(by=town.lead, visit=visit, served=True),
        VisitState.GONE: lambda: actions.end(by=town.lead, visit=visit, served=False),
    }
    if after in MAY_FOLLOW_VISIT[before]:
        steps[after]()
        assert Visit.objects.get().state == after
    else:
        with pytest.raises(NotInTheQueue):
            steps[after]()


@pytest.mark.req("CTR-041")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_counters_that_call_at_once_get_different_people() -> None:
    town = make_town(make_canton("berne").tenant)
    counters = [town.counter, *(town.add_counter(f"Guichet {n}") for n in (2, 3, 4))]
    for _number in range(4):
        actions.walk_in(by=town.lead, place=town.place, type_=town.type)
    found = at_once(
        4,
        lambda number: actions.call_next(
            by=town.lead, counter=at_the(counters[number])
        ),
    )
    assert sorted(str(visit) for visit in found) == ["001", "002", "003", "004"]


@pytest.mark.req("CTR-041")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_different() -> None:
    town = make_town(make_canton("berne").tenant)
    found = at_once(
        8,
        lambda number: actions.walk_in(by=town.lead, place=town.place, type_=town.type),
    )
    assert sorted(visit.number for visit in found) == list(range(1, 9))


@pytest.mark.req("CTR-041")
def test_an_agent_works_through_the_queue(town: Town, as_: Signed) -> None:
    row = expected(town, 0, "Bois")
    client, here = as_(town.lead), {"counter": str(town.counter.pk)}
    page = client.get("/counters/queue/", here).text
    assert "Bois Jules" in page
    client.post(f"/counters/queue/arrived/{row.pk}/", here)
    client.post("/counters/queue/walk-in/", {**here, "type": str(town.type.pk)})
    client.post("/counters/queue/next/", here)
    page = client.get("/counters/queue/", here).text
    assert "<strong>001</strong> Bois Jules" in page
    assert "sans rendez-vous" in page
    visit = Visit.objects.get(appointment=row)
    client.post(f"/counters/queue/{visit.pk}/", {**here, "step": "served"})
    visit.refresh_from_db()
    assert visit.state == VisitState.DONE
    again = client.post(
        f"/counters/queue/{visit.pk}/", {**here, "step": "call"}, follow=True
    )
    assert "entre-temps" in again.text


@pytest.mark.req("CTR-041")
def test_the_screen_shows_numbers_and_no_names(town: Town) -> None:
    client = Client(headers={"host": "berne.localhost"})
    address = f"/counters/waiting-room/{town.place.pk}/"
    assert "Votre numéro" in client.get(address).text
    actions.arrive(by=town.lead, appointment=expected(town, 0, "Bois"))
    actions.walk_in(by=town.lead, place=town.place, type_=town.type)
    actions.call_next(by=town.lead, counter=at_the(town.counter))
    page = client.get(address).text
    assert "<strong>001</strong> <span>Guichet 1</span>" in page
    assert "Bois" not in page
    assert "1 personne attend" in page
