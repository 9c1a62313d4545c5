"""Where no date suits: the blank form, and « Me prévenir » (BKG-016, BKG-018); drafts (BKG-023)."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from accounts.models import Membership
from booking import documents
from booking.actions.bookings import save_draft
from booking.actions.dates import take_date
from booking.actions.publishing import publish
from booking.actions.wishes import leave_wish, tell_all
from booking.models import Booking, DateWish
from booking.personal_data import STEPS, answered, questions
from core.dates import now, today
from core.documents.pdf import render_pdf
from core.messages.models import OutgoingMessage
from tests.conftest import Canton

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]


@pytest.fixture
def wish(canton: Canton) -> DateWish:
    return leave_wish(
        by=canton.commune,
        languages=["fr"],
        places=[canton.place],
        with_interpreter=False,
        not_after=today() + dt.timedelta(days=30),
    )


def told() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(kind="booking.dates_free"))


@pytest.mark.req("BKG-016")
def test_without_a_date_the_page_offers_form_and_address(
    canton: Canton, as_: Signed
) -> None:
    works = canton.office.organisation
    works.email = "antenne@berne.example"
    works.save()
    page = as_(canton.commune).get("/booking/dates/?languages=ti").text
    assert "Aucune date libre" in page
    assert "mailto:antenne@berne.example" in page
    assert "/booking/form/blank/" in page


@pytest.mark.req("BKG-016")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_blank_form_can_be_filled_in(canton: Canton, language: str) -> None:
    pdf = render_pdf(documents.blank_form(canton.office.pk, language))
    reader = PdfReader(io.BytesIO(pdf))
    fields = reader.get_fields() or {}
    assert {question.key for question in questions()} <= set(fields)
    permits = fields["permit"]["/Opt"]
    assert len(permits) > 5
    text = "".join(page.extract_text() for page in reader.pages)
    assert {"fr": "Nom de famille", "de": "Nachname"}[language] in text


@pytest.mark.req("BKG-018")
def test_a_wish_is_left_from_the_search(canton: Canton, as_: Signed) -> None:
    client = as_(canton.commune)
    page = client.get("/booking/wishes/?languages=fr&interpreter=1").text
    assert 'value="fr"' in page.partition('name="languages"')[2][:400]
    day = today() + dt.timedelta(days=20)
    answer = client.post(
        "/booking/wishes/",
        {
            "languages": ["fr"],
            "places": [str(canton.place.pk)],
            "interpreter": "1",
            "not_after": f"{day:%d.%m.%Y}",
        },
        follow=True,
    )
    (left,) = DateWish.objects.all()
    assert (left.languages, left.with_interpreter, left.not_after) == (
        ["fr"],
        True,
        day,
    )
    assert list(left.places.all()) == [canton.place]
    client.post(f"/booking/wishes/{left.pk}/delete/")
    assert answer.status_code == 200
    assert not DateWish.objects.exists()


@pytest.mark.req("BKG-018")
@pytest.mark.parametrize("typed", ["", "31.2.2027", "1.1.2020", "1.1.2060"])
def test_a_day_that_cannot_be_is_refused(
    canton: Canton, as_: Signed, typed: str
) -> None:
    answer = as_(canton.commune).post("/booking/wishes/", {"not_after": typed})
    assert answer.status_code == 422
    assert not DateWish.objects.exists()


@pytest.mark.req("BKG-018")
def test_dates_that_fit_are_told_once(canton: Canton, wish: DateWish) -> None:
    assert tell_all() == 0
    canton.slot(days=5)
    canton.slot(days=6)
    assert (tell_all(), tell_all()) == (1, 0)
    (message,) = told()
    assert message.to == canton.commune.user.email
    assert message.text.count("- ") >= 2
    assert f"places={canton.place.pk}" in message.text


@pytest.mark.req("BKG-018")
def test_what_does_not_fit_is_not_told(canton: Canton, wish: DateWish) -> None:
    canton.slot(days=31)  # after the last day
    canton.counsellor.languages = ["de"]
    canton.counsellor.save()
    canton.slot(days=5)
    assert tell_all() == 0


@pytest.mark.req("BKG-018")
def test_a_date_given_back_is_told(canton: Canton, wish: DateWish) -> None:
    booking = take_date(
        by=canton.other_commune, slot=canton.slot(days=5), with_interpreter=False
    )
    assert tell_all() == 0
    from booking.actions.dates import delete  # noqa: PLC0415

    delete(by=canton.other_commune, booking=booking)
    assert tell_all() == 1


@pytest.mark.req("BKG-018")
def test_a_wish_ends_after_its_last_day(
    canton: Canton, wish: DateWish, as_: Signed
) -> None:
    with time_machine.travel(now() + dt.timedelta(days=32)):
        publish(
            counsellor=canton.counsellor,
            place=canton.place,
            day=today() + dt.timedelta(days=1),
            start=dt.time(9),
            minutes=60,
            referral_types=[canton.recommended],
            interpreter_possible=False,
        )
        assert tell_all() == 0
        assert "Aucune." in as_(canton.commune).get("/booking/wishes/").text


@pytest.fixture
def booking(canton: Canton) -> Booking:
    return take_date(by=canton.commune, slot=canton.slot(), with_interpreter=False)


@pytest.mark.req("BKG-023")
def test_the_form_asks_in_steps_and_keeps_what_is_typed(
    booking: Booking, canton: Canton, as_: Signed
) -> None:
    client = as_(canton.commune)
    page = client.get(f"/booking/bookings/{booking.pk}/edit/").text
    for step in STEPS:
        assert str(step.title) in page
    sent: dict[str, Any] = {"data-permit": "F", "data-aim": "Cours", "data-family": "?"}
    answer = client.post(f"/booking/bookings/{booking.pk}/form/draft/", sent)
    assert "Enregistré à" in answer.text
    booking.refresh_from_db()
    assert booking.personal_data == {"permit": "F", "aim": "Cours"}
    again = client.get(f"/booking/bookings/{booking.pk}/edit/").text
    assert '<option value="F" selected>' in again


@pytest.mark.req("BKG-023")
def test_after_the_hold_a_draft_is_refused_in_words(
    booking: Booking, canton: Canton, as_: Signed
) -> None:
    client = as_(canton.commune)
    Booking.objects.filter(pk=booking.pk).update(state="lapsed", held_until=None)
    sent = {"data-aim": "Cours"}
    answer = client.post(f"/booking/bookings/{booking.pk}/form/draft/", sent)
    assert answer.status_code == 409
    assert "de nouveau libre" in answer.text


@pytest.mark.req("BKG-023")
def test_answers_are_read_in_words(booking: Booking, canton: Canton) -> None:
    save_draft(
        by=canton.commune,
        booking=booking,
        personal_data={"permit": "F", "french": "A2"},
    )
    booking.refresh_from_db()
    words = dict(answered(booking.personal_data))
    assert list(words.values()) == [
        "F : admission provisoire".replace(" :", "\u202f:"),
        "A2",
    ]
