"""Everybody locks appointments, then slots, then desks (ADR 0003): nobody waits in a circle."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Membership
from core.dates import now
from core.occupancy import lock_number
from counters.actions import appointments, closing, portal
from counters.actions.appointments import SlotTaken
from counters.actions.persons import person_of
from counters.models import Appointment, Person, Slot
from counters.states import AppointmentState, SlotState
from tests.conftest import make_canton
from tests.core.concurrently import ask, locked
from tests.counters.town import Town, make_town

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town() -> Town:
    return make_town(make_canton("berne").tenant)


def test_a_move_waits_for_its_slot_before_it_has_the_desk(town: Town) -> None:
    """Who takes a slot has its row and queues for the desk: the other way round they meet."""
    first, _second, third = town.slots()[:3]
    row = town.assigned(first, "Bois")
    with locked(
        lambda: Slot.objects.select_for_update().get(pk=third.pk),
        lambda: appointments.change_slot(
            by=town.lead.user, appointment=row, slot=third
        ),
    ):
        free = "SELECT pg_try_advisory_xact_lock(%s)"
        assert ask(free, lock_number(town.counter.desk_id))
    row.refresh_from_db()
    assert row.slot_id == third.pk


def test_a_step_waits_for_the_appointment_before_it_has_the_slot(town: Town) -> None:
    """Who cancels has the appointment and wants the slot: the other way round they meet."""
    slot = town.slots()[0]
    row = town.assigned(slot, "Bois")
    with locked(
        lambda: Appointment.objects.select_for_update().get(pk=row.pk),
        lambda: appointments.move_slot(by=town.lead, slot=slot, name="suspend"),
    ):
        assert Slot.objects.select_for_update(nowait=True).get(pk=slot.pk)
    row.refresh_from_db()
    assert row.state == AppointmentState.REPLAN


def test_a_period_that_two_close_is_closed_once(town: Town) -> None:
    slots = closing.slots_between(town.counter, now(), now() + timedelta(days=2))
    town.assigned(slots[0], "Bois")
    assert closing.close(by=town.lead, slots=slots, moves={}) == (0, 1)
    assert closing.close(by=town.lead, slots=slots, moves={}) == (0, 0)
    states = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    assert set(states.values_list("state", flat=True)) == {SlotState.SUSPENDED}


@pytest.mark.req("CTR-012", "CTR-014")
def test_who_takes_a_slot_while_it_vanishes_is_to_plan_again(town: Town) -> None:
    """The change waits for the taker, and then sees the appointment: none stays without a slot."""
    slot = town.slots()[0]
    rows = []
    with locked(
        lambda: rows.append(town.assigned(slot, "Bois")),
        lambda: town.change(week=town.closed),
    ):
        assert rows[0].state == AppointmentState.PLANNED
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].slot_id) == (AppointmentState.REPLAN, None)
    assert rows[0].events.filter(what="slot_vanished", by=town.lead.user).exists()


def loses(act: Callable[[], object]) -> None:
    with pytest.raises(SlotTaken):
        act()


@pytest.mark.req("CTR-034", "CTR-043")
@pytest.mark.parametrize(
    ("name", "state"),
    [("suspend", SlotState.SUSPENDED), ("reserve", SlotState.RESERVED)],
)
def test_who_waits_for_a_slot_looks_at_it_anew(
    town: Town, citizen: Membership, name: str, state: SlotState
) -> None:
    """What was free when the taker began is suspended or reserved by now: it stays so."""
    slot = town.slots()[0]
    with locked(
        lambda: appointments.move_slot(by=town.lead, slot=slot, name=name),
        lambda: loses(lambda: portal.hold(by=citizen.user, slot=slot)),
    ):
        pass
    slot.refresh_from_db()
    assert slot.state == state
    assert not slot.appointments.exists()


@pytest.mark.req("CTR-022")
def test_a_citizen_moves_to_no_slot_that_was_reserved_meanwhile(
    town: Town, citizen: Membership
) -> None:
    first, second = town.slots()[:2]
    row = portal.hold(by=citizen.user, slot=first)
    portal.confirm(by=citizen.user, appointment=row, phone="", by_sms=False)
    with locked(
        lambda: appointments.move_slot(by=town.lead, slot=second, name="reserve"),
        lambda: loses(
            lambda: appointments.change_slot(
                by=citizen.user, appointment=row, slot=second
            )
        ),
    ):
        pass
    row.refresh_from_db()
    assert row.slot_id == first.pk


@pytest.mark.req("CTR-020")
@pytest.mark.parametrize("first_visit", [True, False])
def test_two_clicks_at_once_are_one_hold_and_one_file(
    town: Town, citizen: Membership, first_visit: bool
) -> None:
    slot = town.slots()[0]
    if not first_visit:
        person_of(citizen.user)
    rows = []
    with locked(
        lambda: rows.append(portal.hold(by=citizen.user, slot=slot)),
        lambda: rows.append(portal.hold(by=citizen.user, slot=slot)),
    ):
        pass
    assert rows[0] == rows[1]
    assert Person.objects.filter(user=citizen.user).count() == 1


@pytest.mark.req("CTR-036")
def test_a_cancellation_frees_the_slot_that_a_colleague_chose_meanwhile(
    town: Town,
) -> None:
    first, second = town.slots()[:2]
    row = town.assigned(first, "Bois")
    with locked(
        lambda: appointments.change_slot(
            by=town.lead.user, appointment=row, slot=second
        ),
        lambda: appointments.cancel(by=town.lead.user, appointment=row),
    ):
        pass
    row.refresh_from_db()
    assert (row.state, row.slot_id) == (AppointmentState.CANCELLED, None)
    free = Slot.objects.filter(pk__in=(first.pk, second.pk), state=SlotState.FREE)
    assert free.count() == 2


@pytest.mark.req("CTR-036")
def test_two_who_move_an_appointment_to_other_counters_come_one_after_the_other(
    town: Town,
) -> None:
    first = town.slots()[0]
    second = town.slots(town.add_counter("Guichet 2"))[1]
    third = town.slots(town.add_counter("Guichet 3"))[2]
    row = town.assigned(first, "Bois")

    def to(slot: Slot) -> Callable[[], object]:
        return lambda: appointments.change_slot(
            by=town.lead.user, appointment=row, slot=slot
        )

    with locked(to(second), to(third)):
        pass
    row.refresh_from_db()
    assert (row.slot_id, row.sequence) == (third.pk, 2)
    kept = Slot.objects.exclude(state=SlotState.FREE)
    assert [slot.pk for slot in kept] == [third.pk]


def test_who_gives_up_waiting_reads_a_sentence(
    town: Town, as_: Callable[[Membership], Client]
) -> None:
    slot = town.slots()[0]
    agent = as_(town.lead)
    other = connection.copy()
    other.set_autocommit(False)
    lock = "SELECT 1 FROM counters_slot WHERE id = %s FOR UPDATE"
    with other.cursor() as theirs, connection.cursor() as ours:
        theirs.execute(lock, [slot.pk])
        ours.execute("SET lock_timeout = '50ms'")
        page = agent.post(f"/counters/slots/{slot.pk}/move/", {"name": "suspend"})
        ours.execute("RESET lock_timeout")
    other.close()
    assert page.status_code == 503
    assert "Plusieurs personnes modifient" in page.content.decode()
    slot.refresh_from_db()
    assert slot.state == SlotState.FREE
