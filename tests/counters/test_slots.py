"""Slots and appointments: who gets one, and what becomes of it (CTR-004, 030 to 044)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Membership
from core.dates import now
from core.errors import NotPossible, Refusal
from core.messages.models import OutgoingMessage
from core.occupancy import Occupancy
from counters import states
from counters.actions import appointments as actions
from counters.actions import portal
from counters.actions.history import ImpossibleChange, change_state
from counters.actions.persons import person_of
from counters.models import Appointment, AppointmentType, Slot
from counters.states import MAY_FOLLOW, MOVES, AppointmentState, SlotState
from tests.core.concurrently import at_once
from tests.counters.town import Town

pytestmark = pytest.mark.django_db


def told() -> list[OutgoingMessage]:
    """The messages about appointments."""
    return list(OutgoingMessage.objects.filter(kind__startswith="counters."))


@pytest.mark.req("CTR-032", "CTR-034")
def test_each_status_has_exactly_its_moves() -> None:
    agent, both = frozenset({states.AGENT}), frozenset({states.AGENT, states.MANAGER})
    assert set(states.moves_from("free", agent)) == {"assign", "suspend", "reserve"}
    assert set(states.moves_from("reserved", agent)) == {"assign", "suspend", "free"}
    assert set(states.moves_from("suspended", agent)) == set()
    assert set(states.moves_from("suspended", both)) == {"free"}
    booked = {"suspend", "reserve", "cancel", "leave"}
    assert set(states.moves_from("booked", agent)) == booked


@pytest.mark.parametrize("before", AppointmentState)
@pytest.mark.parametrize("after", AppointmentState)
def test_what_is_not_in_the_table_is_refused(
    town: Town, before: AppointmentState, after: AppointmentState
) -> None:
    row = town.assigned(town.slots()[0])
    row.state = before
    if after in MAY_FOLLOW[before]:
        change_state(row, after, by=None, what="moved")
        assert row.state == after
    else:
        with pytest.raises(ImpossibleChange):
            change_state(row, after, by=None, what="moved")


@pytest.mark.parametrize("state", SlotState)
@pytest.mark.parametrize("name", ["suspend", "reserve", "free"])
def test_a_move_that_the_table_does_not_know_is_refused(
    town: Town, state: SlotState, name: str
) -> None:
    slot = town.slots()[0]
    until = now() + dt.timedelta(minutes=9) if state == SlotState.HELD else None
    Slot.objects.filter(pk=slot.pk).update(state=state, held_until=until)
    known = {move.before for move in MOVES if move.name == name}
    if state in known:
        actions.move_slot(by=town.lead, slot=slot, name=name)
    else:
        with pytest.raises(NotPossible):
            actions.move_slot(by=town.lead, slot=slot, name=name)


@pytest.mark.req("CTR-033", "CTR-036")
def test_an_assigned_slot_is_told_with_its_calendar_entry(town: Town) -> None:
    row = town.assigned(town.slots()[0])
    assert Slot.objects.get(pk=row.slot_id).state == SlotState.BOOKED
    (message,) = told()
    assert message.to == "bois@x.example"
    assert "BEGIN:VEVENT" in message.calendar
    assert message.calendar_method == "REQUEST"


@pytest.mark.req("CTR-035")
@pytest.mark.parametrize("name", ["suspend", "reserve"])
def test_a_slot_taken_from_under_somebody_is_to_plan_again(
    town: Town, name: str
) -> None:
    slot = town.slots()[0]
    row = town.assigned(slot)
    OutgoingMessage.objects.all().delete()
    actions.move_slot(by=town.lead, slot=slot, name=name)
    row.refresh_from_db()
    assert (row.state, row.slot) == (AppointmentState.REPLAN, None)
    assert not Occupancy.objects.filter(source_id=row.pk).exists()
    (message,) = told()
    assert message.kind == "counters.replan"
    assert message.calendar_method == "CANCEL"


@pytest.mark.req("CTR-034")
def test_a_reserved_slot_is_an_agents_to_assign_and_no_citizens(
    town: Town, citizen: Membership
) -> None:
    slot = town.slots()[0]
    actions.move_slot(by=town.lead, slot=slot, name="reserve")
    with pytest.raises(actions.SlotTaken):
        portal.hold(by=citizen.user, slot=slot)
    assert town.assigned(slot).state == AppointmentState.PLANNED


@pytest.mark.req("CTR-036", "CTR-038")
def test_a_changed_slot_frees_the_former_and_keeps_the_entry(town: Town) -> None:
    first, second, *_rest = town.slots()
    row = town.assigned(first)
    actions.change_slot(by=town.lead.user, appointment=row, slot=second)
    row.refresh_from_db()
    assert (row.slot, row.sequence) == (second, 1)
    assert Slot.objects.get(pk=first.pk).state == SlotState.FREE
    message = OutgoingMessage.objects.get(kind="counters.moved")
    assert "SEQUENCE:1" in message.calendar
    assert str(row.pk) in message.calendar


def test_an_appointment_stays_of_its_type(town: Town) -> None:
    row = town.assigned(town.slots()[0])
    other = AppointmentType.objects.create(tenant=town.tenant, name_fr="Autre")
    counter = town.add_counter("Autre guichet", type=other)
    with pytest.raises(NotPossible):
        actions.change_slot(
            by=town.lead.user, appointment=row, slot=town.slots(counter)[0]
        )


@pytest.mark.req("CTR-039")
def test_past_ones_without_status_are_marked_or_moved(town: Town) -> None:
    row = town.assigned(town.slots()[0])
    Appointment.objects.filter(pk=row.pk).update(
        state=AppointmentState.NO_STATUS, slot=None
    )
    actions.mark(by=town.lead, appointment=row, done=True)
    row.refresh_from_db()
    assert row.state == AppointmentState.DONE
    actions.mark(by=town.lead, appointment=row, done=False)
    row.refresh_from_db()
    assert row.state == AppointmentState.ABSENT


def test_a_future_one_cannot_be_marked(town: Town) -> None:
    row = town.assigned(town.slots()[0])
    with pytest.raises(NotPossible):
        actions.mark(by=town.lead, appointment=row, done=True)


def test_a_cancelled_one_frees_its_slot_and_is_told(town: Town) -> None:
    slot = town.slots()[0]
    row = town.assigned(slot)
    actions.cancel(by=town.lead.user, appointment=row)
    actions.cancel(by=town.lead.user, appointment=row)
    assert Slot.objects.get(pk=slot.pk).state == SlotState.FREE
    assert OutgoingMessage.objects.filter(kind="counters.cancelled").count() == 1


@pytest.mark.req("CTR-004")
def test_counters_at_one_desk_keep_their_slots_until_one_is_taken(town: Town) -> None:
    other = town.add_counter("Guichet 2", desk=town.counter.desk)
    mine, theirs = town.slots()[0], town.slots(other)[0]
    takeable = Slot.objects.all().takeable(now())
    assert takeable.filter(pk__in=[mine.pk, theirs.pk]).count() == 2
    town.assigned(mine)
    assert not takeable.filter(pk=theirs.pk).exists()
    with pytest.raises(actions.SlotTaken):
        town.assigned(theirs, "Aulan")


def test_the_database_itself_refuses_two_on_one_slot(town: Town) -> None:
    row = town.assigned(town.slots()[0])
    row.pk, row.reference = None, actions.new_reference()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.req("CTR-044")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_one_slot_are_one(town: Town) -> None:
    slot = town.slots()[0]
    people = [town.visitor(f"P{number}") for number in range(20)]

    def take(number: int) -> Appointment:
        visitor = actions.Visitor(people[number])
        return actions.assign(by=town.lead, slot=slot, visitor=visitor)

    outcomes = at_once(20, take)
    assert sum(isinstance(one, Appointment) for one in outcomes) == 1
    lost = [one for one in outcomes if not isinstance(one, Appointment)]
    assert {type(one) for one in lost} == {actions.SlotTaken}
    assert len(actions.nearest(slot)) == 5


@pytest.mark.req("CTR-004", "CTR-021")
def test_a_lapsed_hold_at_the_same_desk_gives_its_slot_back(
    town: Town, citizen: Membership
) -> None:
    """The next at the desk sweeps the hold: its slot must not look held for ever."""
    other = town.add_counter("Guichet 2", desk=town.counter.desk)
    held = town.slots()[0]
    row = portal.hold(by=citizen.user, slot=held)
    late = now() - dt.timedelta(seconds=1)  # the database's own clock sweeps
    Slot.objects.filter(pk=held.pk).update(held_until=late)
    Appointment.objects.filter(pk=row.pk).update(held_until=late)
    Occupancy.objects.filter(source_id=row.pk).update(until=late)
    town.assigned(town.slots(other)[0])
    assert actions.lapse_all() == 1
    held.refresh_from_db()
    assert (held.state, held.held_until) == (SlotState.FREE, None)


@pytest.mark.req("CTR-004")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_one_desk_with_slots_of_two_lengths_never_overlaps(town: Town) -> None:
    other = town.add_counter("Guichet 2", desk=town.counter.desk)
    other.week.ranges.update(minutes=20)
    town.change()
    wanted = [*town.slots()[:8], *town.slots(other)[:12]]
    people = [town.visitor(f"P{number}") for number in range(len(wanted))]

    def take(number: int) -> Appointment:
        visitor = actions.Visitor(people[number])
        return actions.assign(by=town.lead, slot=wanted[number], visitor=visitor)

    outcomes = at_once(len(wanted), take)
    assert {type(one) for one in outcomes} <= {Appointment, actions.SlotTaken}
    taken = sorted(
        Appointment.objects.values_list("starts_at", "ends_at"),
        key=lambda span: span[0],
    )
    assert taken
    assert all(
        one[1] <= following[0] for one, following in zip(taken, taken[1:], strict=False)
    )


@pytest.mark.req("CTR-020")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_wishes_of_one_citizen_are_three(
    town: Town, citizen: Membership
) -> None:
    person_of(citizen.user)
    slots = town.slots()[:20]
    outcomes = at_once(
        20, lambda number: portal.hold(by=citizen.user, slot=slots[number])
    )
    assert sum(isinstance(one, Appointment) for one in outcomes) <= 3
    assert Appointment.objects.filter(state="held").count() <= 3
    assert not [one for one in outcomes if not isinstance(one, (Appointment, Refusal))]
    rest = town.slots()[20:30]
    for slot in rest:
        try:
            portal.hold(by=citizen.user, slot=slot)
        except portal.EnoughAlready:
            break
    assert Appointment.objects.filter(state="held").count() == 3


@pytest.mark.req("CTR-021")
def test_a_hold_that_lapsed_is_everybodys_again(
    town: Town, citizen: Membership
) -> None:
    slot = town.slots()[0]
    row = portal.hold(by=citizen.user, slot=slot)
    assert portal.hold(by=citizen.user, slot=slot).pk == row.pk  # a double click
    with time_machine.travel(now() + dt.timedelta(minutes=16), tick=False):
        with pytest.raises(NotPossible):
            portal.confirm(by=citizen.user, appointment=row, phone="", by_sms=False)
        assert actions.lapse_all() == 1
        assert Slot.objects.get(pk=slot.pk).state == SlotState.FREE
        row.refresh_from_db()
        assert row.state == AppointmentState.LAPSED
        assert portal.hold(by=citizen.user, slot=slot).state == AppointmentState.HELD


@pytest.mark.req("CTR-021")
def test_a_hold_is_extended_once(town: Town, citizen: Membership) -> None:
    row = portal.hold(by=citizen.user, slot=town.slots()[0])
    with time_machine.travel(now() + dt.timedelta(minutes=10), tick=False):
        assert portal.extend(by=citizen.user, appointment=row)
        assert portal.extend(by=citizen.user, appointment=row) is None
    with time_machine.travel(now() + dt.timedelta(minutes=20), tick=False):
        done = portal.confirm(by=citizen.user, appointment=row, phone="", by_sms=False)
        assert done.state == AppointmentState.PLANNED


@pytest.mark.req("CTR-022")
def test_a_confirmed_one_is_told_by_mail_and_sms(
    town: Town, citizen: Membership
) -> None:
    row = portal.hold(by=citizen.user, slot=town.slots()[0])
    portal.confirm(by=citizen.user, appointment=row, phone="079 555 01 88", by_sms=True)
    kinds = {(one.channel, one.kind) for one in told()}
    assert kinds == {
        ("email", "counters.confirmed"),
        ("sms", "counters.confirmed_sms"),
    }


@pytest.mark.req("CTR-020")
def test_a_slot_given_back_is_offered_again_at_a_chance_moment(
    town: Town, citizen: Membership
) -> None:
    row = portal.hold(by=citizen.user, slot=town.slots()[0])
    portal.confirm(by=citizen.user, appointment=row, phone="", by_sms=False)
    actions.cancel(by=citizen.user, appointment=row)
    slot = Slot.objects.get(pk=row.slot_id)
    assert slot.state == SlotState.FREE
    assert slot.offered_from is not None
    assert slot.offered_from <= now() + dt.timedelta(minutes=10)
