"""Taking dates: one gets it, the other is shown the nearest (BKG-010 to 017)."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Tenant
from booking.actions.dates import DateTaken, lapse_all, move_to, take_date
from booking.models import Booking, Slot
from booking.queries import Wish, free_dates, nearest_dates
from booking.states import BookingState, SlotState
from core.dates import now
from core.occupancy import Occupancy
from tests.conftest import Canton


def found(tenant: Tenant, **wish: object) -> list[Slot]:
    return list(free_dates(tenant, Wish(since=now(), **wish)).order_by("starts_at"))


@pytest.mark.req("BKG-012")
def test_without_interpreter_only_counsellors_who_speak_it(canton: Canton) -> None:
    slot = canton.slot()
    assert found(canton.tenant, languages=["fr"]) == [slot]
    assert found(canton.tenant, languages=["ti"]) == []


@pytest.mark.req("BKG-012")
def test_with_interpreter_only_dates_open_to_one(canton: Canton) -> None:
    with_one = canton.slot()
    canton.slot(hour=11, interpreter_possible=False)
    assert found(canton.tenant, languages=["ti"], with_interpreter=True) == [with_one]


@pytest.mark.req("BKG-017")
def test_a_taken_date_is_gone_at_once(canton: Canton) -> None:
    slot = canton.slot()
    take_date(by=canton.commune, slot=slot, with_interpreter=False)
    assert found(canton.tenant) == []
    with pytest.raises(DateTaken):
        take_date(by=canton.other_commune, slot=slot, with_interpreter=False)


@pytest.mark.req("BKG-017")
def test_a_double_click_gets_the_same_booking(canton: Canton) -> None:
    slot = canton.slot()
    first = take_date(by=canton.commune, slot=slot, with_interpreter=False)
    assert take_date(by=canton.commune, slot=slot, with_interpreter=False) == first


@pytest.mark.req("BKG-017")
def test_a_counsellor_is_never_in_two_places(canton: Canton) -> None:
    first = canton.slot(hour=9)
    overlapping = canton.slot(hour=9, start=dt.time(9, 30))
    take_date(by=canton.commune, slot=first, with_interpreter=False)
    with pytest.raises(DateTaken):
        take_date(by=canton.other_commune, slot=overlapping, with_interpreter=False)
    overlapping.refresh_from_db()
    assert overlapping.state == SlotState.FREE


@pytest.mark.req("BKG-017")
def test_a_hold_lapses_after_its_length(canton: Canton) -> None:
    canton.tenant.settings = {"booking.hold_hours": 2}
    canton.tenant.save()
    slot = canton.slot()
    canton.commune.refresh_from_db()
    booking = take_date(by=canton.commune, slot=slot, with_interpreter=False)
    with time_machine.travel(now() + dt.timedelta(hours=2, seconds=1), tick=False):
        assert found(canton.tenant) == [slot]
        assert lapse_all() == 1
    booking.refresh_from_db()
    slot.refresh_from_db()
    assert booking.state == BookingState.LAPSED
    assert slot.state == SlotState.FREE
    assert not Occupancy.objects.exists()


@pytest.mark.req("BKG-017")
def test_the_loser_is_shown_the_nearest(canton: Canton) -> None:
    slot, near, far = canton.slot(days=7), canton.slot(days=8), canton.slot(days=30)
    assert nearest_dates(slot, Wish(since=now())) == [near, far]
    assert nearest_dates(slot, Wish(since=now()), most=1) == [near]


@pytest.mark.req("BKG-040")
def test_moving_takes_all_along_and_frees_the_former(canton: Canton) -> None:
    first, second = canton.slot(days=7), canton.slot(days=8)
    booking = take_date(by=canton.commune, slot=first, with_interpreter=False)
    Booking.objects.filter(pk=booking.pk).update(last_name="Tesfay")
    move_to(by=canton.commune, booking=booking, slot=second)
    booking.refresh_from_db()
    first.refresh_from_db()
    assert (booking.slot, booking.last_name) == (second, "Tesfay")
    assert first.state == SlotState.FREE
