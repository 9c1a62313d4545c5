"""The operator's screens for personal data: retention, holds, finding somebody."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.actions import privacy
from accounts.models import Membership, Tenant
from booking.actions.dates import take_date
from booking.models import Booking
from core.dates import now
from core.journal import JournalEntry
from core.privacy.models import LegalHold, RetentionRun
from core.privacy.subjects import Found, find
from tests.conftest import Canton, organisation, person
from tests.counters.town import make_town

Signed = Callable[[Membership], Client]
PAGE = "/administration/retention/"


@pytest.fixture
def operator(canton: Canton) -> Membership:
    works = organisation(canton.tenant, "Canton")
    return person(canton.tenant, "operator", works, "accounts.operator")


def client_of(canton: Canton, days: int = 7, **facts: object) -> Booking:
    """A booking with a client."""
    slot = canton.slot(days=days)
    row = take_date(by=canton.commune, slot=slot, with_interpreter=False)
    given = {"last_name": "Zebedäus", "first_name": "Ana", "state": "unconfirmed"}
    Booking.objects.filter(pk=row.pk).update(**{**given, **facts})
    return Booking.objects.get(pk=row.pk)


def test_lengths_are_set_and_hold(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    client = as_(operator)
    form = client.get(PAGE).context["form"]
    given = {name: field.initial for name, field in form.fields.items()}
    assert given["booking-clients"] == 12
    client.post(PAGE, {**given, "booking-clients": "6", "core-messages": "3"})
    tenant = Tenant.objects.get()
    assert tenant.setting("booking.retention_months", 0) == 6
    assert tenant.setting("retention.core.messages", 0) == 3
    line = JournalEntry.objects.get(action="retention.settings_saved")
    assert line.detail["booking.retention_months"] == 6
    page = client.post(PAGE, {**given, "booking-clients": "0"})
    assert page.status_code == 422
    assert 'href="#id_booking-clients"' in page.text


def test_the_page_tells_what_is_due_and_erases_it_when_asked(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    row = client_of(canton)
    Booking.objects.filter(pk=row.pk).update(state="lapsed", held_until=None)
    with time_machine.travel(now() + dt.timedelta(days=400)):
        client = as_(operator)
        assert client.get(PAGE).context["form"].due["booking.clients"] == 1
        client.post(f"{PAGE}now/")
        run = RetentionRun.objects.get()
        assert run.asked_by == operator.user
        page = client.post(f"{PAGE}now/", follow=True)
        assert RetentionRun.objects.count() == 1
        assert "déjà en cours" in page.text
        privacy.go_on(seconds=60)
        assert client.get(PAGE).context["form"].due["booking.clients"] == 0
    row.refresh_from_db()
    assert row.last_name == ""


def test_a_hold_is_set_from_the_person_found_and_lifted_again(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    row = client_of(canton)
    client = as_(operator)
    page = client.get("/administration/people/?q=zebed")
    own = f"/administration/people/booking.client/{row.pk}/"
    assert own in page.text
    assert client.post(f"{own}hold/", {"reason": ""}).status_code == 422
    client.post(f"{own}hold/", {"reason": "Recours 17/2026"})
    assert "Zebedäus" in client.get(PAGE).text
    assert client.post(f"{own}hold/", {"reason": "encore"}).status_code == 422
    client.post(f"{PAGE}holds/{LegalHold.objects.get().pk}/lift/")
    assert "Zebedäus" not in client.get(PAGE).text


def test_a_search_stands_in_the_journal_without_its_words(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    client_of(canton)
    client = as_(operator)
    client.get("/administration/people/?q=Zebed")
    line = JournalEntry.objects.get(action="people.searched")
    assert line.detail == {"found": 1}
    for words in ("", "ab", "\x00", "x" * 500):
        assert client.get("/administration/people/", {"q": words}).status_code == 200


@pytest.mark.parametrize("page", ["organisations", "people", "messages", "journal"])
def test_whatever_is_typed_into_a_search_it_answers(
    operator: Membership, as_: Signed, page: str
) -> None:
    client = as_(operator)
    for words in ("\x00", "Can\x00ton", "x" * 500, "%", "\\"):
        asked = {"who": words} if page == "journal" else {"q": words}
        answer = client.get(f"/administration/{page}/", asked)
        assert answer.status_code in (200, 422), words
    found = client.get("/administration/organisations/", {"q": " Can\x00ton"})
    assert "Canton" in [str(row) for row in found.context["page"]]


def test_namesakes_are_two_and_one_number_is_one(canton: Canton) -> None:
    born = dt.date(1990, 1, 2)
    client_of(canton, 3, birth_date=born)
    client_of(canton, 4, birth_date=born)
    client_of(canton, 5, birth_date=dt.date(1991, 1, 2))
    client_of(canton, 6)
    client_of(canton, 7)
    assert len(find(canton.tenant, "zebedäus ana")) == 4
    client_of(canton, 8, symic_number="017.5", last_name="Autre")
    client_of(canton, 9, symic_number="017.5", last_name="Autrement")
    assert len(find(canton.tenant, "017.5")) == 1


def test_people_of_every_kind_are_found(canton: Canton) -> None:
    town = make_town(canton.tenant)
    visitor = town.visitor("Zebedäus")
    kinds = {one.kind: one for one in find(canton.tenant, "zebed")}
    assert kinds["counters.person"] == Found(
        "counters.person",
        visitor.pk,
        "Zebedäus Jules",
        ("", visitor.number, "zebedäus@x.example"),
    )
    assert find(canton.tenant, "operator") == []
    assert [one.kind for one in find(canton.tenant, "counsellor")] == ["accounts.user"]
