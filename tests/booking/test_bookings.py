"""Entering, confirming, what is refused and what is kept (BKG-015 to 034)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Membership
from booking.actions.bookings import HoldEnded, confirm
from booking.actions.dates import take_date
from booking.models import Booking
from booking.states import MAY_FOLLOW, BookingState, SlotState
from core.dates import now
from core.messages.models import OutgoingMessage
from tests.conftest import Canton


def filled(canton: Canton, **other: Any) -> dict[str, Any]:
    return {
        "language": "fr",
        "referral_type": canton.recommended.pk,
        "salutation": "mrs",
        "last_name": "Tesfay",
        "first_name": "Selam",
        "nationality": "ER",
        "birth_date": "14.3.1991",
        "email_information": "0",
        "data-aim": "Cours de langue",
        **other,
    }


def edit(client: Client, booking: Booking, data: dict[str, Any]) -> Any:
    return client.post(f"/booking/bookings/{booking.pk}/edit/", data)


@pytest.fixture
def booking(canton: Canton) -> Booking:
    return take_date(by=canton.commune, slot=canton.slot(), with_interpreter=False)


@pytest.mark.req("BKG-021", "BKG-022", "BKG-025")
def test_booking_leads_to_the_recap(
    canton: Canton, booking: Booking, as_: Callable[[Membership], Client]
) -> None:
    assert edit(as_(canton.commune), booking, filled(canton)).status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.personal_data) == (
        BookingState.UNCONFIRMED,
        {"aim": "Cours de langue"},
    )


@pytest.mark.req("BKG-015")
def test_a_mandatory_referral_too_late_is_refused(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    late = take_date(
        by=canton.commune, slot=canton.slot(days=40), with_interpreter=False
    )
    data = filled(canton, referral_type=canton.mandatory.pk)
    answer = edit(as_(canton.commune), late, data)
    assert answer.status_code == 422
    assert "5 prochaines semaines" in answer.text.replace("\u00a0", " ")


@pytest.mark.req("BKG-021", "BKG-022", "BKG-024")
@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"data-aim": ""}, "form_file"),
        ({"birth_date": "31.4.1991"}, "birth_date"),
        ({"email_information": "1"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"form_file": SimpleUploadedFile("a.pdf", b"MZ")}, "form_file"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_lost(
    canton: Canton,
    booking: Booking,
    as_: Callable[[Membership], Client],
    other: dict[str, Any],
    field: str,
) -> None:
    answer = edit(as_(canton.commune), booking, filled(canton, **other))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert 'value="Tesfay"' in answer.text


@pytest.mark.req("BKG-020")
def test_an_interpreters_language_needs_a_search_with_interpreter(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    client = as_(canton.commune)
    for interpreter, shown in (("0", "language"), ("1", "interpreter_language")):
        slot = canton.slot(days=8 + int(interpreter))
        answer = client.post(
            f"/booking/dates/{slot.pk}/take/", {"interpreter": interpreter}
        )
        fields = client.get(answer.url).context["form"].fields
        assert {"language", "interpreter_language"} & set(fields) == {shown}


@pytest.mark.req("BKG-033")
def test_only_confirming_tells_the_office_and_once(
    canton: Canton, booking: Booking, as_: Callable[[Membership], Client]
) -> None:
    data = filled(canton, email_information="1", email="selam@example.org")
    edit(as_(canton.commune), booking, data)
    told = OutgoingMessage.objects.filter(kind__startswith="booking.")
    assert not told.exists()
    for _twice in range(2):
        confirm(by=canton.commune, booking=booking)
    assert sorted(told.values_list("to", flat=True)) == [
        "counsellor@berne.example",
        "selam@example.org",
    ]
    message = told.get(to="counsellor@berne.example")
    assert "Tesfay" not in message.text + message.html + message.calendar
    booking.slot.refresh_from_db()
    assert booking.slot.state == SlotState.BOOKED


@pytest.mark.req("BKG-017", "BKG-034")
def test_a_lapsed_hold_is_not_confirmed_and_keeps_what_was_entered(
    canton: Canton, booking: Booking, as_: Callable[[Membership], Client]
) -> None:
    edit(as_(canton.commune), booking, filled(canton))
    with (
        time_machine.travel(now() + dt.timedelta(hours=49), tick=False),
        pytest.raises(HoldEnded),
    ):
        confirm(by=canton.commune, booking=booking)
    booking.refresh_from_db()
    assert booking.last_name == "Tesfay"


@pytest.mark.req("BKG-014")
def test_a_date_tells_counsellor_languages_and_referral_types(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    canton.slot()
    page = as_(canton.commune).get("/booking/dates/").text
    for word in ("Modèle Counsellor", "Français", "Envoi recommandé"):
        assert word in page


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(MAY_FOLLOW) == set(BookingState)
