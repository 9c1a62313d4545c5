"""Every reading, download, export and print stands in the journal; the operator looks into it."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Membership
from booking.actions.bookings import attach
from booking.models import Booking
from core.dates import now
from core.journal import ACTS, JournalEntry, record
from core.journal_search import PER_PAGE
from counters.models import Appointment
from tests.accounts.test_administration import client_of, operator
from tests.conftest import Canton, make_canton, organisation, person
from tests.core import uploads_corpus
from tests.counters.town import Town, make_town

__all__ = ["operator"]
Signed = Callable[[Membership], Client]
PAGE = "/administration/journal/"


@dataclass
class Act:
    """Something a person does over HTTP, and the line that must stand for it."""

    who: Membership
    path: str
    action: str
    about: object = None
    status: int = 200


@dataclass
class House:
    """A canton with an interview, and a town with an appointment."""

    canton: Canton
    town: Town
    booking: Booking
    row: Appointment
    strange: Booking


@pytest.fixture
def house(canton: Canton) -> House:
    booking = client_of(canton)
    upload = SimpleUploadedFile("f.pdf", uploads_corpus.pdf())
    attach(by=canton.commune, booking=booking, upload=upload)
    Booking.objects.filter(pk=booking.pk).update(
        state="confirmed", confirmed_at=now(), held_until=None
    )
    town = make_town(canton.tenant)
    row = town.assigned(town.slots()[0], "Zebedäus")
    strange = client_of(make_canton("zuerich"))
    return House(canton, town, booking, row, strange)


def script(house: House, operator: Membership) -> list[Act]:
    """Reads, downloads, exports, prints, searches, and doors that stay shut."""
    canton, booking, row = house.canton, house.booking, house.row
    office = person(
        canton.tenant, "office", canton.office.organisation, "booking.office_admin"
    )
    counsellor = canton.counsellor.user.memberships.get()
    portal = organisation(canton.tenant, "Portail")
    citizen = person(canton.tenant, "aline", portal, "counters.citizen")
    house.town.visitor("Citoyenne", user=citizen.user)
    own = house.town.assigned(house.town.slots()[1], "Autre")
    Appointment.objects.filter(pk=own.pk).update(
        holder=citizen.user.person, rank=0, most=3
    )
    file, agent, commune = row.person_id, house.town.lead, canton.commune
    one = f"/booking/bookings/{booking.pk}/"
    return [
        *(Act(who, one, "booking.read", booking.pk) for who in (commune, office, counsellor)),
        Act(commune, f"{one}edit/", "booking.read", booking.pk),
        Act(commune, f"{one}cancel/", "booking.read", booking.pk),
        Act(commune, f"{one}form/open/", "booking.form_opened", booking.pk),
        Act(counsellor, f"{one}form/open/", "booking.form_opened", booking.pk),
        Act(commune, f"{one}invitation/fr/", "booking.printed", booking.pk),
        Act(commune, f"{one}sheet/fr/", "booking.printed", booking.pk),
        Act(commune, "/booking/bookings/?q=Zebed", "booking.searched"),
        Act(office, "/booking/bookings/?q=Zebed", "booking.searched"),
        Act(office, "/booking/figures/?export=xlsx", "booking.figures_exported", canton.office.pk),
        Act(agent, f"/counters/appointments/{row.pk}/", "counters.read", row.pk),
        Act(agent, f"/counters/slots/{row.slot_id}/", "counters.read", row.pk),
        Act(agent, f"/counters/appointments/{row.pk}/change/", "counters.read", row.pk),
        Act(agent, f"/counters/appointments/{row.pk}/cancel/", "counters.read", row.pk),
        Act(agent, f"/counters/persons/{file}/", "counters.person_read", file),
        Act(agent, "/counters/persons/?q=Zebed", "counters.persons_searched"),
        Act(agent, "/counters/planned/?q=Zebed", "counters.searched"),
        Act(agent, "/counters/figures/?export=csv", "counters.figures_exported", agent.organisation_id),
        Act(agent, "/counters/figures/?export=xlsx", "counters.figures_exported", agent.organisation_id),
        Act(citizen, f"/counters/mine/{own.pk}/calendar/", "counters.calendar_downloaded", own.pk),
        Act(operator, "/administration/people/?q=Zebed", "people.searched"),
        Act(operator, "/administration/messages/?q=Zebed", "message.searched"),
        Act(operator, f"/administration/people/counters.person/{file}/", "people.read", file),
        Act(operator, f"/team/{commune.user_id}/", "person.read", commune.user_id),
        Act(operator, PAGE, "journal.read"),
        Act(operator, f"{PAGE}?export=csv", "journal.exported"),
        Act(operator, f"{PAGE}?export=xlsx", "journal.exported"),
        # Another's, another tenant's, none at all; a role that may not.
        Act(canton.other_commune, one, "access.refused", booking.pk, 404),
        Act(commune, f"/booking/bookings/{house.strange.pk}/", "access.refused", house.strange.pk, 404),
        Act(citizen, f"/counters/appointments/{row.pk}/", "access.refused", row.pk, 403),
        Act(commune, PAGE, "access.refused", None, 403),
    ]  # fmt: skip


def read_out(answer: Any) -> None:
    """A file that is sent is read to its end, which closes it."""
    if answer.streaming:
        answer.getvalue()


def browsers_of(acts: list[Act], as_: Signed) -> dict[object, Client]:
    """Everybody signs in once: a code is good once."""
    return {pk: as_(who) for pk, who in {act.who.pk: act.who for act in acts}.items()}


def test_all_that_the_script_does_is_there(
    house: House,
    operator: Membership,
    as_: Signed,
) -> None:
    acts = script(house, operator)
    browsers = browsers_of(acts, as_)
    missing = []
    for act in acts:
        before = JournalEntry.objects.order_by("-id").values_list("id", flat=True)[0]
        answer = browsers[act.who.pk].get(act.path)
        read_out(answer)
        assert answer.status_code == act.status, act.path
        fits = JournalEntry.objects.filter(
            id__gt=before, action=act.action, actor_id=act.who.user_id,
            tenant_id=act.who.tenant_id, address="127.0.0.1", subject_id=act.about,
        )  # fmt: skip
        if fits.count() != 1:
            missing.append(act.path)
    assert missing == []
    found = JournalEntry.objects.filter(action="booking.figures_exported").get()
    assert found.detail.keys() == {"kind", "rows", "from", "until"}


def test_no_line_of_the_script_names_anybody(
    house: House,
    operator: Membership,
    as_: Signed,
) -> None:
    acts = script(house, operator)
    browsers = browsers_of(acts, as_)
    for act in acts:
        read_out(browsers[act.who.pk].get(act.path))
    assert "zebed" not in str(list(JournalEntry.objects.values())).lower()


def test_what_is_not_somebodys_object_is_no_refusal(house: House, as_: Signed) -> None:
    as_(house.canton.commune).get("/nowhere/")
    Client(headers={"host": "berne.localhost"}).get(
        f"/booking/bookings/{house.booking.pk}/"
    )
    assert not JournalEntry.objects.filter(action="access.refused").exists()


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))


def test_it_is_searched_by_who_about_whom_what_and_when(
    house: House,
    operator: Membership,
    as_: Signed,
) -> None:
    as_(house.town.lead).get(f"/counters/persons/{house.row.person_id}/")
    as_(house.canton.commune).get(f"/booking/bookings/{house.booking.pk}/")
    client = as_(operator)
    page = client.get(f"{PAGE}?who=lead&action=counters.person_read").text
    assert "Zebedäus Jules" in page
    assert "127.0.0.1" in page
    assert "Dossier" in page
    two = client.get(f"{PAGE}?person=zebed")
    assert len(two.context["found"]) == 2  # a client and a person of the same name
    only = client.get(f"{PAGE}?about=booking.client:{house.booking.pk}").text
    assert "commune berne" not in only
    assert "Zebedäus Ana" in only
    assert "Zebedäus Jules" not in only
    assert client.get(f"{PAGE}?person=nobodyatall").context["lines"] == []
    assert client.get(f"{PAGE}?who=nobodyatall").context["lines"] == []
    assert client.get(f"{PAGE}?first=1.1.2020&last=2.1.2020").context["lines"] == []
    for wrong in ("first=31.2.2026", "first=1.1.0001", "last=31.12.9999"):
        assert client.get(f"{PAGE}?{wrong}").status_code == 422, wrong
    assert client.get(f"{PAGE}?action=nonsense").status_code == 422
    for odd in (
        "about=x",
        "about=booking.client:x",
        "before=x",
        f"before={9**30}",
    ):
        assert client.get(f"{PAGE}?{odd}").status_code == 200, odd


def test_who_did_it_is_everybody_whom_the_words_fit(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    clerks = [
        person(canton.tenant, f"clerk{n}", canton.office.organisation, "booking.counsellor")
        for n in range(25)
    ]  # fmt: skip
    for clerk in clerks:
        record("booking.printed", tenant_id=clerk.tenant_id, actor_id=clerk.user_id)
    page = as_(operator).get(f"{PAGE}?who=clerk&action=booking.printed")
    assert len(page.context["lines"]) == len(clerks)


def test_another_authoritys_lines_are_not_there(
    house: House,
    operator: Membership,
    as_: Signed,
) -> None:
    record("sign_in", tenant_id=house.strange.tenant_id, actor_id=operator.user_id)
    client = as_(operator)
    tenants = set(JournalEntry.objects.values_list("tenant_id", flat=True))
    assert len(tenants) == 2
    lines = rows_of(client.get(f"{PAGE}?export=csv"))
    own = JournalEntry.objects.filter(tenant_id=operator.tenant_id)
    assert (
        len(lines) == own.count()
    )  # the export's own line came after; the head is one


def test_pages_follow_each_other_by_number(
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    for _number in range(PER_PAGE + 5):
        record("sign_in", tenant_id=canton.tenant.pk, actor_id=None)
    client = as_(operator)
    first = client.get(f"{PAGE}?action=sign_in")
    assert len(first.context["lines"]) == PER_PAGE
    record("sign_in", tenant_id=canton.tenant.pk, actor_id=None)
    following = first.context["following"]
    second = client.get(f"{PAGE}?action=sign_in&before={following}")
    assert len(second.context["lines"]) == 5 + 1  # and the operator's own
    assert second.context["following"] is None


def test_the_queries_are_few_however_many_lines(
    house: House,
    operator: Membership,
    as_: Signed,
) -> None:
    client = as_(operator)
    asked = []
    for number in (1, 3):
        for _again in range(number):
            for who in (house.canton.commune, house.town.lead):
                for subject in (house.booking, house.row, house.row.person, who.user):
                    record(
                        "booking.read", tenant_id=who.tenant_id, actor_id=who.user_id,
                        subject=subject,
                    )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 16


def test_the_export_says_what_the_screen_says(
    house: House,
    operator: Membership,
    as_: Signed,
) -> None:
    as_(house.canton.commune).get(f"/booking/bookings/{house.booking.pk}/")
    client = as_(operator)
    answer = client.get(f"{PAGE}?action=booking.read&export=xlsx")
    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    head, line = sheet.iter_rows(values_only=True)
    assert (line[1], line[4]) == ("Commune Modèle", "Zebedäus Ana")
    (_head, written) = rows_of(client.get(f"{PAGE}?action=booking.read&export=csv"))
    assert written[1:3] == ["Commune Modèle", "127.0.0.1"]
    noted = JournalEntry.objects.filter(action="journal.exported").latest("id")
    assert noted.detail["rows"] == 1
    assert noted.detail["filters"] == ["action"]


def test_every_act_has_words(house: House, operator: Membership, as_: Signed) -> None:
    acts = script(house, operator)
    browsers = browsers_of(acts, as_)
    for act in acts:
        read_out(browsers[act.who.pk].get(act.path))
    actions = set(JournalEntry.objects.values_list("action", flat=True))
    assert actions - ACTS.keys() == set()
    assert all(str(words) for words in ACTS.values())
