"""The operator's side: records, import, settings, retention (BKG-054, BKG-055)."""

import base64
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.limits import FRESH_FOR
from accounts.models import Invitation, Membership, Organisation, Tenant
from booking import figures
from booking.actions.bookings import attach
from booking.actions.dates import take_date
from booking.actions.retention import CLIENTS
from booking.actions.setup import import_communes, plan_import
from booking.models import Booking, Commune, InformationSheet, Office, Place
from booking.rules import hold_length
from core.dates import now, today
from core.documents import render as rendering
from core.documents.models import Document
from core.errors import Refusal
from core.privacy.retention import KINDS, run
from tests.accounts.test_dump import dump
from tests.booking.test_changes import confirmed
from tests.conftest import Canton, organisation, person
from tests.core import uploads_corpus

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]
RECORDS = "/booking/records/"


@pytest.fixture
def operator(canton: Canton) -> Membership:
    return person(
        canton.tenant,
        "operator",
        organisation(canton.tenant, "Canton"),
        "accounts.operator",
        administrator=True,
    )


NEW: dict[str, dict[str, Any]] = {
    "offices": {"name": "KIO Thun", "town": "Thun", "invite": "chief@x.example"},
    "languages": {"code": "am"},
    "referrals": {
        "name_fr": "Libre",
        "name_de": "Frei",
        "mandatory": "0",
        "position": "3",
    },
    "sheets": {"language": "fr", "title": "Bienvenue", "body": "Un\n\nDeux"},
}


@pytest.mark.req("BKG-054")
@pytest.mark.parametrize("key", NEW)
def test_records_are_added_changed_and_deleted(
    canton: Canton, operator: Membership, as_: Signed, key: str
) -> None:
    client = as_(operator)
    assert client.get(f"{RECORDS}{key}/").status_code == 200
    answer = client.post(f"{RECORDS}{key}/add/", NEW[key], follow=True)
    assert answer.status_code == 200
    rows = list(answer.context["page"])
    row = next(r for r in rows if str(r) in answer.text and _is_new(r, key))
    path = f"{RECORDS}{key}/{row.pk}/"
    assert client.post(path, {**NEW[key], "invite": ""}).status_code == 302
    assert client.post(path, {"delete": "1"}).status_code in {302, 422}


def test_inviting_an_administrator_asks_for_a_fresh_code(
    operator: Membership, as_: Signed
) -> None:
    client, path = as_(operator), f"{RECORDS}offices/add/"
    with time_machine.travel(now() + FRESH_FOR + dt.timedelta(minutes=1), tick=False):
        page = client.post(path, NEW["offices"])
        assert page.status_code == 422
        assert 'href="#id_code"' in page.text
        assert not Invitation.objects.exists()
        whole_list = client.get(f"{RECORDS}communes/import/")
        assert whole_list.url.startswith("/account/prove/")
        assert client.post(path, {**NEW["offices"], "invite": ""}).status_code == 302


def _is_new(row: Any, key: str) -> bool:
    names = {"offices": "KIO Thun", "languages": "am", "referrals": "Libre"}
    told = {"languages": getattr(row, "code", "")}.get(key, str(row))
    return names.get(key, "Bienvenue") in told


@pytest.mark.req("BKG-054")
def test_a_new_commune_gets_its_first_administrator(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    sent = {
        "name": "Renan",
        "postcode": "2616",
        "office": canton.office.pk,
        "invite": "secretariat@renan.example",
    }
    as_(operator).post(f"{RECORDS}communes/add/", sent)
    commune = Commune.objects.get(organisation__name="Renan")
    invitation = Invitation.objects.get(email="secretariat@renan.example")
    assert invitation.organisation == commune.organisation
    assert (invitation.role, invitation.administrator) == ("booking.commune", True)


@pytest.mark.req("BKG-054")
def test_what_is_in_use_is_not_deleted(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    canton.slot()
    path = f"{RECORDS}places/{canton.place.pk}/"
    answer = as_(operator).post(path, {"delete": "1"})
    assert answer.status_code == 422
    assert "est utilisé" in answer.text
    assert Place.objects.filter(pk=canton.place.pk).exists()


@pytest.mark.req("BKG-054")
@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("communes", {"name": "commune berne", "postcode": "2610"}),
        ("communes", {"name": "Neu", "postcode": "26"}),
        ("languages", {"code": "fr"}),
        ("referrals", {"name_fr": "Seul", "position": "1"}),
    ],
)
def test_a_record_that_cannot_be_is_refused(
    canton: Canton, operator: Membership, as_: Signed, key: str, wrong: dict[str, Any]
) -> None:
    wrong = {"office": canton.office.pk, **wrong}
    answer = as_(operator).post(f"{RECORDS}{key}/add/", wrong)
    assert answer.status_code == 422


def lines(*rows: str) -> bytes:
    return "\n".join(["commune;postcode;office;email", *rows]).encode()


@pytest.mark.req("BKG-054")
def test_the_import_says_first_what_it_would_do(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    office = str(canton.office)
    content = lines(
        f"Renan;2616;{office};info@renan.example",
        f"commune berne;2611;{office};",
        f"other berne;2610;{office};",
    )
    client = as_(operator)
    upload = SimpleUploadedFile("communes.csv", content)
    page = client.post(f"{RECORDS}communes/import/", {"file": upload})
    plan = page.context["plan"]
    assert (len(plan.add), len(plan.change), plan.same, plan.errors) == (1, 1, 1, [])
    assert not Organisation.objects.filter(name="Renan").exists()
    client.post(f"{RECORDS}communes/import/", {"kept": page.context["kept"]})
    assert Commune.objects.get(organisation__name="Renan").postcode == "2616"
    assert Commune.objects.get(organisation__name="commune berne").postcode == "2611"
    assert Invitation.objects.filter(email="info@renan.example").exists()


@pytest.mark.req("BKG-054")
def test_one_wrong_line_and_nothing_is_done(
    canton: Canton, operator: Membership
) -> None:
    office = str(canton.office)
    content = lines(
        f"Renan;2616;{office};",
        "Péry;2603;Nirgends;",
        f"Sonvilier;26;{office};",
        f"Renan;2616;{office};",
        f"Cormoret;2612;{office};no address",
        f"Antenne berne;2612;{office};",
        f";2612;{office};",
    )
    plan = plan_import(canton.tenant, content)
    assert [number for number, _words in plan.errors] == [3, 4, 5, 6, 7, 8]
    with pytest.raises(Refusal):
        import_communes(by=operator, content=content)
    assert not Organisation.objects.filter(name="Renan").exists()


@pytest.mark.req("BKG-054")
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_lists_come_as_offices_save_them(
    canton: Canton, separator: str, encoding: str
) -> None:
    text = f"Commune;Postcode;Office\r\nPéry;2603;{canton.office}\r\n\r\n"
    content = text.replace(";", separator).encode(encoding)
    (row,) = plan_import(canton.tenant, content).add
    assert (row["commune"], row["postcode"]) == ("Péry", "2603")


@pytest.mark.req("BKG-054")
@pytest.mark.parametrize("content", [b"", b"a;b\n1;2", b"\xff\xfe\x00", b"PK\x03\x04"])
def test_what_is_no_list_is_refused(
    canton: Canton, operator: Membership, as_: Signed, content: bytes
) -> None:
    client, path = as_(operator), f"{RECORDS}communes/import/"
    upload = SimpleUploadedFile("communes.csv", content)
    assert client.post(path, {"file": upload}).status_code == 422
    kept = base64.b64encode(content).decode()
    assert client.post(path, {"kept": kept}).status_code == 422
    assert client.post(path, {"kept": "%"}).status_code == 404


@pytest.mark.req("BKG-015", "BKG-017", "BKG-054")
def test_settings_hold_from_the_next_page_on(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    client = as_(operator)
    new = {
        "hold_hours": "24",
        "mandatory_weeks": "3",
        "reminder_days": "3",
        "reminder_sms": "1",
        "retention_months": "6",
    }
    assert client.post("/booking/settings/", new).status_code == 302
    canton.commune.tenant = Tenant.objects.get(pk=canton.tenant.pk)
    assert hold_length(canton.commune) == dt.timedelta(hours=24)
    wrong = client.post("/booking/settings/", {**new, "hold_hours": "0"})
    assert wrong.status_code == 422


@pytest.mark.req("BKG-032", "BKG-054")
def test_an_own_sheet_bears_who_proofread_it(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    sent = {**NEW["sheets"], "proofread_by": "A. Moser", "proofread_on": "2.11.2026"}
    as_(operator).post(f"{RECORDS}sheets/add/", sent)
    sheet = InformationSheet.objects.get()
    assert (sheet.proofread_by, sheet.proofread_on) == (
        "A. Moser",
        dt.date(2026, 11, 2),
    )


@pytest.mark.req("BKG-054")
def test_a_sheet_is_seen_before_anybody_gets_it(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    client = as_(operator)
    client.post(f"{RECORDS}sheets/add/", NEW["sheets"])
    sheet = InformationSheet.objects.get()
    preview = f"{RECORDS}sheets/{sheet.pk}/preview/"
    assert preview in client.get(f"{RECORDS}sheets/{sheet.pk}/").text
    client.get(preview)
    document = Document.objects.get()
    rendering.render(document.pk)
    pdf = client.get(preview).getvalue()  # type: ignore[attr-defined]
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert "Bienvenue" in page.extract_text()
    assert "Texte à relire" in page.extract_text()
    InformationSheet.objects.update(title="Soyez les bienvenus")
    client.get(preview)
    assert Document.objects.count() == 2  # another text, another document


PLANTED = "Zebedäus"


def planted(canton: Canton) -> Booking:
    """A booking full of one client, with a file, a PDF and messages."""
    booking = confirmed(
        canton,
        canton.slot(days=2),
        last_name=PLANTED,
        remark=PLANTED,
        email="zebedaeus@example.ch",
    )
    upload = SimpleUploadedFile("f.pdf", uploads_corpus.pdf())
    attach(by=canton.commune, booking=booking, upload=upload)
    document = rendering.request(
        tenant=canton.tenant,
        kind="booking.invitation",
        subject_id=booking.pk,
        language="fr",
    )
    rendering.render(document.pk)
    return booking


def anonymised(canton: Canton) -> int:
    """A whole run of retention; how many bookings it emptied."""
    done = run(canton.tenant)
    assert done
    assert done.finished_at
    return int(done.counts.get(CLIENTS, 0))


@pytest.mark.req("BKG-055")
def test_clients_data_goes_and_the_figures_stay(canton: Canton) -> None:
    booking = planted(canton)
    paths = [Booking.objects.get(pk=booking.pk).form_file.path]  # type: ignore[union-attr]
    paths += Document.objects.values_list("path", flat=True)
    period = (today(), today() + dt.timedelta(days=9))
    before = figures.rows(canton.office, *period, "place")
    assert PLANTED in dump()
    assert all(default_storage.exists(path) for path in paths)
    with time_machine.travel(now() + dt.timedelta(days=365)):
        assert KINDS[CLIENTS].count(canton.tenant) == 0
    with time_machine.travel(now() + dt.timedelta(days=369)):
        assert KINDS[CLIENTS].count(canton.tenant) == 1
        assert (anonymised(canton), anonymised(canton)) == (1, 0)
    everything = dump()
    assert PLANTED not in everything
    assert "zebedaeus@" not in everything
    assert figures.rows(canton.office, *period, "place") == before
    assert not Document.objects.exists()


@pytest.mark.req("BKG-055")
@pytest.mark.django_db(transaction=True)
def test_the_files_go_too(canton: Canton) -> None:
    booking = planted(canton)
    paths = [Booking.objects.get(pk=booking.pk).form_file.path]  # type: ignore[union-attr]
    paths += Document.objects.values_list("path", flat=True)
    assert all(default_storage.exists(path) for path in paths)
    with time_machine.travel(now() + dt.timedelta(days=400)):
        anonymised(canton)
    assert not any(default_storage.exists(path) for path in paths)


@pytest.mark.req("BKG-040", "BKG-055")
def test_a_booking_to_come_keeps_its_data(canton: Canton) -> None:
    take_date(by=canton.commune, slot=canton.slot(days=2), with_interpreter=False)
    assert anonymised(canton) == 0
    assert Office.objects.exists()
