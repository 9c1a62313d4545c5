"""The screens of agents and managers (CTR-010 to 043)."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.models import Membership
from core.journal import JournalEntry
from core.messages.models import OutgoingMessage
from counters.models import (
    Appointment,
    Counter,
    ExceptionRange,
    SavedSearch,
    Slot,
)
from counters.states import AppointmentState, SlotState
from tests.conftest import organisation, person
from tests.counters.town import Town

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]


def agent(town: Town, role: str = "counters.agent", name: str = "agent") -> Membership:
    return person(town.tenant, name, town.service, role)


@pytest.mark.req("CTR-030")
@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        ("counters.agent", "/counters/planned/", "/counters/counters/"),
        ("counters.manager", "/counters/counters/", "/counters/planned/"),
    ],
)
def test_entries_appear_only_with_the_right(
    town: Town, as_: Signed, role: str, seen: str, hidden: str
) -> None:
    client = as_(agent(town, role))
    page = client.get("/counters/slots/").text
    assert f'href="{seen}"' in page
    assert f'href="{hidden}"' not in page
    assert client.get(seen).status_code == 200
    assert client.get(hidden).status_code == 403


@pytest.mark.req("CTR-010")
def test_another_services_counters_do_not_exist_here(town: Town, as_: Signed) -> None:
    elsewhere = organisation(town.tenant, "Autre service")
    client = as_(person(town.tenant, "else", elsewhere, "counters.lead"))
    slot = town.slots()[0]
    assert client.get(f"/counters/slots/{slot.pk}/").status_code == 404
    assert client.get(f"/counters/counters/{town.counter.pk}/").status_code == 404
    town.type.services.clear()  # a type of no service is everybody's
    assert client.get(f"/counters/slots/{slot.pk}/").status_code == 200


@pytest.mark.req("CTR-031")
def test_the_agenda_shows_counters_side_by_side(town: Town, as_: Signed) -> None:
    other = town.add_counter("Guichet 9")
    town.assigned(town.slots()[0], "Gigandet")
    client = as_(agent(town))
    day = town.slots()[0].starts_at.astimezone(town.tenant.zone).date().isoformat()
    page = client.get(f"/counters/slots/?span=day&day={day}").text
    assert "Gigandet" in page
    assert page.count("Guichet 9") >= 2  # in the filter, and a column
    only = f"/counters/slots/?span=day&day={day}&counter={other.pk}"
    assert "Gigandet" not in client.get(only).text
    assert client.get("/counters/slots/?span=month").status_code == 200


@pytest.mark.req("CTR-015", "CTR-032", "CTR-034")
def test_a_slot_shows_the_buttons_of_its_status(town: Town, as_: Signed) -> None:
    client, slot = as_(agent(town)), town.slots()[0]
    address = f"/counters/slots/{slot.pk}/"
    page = client.get(address).text
    assert all(word in page for word in ("Attribuer", "Suspendre", "Réserver"))
    client.post(f"{address}move/", {"name": "suspend"})
    page = client.get(address).text
    assert "Suspendu" in page
    assert "Libérer" not in page  # a manager's to release (CTR-015)
    manager = as_(agent(town, "counters.manager", "manager"))
    counters = manager.get("/counters/counters/").text
    assert f"/counters/slots/?counter={town.counter.pk}" in counters
    assert "Libérer" in manager.get(address).text
    manager.post(f"{address}move/", {"name": "free"})
    assert Slot.objects.get(pk=slot.pk).state == SlotState.FREE


@pytest.mark.req("CTR-033")
def test_a_slot_is_assigned_to_a_file_or_to_somebody_new(
    town: Town, as_: Signed
) -> None:
    client = as_(agent(town))
    known = town.visitor("Gigandet")
    first, second = town.slots()[:2]
    found = client.get(f"/counters/slots/{first.pk}/assign/?q=gigan").text
    assert f"?person={known.pk}" in found
    client.post(f"/counters/slots/{first.pk}/assign/", {"person": str(known.pk)})
    assert Appointment.objects.get(slot=first).person == known
    address = f"/counters/slots/{second.pk}/assign/"
    wrong = client.post(address, {"last_name": "Bois", "comment": "Deux enfants"})
    assert wrong.status_code == 422
    assert "Deux enfants" in wrong.text
    new = {"last_name": "Bois", "first_name": "Jules", "comment": "Deux enfants"}
    client.post(address, new)
    row = Appointment.objects.get(slot=second)
    assert (str(row.person), row.comment) == ("Bois Jules", "Deux enfants")
    late = client.post(address, new)
    assert late.status_code == 409
    assert "plus proches" in late.text


@pytest.mark.req("CTR-036", "CTR-038", "CTR-039")
def test_lists_details_and_the_change_of_a_slot(town: Town, as_: Signed) -> None:
    client = as_(agent(town))
    row = town.assigned(town.slots()[0], "Aulan")
    assert "Aulan" in client.get("/counters/planned/").text
    assert "Aulan" not in client.get("/counters/planned/?q=personne").text
    address = f"/counters/appointments/{row.pk}/"
    assert row.reference in client.get(address).text
    other = town.slots()[1]
    client.post(f"{address}change/", {"slot": str(other.pk)})
    row.refresh_from_db()
    assert row.slot == other
    Appointment.objects.update(state=AppointmentState.REPLAN, slot=None)
    assert "Aulan" in client.get("/counters/replan/").text
    Appointment.objects.update(state=AppointmentState.NO_STATUS)
    assert "Aulan" in client.get("/counters/without-status/").text
    client.post(f"{address}mark/", {"outcome": "absent"})
    row.refresh_from_db()
    assert row.state == AppointmentState.ABSENT
    assert "Aulan" not in client.get("/counters/without-status/").text


@pytest.mark.req("CTR-039")
@pytest.mark.parametrize("outcome", ["done", "absent"])
def test_nobody_marked_it_and_it_is_over(town: Town, as_: Signed, outcome: str) -> None:
    """The next morning it stands among those without status, and can be marked or moved."""
    clerk = agent(town)
    row = town.assigned(town.slots()[0], "Aulan")
    with time_machine.travel(row.ends_at + dt.timedelta(hours=1)):
        client = as_(clerk)
        assert "Aulan" not in client.get("/counters/planned/").text
        listed = client.get("/counters/without-status/").text
        assert "Aulan" in listed
        assert "Passé sans statut" in listed
        address = f"/counters/appointments/{row.pk}/"
        page = client.get(address).text
        assert "Changer le créneau" in page
        assert "Passé sans statut" in page
        client.post(f"{address}mark/", {"outcome": outcome})
        row.refresh_from_db()
        assert row.state == outcome
        assert "Aulan" not in client.get("/counters/without-status/").text
        late = town.assigned(town.slots()[0], "Bois")
    with time_machine.travel(late.ends_at + dt.timedelta(hours=1)):
        client = as_(clerk)
        free = town.slots()[0]
        address = f"/counters/appointments/{late.pk}/change/"
        client.post(address, {"slot": str(free.pk)})
        late.refresh_from_db()
        assert (late.slot, late.status) == (free, AppointmentState.PLANNED)


@pytest.mark.req("CTR-037")
def test_a_file_shows_its_appointments_by_type(town: Town, as_: Signed) -> None:
    client = as_(agent(town))
    row = town.assigned(town.slots()[0], "Vigneau")
    address = f"/counters/persons/{row.person_id}/"
    assert f"{town.type} (1)" in client.get(address).text
    assert f"{town.type} (1)" in client.get(f"{address}?which=coming").text
    Appointment.objects.update(state=AppointmentState.ABSENT)
    assert f"{town.type} (1)" not in client.get(f"{address}?which=coming").text


@pytest.mark.req("CTR-037")
def test_a_file_is_corrected_and_the_journal_knows(town: Town, as_: Signed) -> None:
    client, file = as_(agent(town)), town.visitor("Vigneau")
    sent = {"last_name": "", "first_name": "Chloé", "phone": "079 555 00 11"}
    wrong = client.post(f"/counters/persons/{file.pk}/", sent)
    assert wrong.status_code == 422
    assert "079 555 00 11" in wrong.text
    client.post(f"/counters/persons/{file.pk}/", {**sent, "last_name": "Vigneau"})
    file.refresh_from_db()
    assert (file.first_name, file.phone) == ("Chloé", "079 555 00 11")
    entry = JournalEntry.objects.get(action="counters.person_changed")
    assert "phone" in entry.detail["fields"]


def counter_form(town: Town, **facts: str) -> dict[str, str]:
    given = {
        "name": "Guichet 7",
        "type": str(town.type.pk),
        "place": str(town.place.pk),
        "week": str(town.week.pk),
        "valid_from": "1.12.2026",
        "on_portal": "1",
        "exceptions-TOTAL_FORMS": "1",
        "exceptions-INITIAL_FORMS": "0",
    }
    return {**given, **facts}


@pytest.mark.req("CTR-011")
def test_a_manager_creates_a_counter(town: Town, as_: Signed) -> None:
    client = as_(agent(town, "counters.manager"))
    wrong = client.post("/counters/counters/add/", counter_form(town, name=""))
    assert wrong.status_code == 422
    assert client.post("/counters/counters/add/", counter_form(town)).status_code == 302
    counter = Counter.objects.get(name="Guichet 7")
    assert counter.slots.exists()
    again = client.post("/counters/counters/add/", counter_form(town))
    assert again.status_code == 422
    assert "existe déjà" in again.text


@pytest.mark.req("CTR-012", "CTR-014")
def test_a_change_that_touches_appointments_is_shown_first(
    town: Town, as_: Signed
) -> None:
    client = as_(agent(town, "counters.manager"))
    row = town.assigned(town.slots()[3], "Touché")
    day = row.starts_at.astimezone(town.tenant.zone)
    address = f"/counters/counters/{town.counter.pk}/"
    sent = counter_form(
        town,
        name=town.counter.name,
        valid_from=f"{town.counter.valid_from:%d.%m.%Y}",
        **{
            "exceptions-0-first": f"{day:%d.%m.%Y}",
            "exceptions-0-last": f"{day:%d.%m.%Y}",
            "exceptions-0-week": str(town.closed.pk),
        },
    )
    page = client.post(address, sent).text
    assert "Touché" in page
    assert "1 rendez-vous sera à replanifier" in page
    assert not ExceptionRange.objects.exists()
    client.post(address, {**sent, "sure": "1"})
    row.refresh_from_db()
    assert row.state == AppointmentState.REPLAN
    assert ExceptionRange.objects.count() == 1
    bad = {
        **sent,
        "exceptions-TOTAL_FORMS": "2",
        "exceptions-1-first": f"{day:%d.%m.%Y}",
        "exceptions-1-last": f"{day:%d.%m.%Y}",
        "exceptions-1-week": str(town.week.pk),
    }
    assert "se chevauchent" in client.post(address, bad).text


@pytest.mark.req("CTR-043")
def test_a_morning_is_closed_in_one_step(town: Town, as_: Signed) -> None:
    other = town.add_counter("Guichet 2")
    first, second = town.slots()[2:4]
    moved, left = town.assigned(first, "Bouge"), town.assigned(second, "Reste")
    day = first.starts_at.astimezone(town.tenant.zone)
    client = as_(agent(town))
    sent = {
        "counter": str(town.counter.pk),
        "day": f"{day:%d.%m.%Y}",
        "start": "00:00",
        "end": "",
    }
    page = client.post("/counters/close/", sent).text
    assert "Bouge" in page
    assert "Reste" in page
    assert "Guichet 2" in page
    assert Slot.objects.filter(state=SlotState.SUSPENDED).count() == 0
    target = town.slots(other)[0]
    ticked = {**sent, "sure": "1", "moves": [f"{moved.pk}:{target.pk}", "x:y"]}
    client.post("/counters/close/", ticked)
    moved.refresh_from_db()
    left.refresh_from_db()
    assert (moved.state, moved.slot) == (AppointmentState.PLANNED, target)
    assert (left.state, left.slot) == (AppointmentState.REPLAN, None)
    closed = Slot.objects.filter(counter=town.counter, state=SlotState.SUSPENDED)
    assert {row.starts_at.astimezone(town.tenant.zone).date() for row in closed} == {
        day.date()
    }
    assert set(
        OutgoingMessage.objects.filter(kind__startswith="counters.").values_list(
            "kind", flat=True
        )
    ) == {"counters.assigned", "counters.moved", "counters.replan"}


@pytest.mark.req("CTR-040")
def test_a_search_is_saved_for_oneself_or_for_the_service(
    town: Town, as_: Signed
) -> None:
    mine, colleague = as_(agent(town)), as_(agent(town, name="colleague"))
    kept = {"entry": "planned", "query": "q=Bois&page=7&evil=1"}
    mine.post("/counters/searches/save/", {**kept, "name": "Moi", "for_service": "0"})
    mine.post(
        "/counters/searches/save/", {**kept, "name": "Équipe", "for_service": "1"}
    )
    again = mine.post(
        "/counters/searches/save/",
        {**kept, "name": "Équipe", "for_service": "1"},
        follow=True,
    )
    assert "existe déjà" in again.text
    page = mine.get("/counters/planned/").text
    assert 'href="/counters/planned/?q=Bois">Moi<' in page
    assert "evil" not in page
    other = colleague.get("/counters/planned/").text
    assert ">Équipe<" in other
    assert ">Moi<" not in other
    assert ">Équipe<" not in colleague.get("/counters/replan/").text
    own = SavedSearch.objects.get(name="Moi")
    gone = colleague.post(f"/counters/searches/{own.pk}/delete/")
    assert gone.status_code == 404
    mine.post(f"/counters/searches/{own.pk}/delete/")
    assert SavedSearch.objects.count() == 1
