"""A service's figures and their exports (CTR-042)."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import Membership
from core.dates import today
from counters import figures
from counters.models import Appointment, Slot
from counters.states import AppointmentState, SlotState
from tests.counters.town import Town

Signed = Callable[[Membership], Client]


@pytest.fixture
def tomorrow(town: Town) -> dt.date:
    """Four slots: one carried out, one not attended, one suspended, one free."""
    done, absent, suspended, _free = town.slots()[:4]
    for slot, state in (
        (done, AppointmentState.DONE),
        (absent, AppointmentState.ABSENT),
    ):
        appointment = town.assigned(slot, f"Nom {state}")
        Appointment.objects.filter(pk=appointment.pk).update(state=state)
    Slot.objects.filter(pk=suspended.pk).update(state=SlotState.SUSPENDED)
    return today() + dt.timedelta(days=1)


@pytest.mark.req("CTR-042")
def test_load_and_absences_by_counter_type_and_hour(
    town: Town, tomorrow: dt.date
) -> None:
    wanted = {"offered": 3, "taken": 2, "done": 1, "absent": 1, "cancelled": 0}
    for count in (figures.by_counter, figures.by_type, figures.by_hour):
        assert count(town.lead, tomorrow, tomorrow)[-1].counts == wanted
    eight, nine, both = figures.by_hour(town.lead, tomorrow, tomorrow)
    assert (eight.label, eight.counts["offered"], eight.share) == ("08:00", 2, 100)
    assert (nine.label, nine.counts["offered"], nine.counts["taken"]) == ("09:00", 1, 0)
    assert both.share == 67


@pytest.mark.req("CTR-042")
def test_days_until_the_first_free_slot(town: Town, tomorrow: dt.date) -> None:
    assert figures.waiting(town.lead) == [(town.type.name, 1)]
    Slot.objects.update(state=SlotState.RESERVED)
    assert figures.waiting(town.lead) == [(town.type.name, None)]


@pytest.mark.req("CTR-042")
def test_another_service_sees_nothing_of_it(town: Town, tomorrow: dt.date) -> None:
    from tests.counters.town import make_town  # noqa: PLC0415

    other = make_town(town.tenant, suffix="autre ")
    (row, _all) = figures.by_counter(other.lead, tomorrow, tomorrow)
    assert row.label == "Guichet autre 1"
    assert row.counts["taken"] == 0


@pytest.mark.req("CTR-042")
def test_they_are_shown_and_exported(
    town: Town, tomorrow: dt.date, as_: Signed
) -> None:
    town.counter.name = "=1+1"
    town.counter.save()
    client = as_(town.lead)
    period = f"?first={tomorrow:%d.%m.%Y}&last={tomorrow:%d.%m.%Y}"
    assert "67 %" in client.get(f"/counters/figures/{period}").text
    excel = client.get(f"/counters/figures/{period}&export=xlsx")
    sheets = load_workbook(io.BytesIO(excel.content)).worksheets
    assert len(sheets) == 4
    line = list(sheets[0].iter_rows(values_only=True))[1]
    assert line == ("=1+1", 3, 2, 1, 1, 0, 67)
    answer = client.get(f"/counters/figures/{period}&export=csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))
    assert lines[1] == ["'=1+1", "3", "2", "1", "1", "0", "67"]
    assert client.get("/counters/figures/?first=31.2.2026").status_code == 422
