"""The reminder of the day before (CTR-022)."""

import datetime as dt

import pytest
import time_machine

from core.messages.models import OutgoingMessage
from counters import messages
from counters.actions import appointments
from counters.actions.reminders import remind_all
from counters.models import Appointment
from tests.counters.town import Town

pytestmark = [pytest.mark.django_db, pytest.mark.req("CTR-022")]


def reminded() -> list[str]:
    rows = OutgoingMessage.objects.filter(kind="counters.reminder")
    return sorted(rows.values_list("to", flat=True))


def before(row: Appointment, hours: int) -> time_machine.travel:
    return time_machine.travel(row.starts_at - dt.timedelta(hours=hours), tick=False)


def test_one_reminder_the_day_before(town: Town) -> None:
    row = town.assigned(town.slots()[12], "Bois")
    with before(row, 25):
        assert remind_all() == 0
    with before(row, 23):
        assert (remind_all(), remind_all()) == (1, 0)
    assert reminded() == ["bois@x.example"]


def test_who_booked_for_tomorrow_needs_none(town: Town) -> None:
    slot = town.slots()[12]
    with time_machine.travel(slot.starts_at - dt.timedelta(hours=20), tick=False):
        town.assigned(slot)
        assert remind_all() == 0


def test_who_is_moved_meanwhile_is_reminded_of_the_new_day(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the list of those due and one's turn others are reminded: that takes a while."""
    first, second, later = (town.slots()[number] for number in (12, 13, 24))
    row, other = town.assigned(first, "Bois"), town.assigned(second, "Ast")
    remind = messages.remind

    def and_a_colleague_moves(one: Appointment) -> None:
        monkeypatch.undo()
        remind(one)
        appointments.change_slot(by=town.lead.user, appointment=other, slot=later)

    monkeypatch.setattr(messages, "remind", and_a_colleague_moves)
    with before(row, 20):
        assert remind_all() == 1
    assert reminded() == ["bois@x.example"]
    other.refresh_from_db()
    with before(other, 20):
        assert remind_all() == 1
    assert reminded() == ["ast@x.example", "bois@x.example"]
