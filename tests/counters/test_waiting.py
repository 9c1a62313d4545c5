"""The waiting list for an earlier slot (CTR-025)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions.people import change_language, update_profile
from accounts.models import Membership
from core.dates import now
from core.errors import Refusal
from core.messages.models import OutgoingMessage
from counters.actions import appointments, portal
from counters.actions.waiting import tell_all, wait_for_earlier
from counters.models import Appointment, EarlierWish, Slot
from counters.states import AppointmentState, SlotState
from tests.conftest import make_canton, organisation, person
from tests.core.concurrently import at_once
from tests.counters.town import Town, make_town

Signed = Callable[[Membership], Client]


def told() -> list[OutgoingMessage]:
    return list(
        OutgoingMessage.objects.filter(kind="counters.earlier").order_by("created_at")
    )


def full(town: Town) -> list[Slot]:
    """Every slot is gone but the last."""
    slots = town.slots()
    kept = [slot.pk for slot in slots[:-1]]
    Slot.objects.filter(pk__in=kept).update(state=SlotState.RESERVED)
    return slots


def free(*slots: Slot) -> None:
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(state=SlotState.FREE)


def reserved(member: Membership, slot: Slot) -> Appointment:
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.FREE)
    row = portal.hold(by=member.user, slot=slot)
    portal.confirm(by=member.user, appointment=row, phone="", by_sms=False)
    return Appointment.objects.get(pk=row.pk)


@pytest.mark.req("CTR-025")
def test_an_earlier_slot_is_told_once(town: Town, citizen: Membership) -> None:
    slots = full(town)
    row = reserved(citizen, slots[10])
    wish = wait_for_earlier(by=citizen.user, type_=town.type, appointment=row)
    assert wait_for_earlier(by=citizen.user, type_=town.type, appointment=row) == wish
    assert tell_all() == 0
    free(slots[11])  # later than the own one
    assert tell_all() == 0
    free(slots[3])
    assert (tell_all(), tell_all()) == (1, 0)
    (message,) = told()
    assert message.to == citizen.user.email
    assert f"move={row.pk}" in message.text


@pytest.mark.req("CTR-025")
def test_what_was_free_already_is_no_news(town: Town, citizen: Membership) -> None:
    slots = full(town)
    row = reserved(citizen, slots[10])
    free(slots[5])
    wait_for_earlier(by=citizen.user, type_=town.type, appointment=row)
    assert tell_all() == 0
    free(slots[4])
    assert tell_all() == 1


@pytest.mark.req("CTR-025")
def test_one_slot_is_told_to_one_person_in_turn(
    town: Town, citizen: Membership
) -> None:
    slots = full(town)
    other = person(
        town.tenant, "berthe", organisation(town.tenant, "P"), "counters.citizen"
    )
    rows = [reserved(citizen, slots[10]), reserved(other, slots[12])]
    for member, row in zip((citizen, other), rows, strict=True):
        wait_for_earlier(by=member.user, type_=town.type, appointment=row)
    free(slots[3])
    assert (tell_all(), tell_all()) == (1, 0)
    assert told()[0].to == citizen.user.email
    # Half an hour later it is still free: the next one's turn.
    EarlierWish.objects.filter(told_at__isnull=False).update(
        told_at=now() - timedelta(minutes=31)
    )
    assert tell_all() == 1
    assert told()[1].to == other.user.email


@pytest.mark.req("CTR-025")
def test_without_an_appointment_any_slot_is_told(
    town: Town, citizen: Membership
) -> None:
    slots = full(town)
    Slot.objects.filter(pk=slots[-1].pk).update(state=SlotState.RESERVED)
    wait_for_earlier(by=citizen.user, type_=town.type)
    assert tell_all() == 0
    free(slots[8])
    assert tell_all() == 1


@pytest.mark.req("CTR-025")
def test_who_cancelled_is_not_told(town: Town, citizen: Membership) -> None:
    slots = full(town)
    row = reserved(citizen, slots[10])
    wait_for_earlier(by=citizen.user, type_=town.type, appointment=row)
    appointments.cancel(by=citizen.user, appointment=row)
    Slot.objects.filter(pk=slots[10].pk).update(state=SlotState.RESERVED)
    free(slots[3])
    assert tell_all() == 0


@pytest.mark.req("CTR-025")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once() -> None:
    town = make_town(make_canton("berne").tenant)
    member = person(
        town.tenant, "aline", organisation(town.tenant, "P"), "counters.citizen"
    )
    slots = full(town)
    row = reserved(member, slots[10])
    wait_for_earlier(by=member.user, type_=town.type, appointment=row)
    free(slots[3])
    assert sorted(at_once(4, lambda _number: tell_all())) == [0, 0, 0, 1]
    assert len(told()) == 1


@pytest.mark.req("CTR-025")
def test_a_citizen_enters_and_leaves_the_list(
    town: Town,
    citizen: Membership,
    as_: Signed,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = as_(citizen)
    row = reserved(citizen, town.slots()[10])
    page = client.get(f"/counters/type/{town.type.pk}/?move={row.pk}").text
    assert "liste d’attente" in page
    answer = client.post(
        f"/counters/type/{town.type.pk}/wait/", {"move": str(row.pk)}, follow=True
    )
    assert "plus tôt que" in answer.text
    wish = EarlierWish.objects.get()
    client.post(f"/counters/waiting/{wish.pk}/stop/")
    assert not EarlierWish.objects.exists()


@pytest.mark.req("CTR-023", "CTR-025")
def test_who_must_plan_again_is_told_of_any_slot(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    slots = full(town)
    row = reserved(citizen, slots[10])
    appointments.move_slot(by=town.lead, slot=row.slot, name="suspend")
    wait_for_earlier(by=citizen.user, type_=town.type, appointment=row)
    free(slots[12])  # later than the one that was taken away
    assert tell_all() == 1
    # Told, or given up: the list of what one waits for says neither.
    other = wait_for_earlier(by=citizen.user, type_=town.type, appointment=row)
    assert str(other.pk) in as_(citizen).get("/counters/mine/").text
    row.refresh_from_db()
    appointments.cancel(by=citizen.user, appointment=row)
    assert str(other.pk) not in as_(citizen).get("/counters/mine/").text


@pytest.mark.req("CTR-022")
def test_messages_follow_the_account(town: Town, citizen: Membership) -> None:
    row = reserved(citizen, town.slots()[10])
    update_profile(user=citizen.user, email="new@x.example", language="fr")
    change_language(user=citizen.user, language="de")
    appointments.cancel(by=town.lead.user, appointment=row)
    last = OutgoingMessage.objects.get(kind="counters.cancelled")
    assert (last.to, last.language) == ("new@x.example", "de")


@pytest.mark.req("CTR-039", "CTR-020")
@pytest.mark.parametrize("most", [1, 3])
def test_what_was_past_counts_again_when_it_is_moved(
    town: Town, citizen: Membership, most: int
) -> None:
    town.type.most_per_person = most
    town.type.save()
    slots = town.slots()
    old = reserved(citizen, slots[3])
    Appointment.objects.filter(pk=old.pk).update(state=AppointmentState.NO_STATUS)
    reserved(citizen, slots[5])

    def move() -> None:
        appointments.change_slot(by=town.lead.user, appointment=old, slot=slots[7])

    if most == 1:
        with pytest.raises(Refusal, match="autant de rendez-vous|as many"):
            move()
    else:
        move()
        old.refresh_from_db()
        assert (old.state, old.rank) == (AppointmentState.PLANNED, 1)
