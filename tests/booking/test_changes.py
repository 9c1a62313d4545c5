"""After « Confirmer »: changing, moving, cancelling, reminding; who is told (BKG-035 to 043)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
import vobject
from django.test import Client
from icalendar import Calendar

from accounts.models import Membership
from booking.actions.bookings import confirm, enter
from booking.actions.dates import cancel, move_to, take_date
from booking.actions.reminders import remind_all
from booking.models import Booking, Counsellor, Slot
from booking.states import BookingState, SlotState
from core.errors import Refusal
from core.messages.models import OutgoingMessage
from core.occupancy import Occupancy
from tests.conftest import Canton, person

pytestmark = pytest.mark.django_db


def entered(canton: Canton, **other: Any) -> dict[str, Any]:
    return {
        "language": "fr",
        "referral_type": canton.recommended,
        "salutation": "mrs",
        "last_name": "Tesfay",
        "first_name": "Selam",
        "nationality": "ER",
        "birth_date": dt.date(1991, 3, 14),
        "symic_number": "",
        "phone": "+41 79 555 01 62",
        "email_information": True,
        "email": "selam@example.ch",
        "remark": "",
        **other,
    }


def confirmed(canton: Canton, slot: Slot, **other: Any) -> Booking:
    booking = take_date(by=canton.commune, slot=slot, with_interpreter=False)
    enter(
        by=canton.commune,
        booking=booking,
        entered=entered(canton, **other),
        personal_data={"aim": "Cours"},
    )
    confirm(by=canton.commune, booking=booking)
    booking.refresh_from_db()
    return booking


@pytest.fixture
def booking(canton: Canton) -> Booking:
    return confirmed(canton, canton.slot())


def form_of(booking: Booking, **other: Any) -> dict[str, Any]:
    return {
        "language": "fr",
        "referral_type": booking.referral_type_id,
        "salutation": "mrs",
        "last_name": booking.last_name,
        "first_name": booking.first_name,
        "nationality": "ER",
        "birth_date": "14.3.1991",
        "phone": booking.phone,
        "email_information": "1",
        "email": booking.email,
        "data-aim": "Cours",
        **other,
    }


def told(*kinds: str) -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(kind__in=kinds).order_by("created_at"))


def entry(message: OutgoingMessage) -> Any:
    """The one entry of a message, read by two parsers that know nothing of each other."""
    event = Calendar.from_ical(message.calendar).walk("VEVENT")[0]
    other = vobject.readOne(message.calendar)
    assert other.vevent.uid.value == str(event["UID"])
    assert other.method.value == message.calendar_method
    assert other.vevent.dtstart.value == event["DTSTART"].dt
    return event


@pytest.mark.req("BKG-041", "BKG-043")
def test_a_change_after_confirmation_is_said_told_and_kept(
    canton: Canton, booking: Booking, as_: Callable[[Membership], Client]
) -> None:
    client = as_(canton.commune)
    data = form_of(booking, last_name="Tesfaye", phone="079 555 01 63")
    answer = client.post(f"/booking/bookings/{booking.pk}/edit/", data, follow=True)
    assert "Le rendez-vous a été modifié" in answer.text
    (message,) = told("booking.counsellor_changed")
    assert "Tesfay" not in message.text + message.html + message.calendar
    event = booking.events.get(what="changed")
    assert (event.by, set(event.fields)) == (
        canton.commune.user,
        {"last_name", "phone"},
    )
    assert "Données modifiées" in answer.text
    assert "Nom de famille, No de tél." in answer.text


@pytest.mark.req("BKG-041")
def test_saving_without_a_change_tells_nobody(
    canton: Canton, booking: Booking, as_: Callable[[Membership], Client]
) -> None:
    client = as_(canton.commune)
    answer = client.post(f"/booking/bookings/{booking.pk}/edit/", form_of(booking))
    assert answer.status_code == 302
    assert not told("booking.counsellor_changed")


@pytest.mark.req("BKG-035", "BKG-040")
def test_a_moved_appointment_moves_its_calendar_entries(
    canton: Canton, booking: Booking
) -> None:
    former, later = booking.slot, canton.slot(days=9, hour=14)
    move_to(by=canton.commune, booking=booking, slot=later)
    booking.refresh_from_db()
    former.refresh_from_db()
    later.refresh_from_db()
    assert (booking.state, booking.slot) == (BookingState.CONFIRMED, later)
    assert (former.state, later.state) == (SlotState.FREE, SlotState.BOOKED)
    assert Occupancy.objects.get(source_id=booking.pk).until is None
    for before, after in (
        ("booking.counsellor_confirmed", "booking.counsellor_moved"),
        ("booking.client_confirmed", "booking.client_moved"),
    ):
        first, second = entry(told(before)[0]), entry(told(after)[0])
        assert first["UID"] == second["UID"]
        assert second["SEQUENCE"] > first["SEQUENCE"]
        assert second["DTSTART"].dt == later.starts_at
        assert second["ORGANIZER"].startswith("mailto:")


@pytest.mark.req("BKG-035")
def test_another_counsellors_date_withdraws_the_entry_of_the_first(
    canton: Canton, booking: Booking
) -> None:
    works = canton.office.organisation
    other = person(canton.tenant, "colleague", works, "booking.counsellor")
    colleague = Counsellor.objects.create(
        tenant=canton.tenant, user=other.user, office=canton.office, languages=["fr"]
    )
    move_to(
        by=canton.commune,
        booking=booking,
        slot=canton.slot(days=8, counsellor=colleague),
    )
    (withdrawn,) = told("booking.counsellor_cancelled")
    assert withdrawn.to == canton.counsellor.user.email
    assert withdrawn.calendar_method == "CANCEL"
    assert entry(withdrawn)["STATUS"] == "CANCELLED"
    assert {m.to for m in told("booking.counsellor_confirmed")} == {
        canton.counsellor.user.email,
        other.user.email,
    }


@pytest.mark.req("BKG-040")
def test_a_confirmed_appointment_moves_only_where_it_fits(
    canton: Canton, booking: Booking
) -> None:
    works = canton.office.organisation
    other = person(canton.tenant, "german", works, "booking.counsellor")
    german = Counsellor.objects.create(
        tenant=canton.tenant, user=other.user, office=canton.office, languages=["de"]
    )
    slot = canton.slot(days=8, counsellor=german)
    with pytest.raises(Refusal):
        move_to(by=canton.commune, booking=booking, slot=slot)
    booking.refresh_from_db()
    slot.refresh_from_db()
    assert (booking.slot_id, slot.state) != (slot.pk, SlotState.BOOKED)
    assert Occupancy.objects.filter(source_id=booking.pk).count() == 1


@pytest.mark.req("BKG-035", "BKG-040")
def test_cancelling_frees_the_date_and_withdraws_the_entries(
    canton: Canton, booking: Booking, as_: Callable[[Membership], Client]
) -> None:
    client = as_(canton.commune)
    page = client.get(f"/booking/bookings/{booking.pk}/cancel/")
    assert booking.email in page.text
    client.post(f"/booking/bookings/{booking.pk}/cancel/")
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED
    assert booking.slot.state == SlotState.FREE
    assert not Occupancy.objects.filter(source_id=booking.pk).exists()
    messages = told("booking.counsellor_cancelled", "booking.client_cancelled")
    assert [m.calendar_method for m in messages] == ["CANCEL", "CANCEL"]
    assert not told("booking.commune_cancelled")


@pytest.mark.req("BKG-035")
def test_the_office_cancels_and_the_commune_is_told(
    canton: Canton, booking: Booking
) -> None:
    by = Membership.objects.get(user=canton.counsellor.user)
    cancel(by=by, booking=booking)
    (message,) = told("booking.commune_cancelled")
    assert message.to == canton.commune.user.email


@pytest.mark.req("BKG-035")
def test_the_client_is_reminded_once_two_days_before(canton: Canton) -> None:
    booking = confirmed(canton, canton.slot(days=7))
    at = booking.slot.starts_at
    assert remind_all() == 0
    with time_machine.travel(at - dt.timedelta(days=2, minutes=-1)):
        assert (remind_all(), remind_all()) == (1, 0)
    (message,) = told("booking.client_reminder")
    assert (message.to, message.language) == ("selam@example.ch", "fr")
    assert "Rappel" in message.subject


@pytest.mark.req("BKG-035")
def test_without_an_address_the_reminder_goes_by_sms_where_the_operator_wants_it(
    canton: Canton,
) -> None:
    canton.tenant.settings = {"booking.reminder_sms": True, "booking.reminder_days": 3}
    canton.tenant.save()
    slot = canton.slot(days=7)
    confirmed(canton, slot, email_information=False, email="")
    with time_machine.travel(slot.starts_at - dt.timedelta(days=3, minutes=-1)):
        remind_all()
    (message,) = told("booking.client_reminder_sms")
    assert (message.channel, message.to) == ("sms", "+41795550162")
    assert "entretien de conseil" in message.text
    assert len(message.text) <= 160


@pytest.mark.req("BKG-042")
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("", {"Alpha", "Beta", "Gamma"}),
        ("?which=unconfirmed", {"Beta"}),
        ("?which=to_come", {"Alpha"}),
        ("?which=past", {"Gamma"}),
        ("?q=sel+alp", {"Alpha"}),
        ("?q=Delta", set()),
        ("?sort=-client", {"Alpha", "Beta", "Gamma"}),
        ("?which=nonsense&sort=nonsense&page=99", {"Alpha", "Beta", "Gamma"}),
    ],
)
def test_my_bookings_are_found(
    canton: Canton, as_: Callable[[Membership], Client], address: str, shown: set[str]
) -> None:
    soon = canton.slot(days=1, hour=8)
    confirmed(canton, soon, last_name="Gamma")
    with time_machine.travel(soon.ends_at):
        confirmed(canton, canton.slot(days=7), last_name="Alpha")
        beta = take_date(
            by=canton.commune, slot=canton.slot(days=8), with_interpreter=False
        )
        enter(
            by=canton.commune,
            booking=beta,
            entered=entered(canton, last_name="Beta"),
            personal_data={"aim": "Cours"},
        )
        page = as_(canton.commune).get(f"/booking/bookings/{address}").text
    rows = page.partition("<tbody>")[2]
    assert {name for name in ("Alpha", "Beta", "Gamma") if name in rows} == shown


@pytest.mark.req("BKG-042")
def test_another_communes_bookings_are_not_in_the_list(
    canton: Canton, booking: Booking, as_: Callable[[Membership], Client]
) -> None:
    page = as_(canton.other_commune).get("/booking/bookings/?q=Tesfay")
    assert "Selam" not in page.text
