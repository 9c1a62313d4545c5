"""The operator sets up the town (CTR-001 to 003, 005)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Membership
from core.dates import today
from counters.models import (
    Appointment,
    AppointmentType,
    ClosingDay,
    ReferenceWeek,
    Slot,
    TownPlace,
)
from counters.operator_forms import ranges_of
from counters.states import AppointmentState
from tests.conftest import organisation, person
from tests.counters.town import Town

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]
RECORDS = "/counters/records/"


@pytest.fixture
def client(town: Town, as_: Signed) -> Client:
    canton = organisation(town.tenant, "Mairie")
    return as_(person(town.tenant, "op", canton, "accounts.operator"))


@pytest.mark.req("CTR-001")
def test_a_type_is_made_and_only_its_service_sees_it(
    town: Town, client: Client, as_: Signed
) -> None:
    sent = {
        "name_fr": "Permis",
        "name_de": "Bewilligung",
        "services": [str(town.service.pk)],
        "minutes": "20",
        "on_portal": "1",
        "most_per_person": "2",
        "earliest_hours": "4",
        "latest_days": "30",
        "position": "2",
    }
    wrong = client.post(f"{RECORDS}types/add/", {**sent, "minutes": "2"})
    assert wrong.status_code == 422
    assert "5 à 480" in wrong.text
    assert client.post(f"{RECORDS}types/add/", sent).status_code == 302
    row = AppointmentType.objects.get(name_fr="Permis")
    assert list(row.services.all()) == [town.service]
    assert row.most_per_person == 2
    assert "Permis" in client.get(f"{RECORDS}types/").text


@pytest.mark.req("CTR-002")
def test_a_place_is_made_and_not_deleted_while_in_use(
    town: Town, client: Client
) -> None:
    sent = {
        "name": "Mâche",
        "street": "Rue des Saules 31",
        "postcode": "2504",
        "town": "Bienne",
    }
    client.post(f"{RECORDS}places/add/", sent)
    new = TownPlace.objects.get(name="Mâche")
    client.post(f"{RECORDS}places/{new.pk}/", {"delete": "1"})
    assert not TownPlace.objects.filter(pk=new.pk).exists()
    used = client.post(f"{RECORDS}places/{town.place.pk}/", {"delete": "1"})
    assert used.status_code == 422
    assert "utilis" in used.text


@pytest.mark.req("CTR-003")
def test_a_week_is_written_drawn_and_followed(town: Town, client: Client) -> None:
    sent = {
        "name": "Longue",
        "day0": "08:00-11:30, 13:30-16:30/20",
        "day4": "9.00-12.00",
    }
    assert client.post(f"{RECORDS}weeks/add/", sent).status_code == 302
    week = ReferenceWeek.objects.get(name="Longue")
    assert week.ranges.count() == 3
    page = client.get(f"{RECORDS}weeks/{week.pk}/").text
    assert "13:30–16:30" in page
    assert 'value="08:00-11:30, 13:30-16:30/20"' in page
    wrong = client.post(f"{RECORDS}weeks/add/", {"name": "X", "day2": "huit heures"})
    assert wrong.status_code == 422
    assert "huit heures" in wrong.text


@pytest.mark.parametrize(
    "text",
    ["8-9", "25:00-26:00", "09:00-08:00", "08:00-09:00/2", "08:00-10:00, 09:00-11:00"],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        ranges_of(text)


@pytest.mark.req("CTR-003", "CTR-014")
def test_a_changed_week_shows_whom_it_touches_first(town: Town, client: Client) -> None:
    row = town.assigned(town.slots()[3], "Touché")
    sent = {"name": town.week.name}
    page = client.post(f"{RECORDS}weeks/{town.week.pk}/", sent)
    assert "Touché" in page.text
    assert town.week.ranges.count() == 7
    row.refresh_from_db()
    assert row.state == AppointmentState.PLANNED
    client.post(f"{RECORDS}weeks/{town.week.pk}/", {**sent, "sure": "1"})
    row.refresh_from_db()
    assert row.state == AppointmentState.REPLAN
    assert not Slot.objects.filter(counter=town.counter).exists()


@pytest.mark.req("CTR-005")
def test_a_closing_day_closes_and_opens_again(town: Town, client: Client) -> None:
    day = today() + dt.timedelta(days=4)
    before = Slot.objects.count()
    sent = {"day": f"{day:%d.%m.%Y}", "from_time": "", "name": "Fête"}
    client.post(f"{RECORDS}closings/add/", sent)
    assert Slot.objects.count() < before or day.isoweekday() == 0
    closing = ClosingDay.objects.get()
    client.post(f"{RECORDS}closings/{closing.pk}/", {"delete": "1"})
    assert Slot.objects.count() == before
    assert Appointment.objects.count() == 0
