"""The screens of citizens (CTR-020 to 025)."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Membership, TotpDevice
from core.dates import now
from core.messages.models import OutgoingMessage
from counters.actions import portal
from counters.models import (
    Appointment,
    AppointmentType,
    Counter,
    Slot,
)
from counters.states import AppointmentState
from tests.accounts.door import browser, password
from tests.counters.town import Town

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]


@pytest.mark.req("CTR-020", "CTR-021", "CTR-022", "CTR-025")
def test_a_citizen_reserves_changes_and_cancels(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    client = as_(citizen)
    assert town.type.name in client.get("/counters/").text
    places = client.get(f"/counters/type/{town.type.pk}/").text
    assert "première date libre" in places
    times = client.get(f"/counters/type/{town.type.pk}/{town.place.pk}/").text
    first, second, third = town.slots()[:3]
    assert str(first.pk) in times
    held = client.post("/counters/take/", {"slot": str(first.pk)})
    row = Appointment.objects.get()
    assert held.url == f"/counters/mine/{row.pk}/check/"
    assert "Réservé pour vous" in client.get(held.url).text
    sms = client.post(held.url, {"by_sms": "1", "phone": ""})
    assert sms.status_code == 422
    done = client.post(held.url, {"by_sms": "0", "for_whom": "Léa"}, follow=True)
    assert row.reference in done.text
    calendar = client.get(f"/counters/mine/{row.pk}/calendar/")
    assert b"BEGIN:VEVENT" in calendar.content
    moved = {"slot": str(second.pk), "move": str(row.pk)}
    client.post("/counters/take/", moved)
    row.refresh_from_db()
    assert row.slot == second
    assert client.get(f"/counters/mine/{row.pk}/cancel/").status_code == 200
    client.post(f"/counters/mine/{row.pk}/cancel/")
    row.refresh_from_db()
    assert row.state == AppointmentState.CANCELLED
    assert "Annulé" in client.get("/counters/mine/").text
    assert (
        str(third.pk)
        in client.get(f"/counters/type/{town.type.pk}/{town.place.pk}/").text
    )


@pytest.mark.req("CTR-021")
def test_who_presses_without_a_time_stays_on_the_page(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    client = as_(citizen)
    third = town.slots()[4]
    day = third.starts_at.date().isoformat()
    page = client.get(f"/counters/type/{town.type.pk}/{town.place.pk}/?day={day}").text
    hidden = dict(
        re.findall(r'type="hidden" name="(type|place|day)" value="(.*?)"', page)
    )
    again = client.post("/counters/take/", hidden)
    assert again.status_code == 422
    assert "Choisissez d’abord un horaire." in again.text
    assert f'value="{third.pk}"' in again.text
    assert str(town.slots()[0].pk) not in again.text
    lost = client.post("/counters/take/", {"type": "x"}, follow=True)
    assert "Choisissez d’abord un horaire." in lost.text


@pytest.mark.req("CTR-021")
def test_a_hold_that_lapsed_is_said_kindly_and_offered_again(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    client = as_(citizen)
    client.post("/counters/take/", {"slot": str(town.slots()[0].pk)})
    row = Appointment.objects.get()
    past = row.taken_at
    Appointment.objects.update(held_until=past)
    Slot.objects.filter(pk=row.slot_id).update(held_until=past)
    page = client.post(f"/counters/mine/{row.pk}/check/", {"by_sms": "0"})
    assert page.status_code == 409
    assert "écoulé" in page.text


@pytest.mark.req("CTR-013", "CTR-001")
def test_the_portal_shows_what_both_say_is_visible(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    client = as_(citizen)
    Counter.objects.update(on_portal=False)
    assert town.type.name not in client.get("/counters/").text
    slot = town.slots()[0]
    assert client.post("/counters/take/", {"slot": str(slot.pk)}).status_code == 404
    Counter.objects.update(on_portal=True)
    AppointmentType.objects.update(on_portal=False)
    assert town.type.name not in client.get("/counters/").text


@pytest.mark.req("CTR-023")
def test_a_touched_appointment_is_changed_in_two_clicks(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    client = as_(citizen)
    client.post("/counters/take/", {"slot": str(town.slots()[0].pk)})
    row = Appointment.objects.get()
    portal.confirm(by=citizen.user, appointment=row, phone="", by_sms=False)
    as_(town.lead).post(f"/counters/slots/{row.slot_id}/move/", {"name": "suspend"})
    message = OutgoingMessage.objects.get(kind="counters.replan")
    assert "/counters/mine/" in message.text
    page = client.get("/counters/mine/").text
    assert f"/counters/type/{town.type.pk}/?move={row.pk}" in page
    other = town.slots()[2]
    client.post("/counters/take/", {"slot": str(other.pk), "move": str(row.pk)})
    row.refresh_from_db()
    assert (row.state, row.slot) == (AppointmentState.PLANNED, other)


@pytest.mark.req("CTR-020")
def test_a_fourth_of_a_type_is_refused_with_a_sentence(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    client = as_(citizen)
    for slot in town.slots()[:4]:
        answer = client.post("/counters/take/", {"slot": str(slot.pk)}, follow=True)
    assert Appointment.objects.count() == 3
    assert "3 rendez-vous de ce type" in answer.text


@pytest.mark.req("CTR-044")
def test_the_loser_is_offered_the_nearest(
    town: Town, citizen: Membership, as_: Signed
) -> None:
    slot = town.slots()[0]
    town.assigned(slot)
    inside = town.slots(town.add_counter("Guichet 2", on_portal=False))
    client = as_(citizen)
    answer = client.post("/counters/take/", {"slot": str(slot.pk)})
    assert answer.status_code == 409
    assert str(town.slots()[1].pk) in answer.text
    assert str(inside[0].pk) not in answer.text
    # Nor what begins too soon for somebody who comes from outside.
    AppointmentType.objects.update(earliest_hours=24 * 4)
    answer = client.post("/counters/take/", {"slot": str(slot.pk)})
    offered = answer.context["nearest"]
    assert min(one.starts_at for one in offered) >= now() + dt.timedelta(days=4)


@pytest.mark.req("CTR-024")
def test_a_citizen_is_not_forced_to_a_second_factor(
    town: Town, citizen: Membership
) -> None:
    TotpDevice.objects.all().delete()
    client = browser()
    password(client, "aline")
    assert client.get("/counters/").status_code == 200
    other = browser()
    password(other, "lead")
    assert other.get("/counters/slots/").status_code == 302
