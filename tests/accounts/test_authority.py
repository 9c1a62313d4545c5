"""The operator's organisations, and how the authority shows itself."""

import datetime as dt
import io
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from accounts.actions import organisations as actions
from accounts.actions.authority import (
    LARGEST_LOGO,
    drawn_anew,
    save_authority,
    save_texts,
)
from accounts.authority_forms import AuthorityForm
from accounts.limits import FRESH_FOR
from accounts.models import Invitation, Membership, Organisation, Tenant
from core.colours import contrast_with_white, darker
from core.dates import now
from core.errors import Refusal
from core.imports import LARGEST_LIST
from core.journal import JournalEntry
from tests.conftest import Canton, code_of, organisation, person

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]
PLACES = "/administration/organisations/"
LOOK = {
    "name_fr": "Ville de Thoune", "name_de": "Stadt Thun", "office_fr": "Mairie",
    "office_de": "Stadtkanzlei", "tool_title_fr": "Guichets", "tool_title_de": "Schalter",
    "accent": "#0D432B", "languages": ["fr", "de"],
}  # fmt: skip


@pytest.fixture
def operator(canton: Canton) -> Membership:
    own = organisation(canton.tenant, "Canton")
    return person(
        canton.tenant, "operator", own, "accounts.operator", administrator=True
    )


def test_a_new_organisation_and_its_first_administrator(
    operator: Membership, as_: Signed
) -> None:
    client = as_(operator)
    new = {"name": "Lyss", "email": "info@lyss.example", "invite": "chef@lyss.example"}
    wrong = client.post(f"{PLACES}add/", new)
    assert wrong.status_code == 422  # without a role nobody is invited
    assert "chef@lyss.example" in wrong.text
    assert (
        client.post(f"{PLACES}add/", {**new, "role": "booking.commune"}).url == PLACES
    )
    row = Organisation.objects.get(name="Lyss")
    (invitation,) = Invitation.objects.filter(organisation=row)
    assert (invitation.role, invitation.administrator) == ("booking.commune", True)
    twice = client.post(f"{PLACES}add/", {"name": "LYSS"})
    assert twice.status_code == 422
    assert "existe déjà" in twice.text
    client.post(f"{PLACES}{row.pk}/", {"name": "Lyss-Busswil", "email": ""})
    row.refresh_from_db()
    assert (row.name, row.email) == ("Lyss-Busswil", "")
    assert "Lyss-Busswil" in client.get(f"{PLACES}?q=bussw").text
    actions_seen = JournalEntry.objects.filter(subject_id=row.pk).order_by("pk")
    assert [one.action for one in actions_seen] == [
        "organisation.created",
        "organisation.changed",
    ]


def test_people_of_a_deactivated_organisation_are_out_at_the_next_request(
    canton: Canton, operator: Membership, as_: Signed
) -> None:
    client, clerk = as_(operator), as_(canton.commune)
    place = canton.commune.organisation
    assert clerk.get("/booking/dates/").status_code == 200
    client.post(f"{PLACES}{place.pk}/active/", {"active": "0"})
    assert clerk.get("/booking/dates/").status_code == 403
    client.post(f"{PLACES}{place.pk}/active/", {"active": "1"})
    assert clerk.get("/booking/dates/").status_code == 200


def test_nobody_shuts_the_door_on_oneself(operator: Membership, as_: Signed) -> None:
    own = operator.organisation
    with pytest.raises(Refusal):
        actions.set_active(by=operator, organisation=own, active=False)
    page = as_(operator).get(f"{PLACES}{own.pk}/").text
    assert "/active/" not in page


def test_a_list_is_planned_then_imported_wholly(
    operator: Membership, as_: Signed
) -> None:
    organisation(operator.tenant, "Aarberg")
    client, path = as_(operator), f"{PLACES}import/"

    def send(text: str) -> str:
        upload = SimpleUploadedFile("list.csv", text.encode())
        return str(client.post(path, {"file": upload}).text)

    wrong = send("name;email\nBüren;kein\nLyss;\nLyss;\n;x@y.example")
    assert wrong.count("<tr>") == 4  # three wrong lines and the head
    assert not Organisation.objects.filter(name="Lyss").exists()
    good = (
        "name,email,phone\nBüren,info@bueren.example,\nAarberg,info@aarberg.example,032"
    )
    planned = send(good)
    kept = planned.partition('name="kept" value="')[2].partition('"')[0]
    assert not Organisation.objects.filter(name="Büren").exists()
    assert client.post(path, {"kept": kept}).url == PLACES
    rows = Organisation.objects.of(operator.tenant)
    assert rows.get(name="Büren").email == "info@bueren.example"
    assert rows.get(name="Aarberg").phone == "032"


def test_inviting_the_first_administrator_asks_for_a_fresh_code(
    operator: Membership, as_: Signed
) -> None:
    client, path = as_(operator), f"{PLACES}add/"
    wanted = {"name": "Lyss", "invite": "chef@x.example", "role": "accounts.operator"}
    with time_machine.travel(now() + FRESH_FOR + dt.timedelta(minutes=1), tick=False):
        page = client.post(path, wanted)
        assert page.status_code == 422
        assert "chef@x.example" in page.text  # nothing typed is lost
        assert 'href="#id_code"' in page.text
        assert not Organisation.objects.filter(name="Lyss").exists()
        assert client.post(path, {"name": "Sans invitation"}).url == PLACES
        place = Organisation.objects.get(name="Sans invitation")
        change = client.post(f"{PLACES}{place.pk}/", {"name": "Autrement"})
        assert change.url == PLACES
        proved = client.post(path, {**wanted, "code": code_of(operator.user)})
        assert proved.url == PLACES
    assert Invitation.objects.get().role == "accounts.operator"


def test_columns_that_a_list_does_not_have_stay_as_they_are(
    operator: Membership,
) -> None:
    row = organisation(operator.tenant, "Aarberg")
    row.email, row.phone = "info@aarberg.example", "032"
    row.save()
    plan = actions.import_organisations(by=operator, content=b"name\nAarberg\nLyss")
    assert (len(plan.add), len(plan.change), plan.same) == (1, 0, 1)
    actions.import_organisations(by=operator, content=b"name,phone\nAarberg,033")
    row.refresh_from_db()
    assert (row.email, row.phone) == ("info@aarberg.example", "033")
    actions.import_organisations(by=operator, content=b"name,email\nAarberg,")
    row.refresh_from_db()
    assert (row.email, row.phone) == ("", "033")  # an empty cell is an answer


def test_a_list_as_large_as_may_be_comes_through_the_form(
    operator: Membership, as_: Signed
) -> None:
    client, path = as_(operator), f"{PLACES}import/"
    line = b"\nB%04d;;" + b"\xff" * 200  # the worst that base64 does to a form
    body = b"name;phone;note" + b"".join(line % number for number in range(4990))
    upload = SimpleUploadedFile("l.csv", body.ljust(LARGEST_LIST, b"\xff"))
    kept = client.post(path, {"file": upload}).context["kept"]
    data = urlencode({"kept": kept})
    form = "application/x-www-form-urlencoded"
    assert client.post(path, data, content_type=form).status_code == 302
    assert Organisation.objects.filter(name="B4989").exists()
    longer = SimpleUploadedFile("l.csv", body.ljust(LARGEST_LIST + 1, b"\xff"))
    refused = client.post(path, {"file": longer})
    assert refused.status_code == 422
    assert "5000 lignes" in refused.text


@pytest.mark.parametrize(
    ("colour", "contrast"), [("#ffffff", 1.0), ("#000000", 21.0), ("#777777", 4.48)]
)
def test_contrast_is_that_of_the_guidelines(colour: str, contrast: float) -> None:
    assert contrast_with_white(colour) == pytest.approx(contrast, abs=0.01)


def test_the_authority_shows_itself_as_the_operator_says(
    operator: Membership, as_: Signed
) -> None:
    client = as_(operator)
    light = client.post("/administration/authority/", {**LOOK, "accent": "#ff8800"})
    assert light.status_code == 422
    assert "Ville de Thoune" in light.text  # nothing typed is lost
    assert "trop claire" in light.text
    assert client.post("/administration/authority/", LOOK).status_code == 302
    tenant = Tenant.objects.get(pk=operator.tenant_id)
    assert (tenant.accent, tenant.accent_strong) == ("#0d432b", darker("#0d432b"))
    assert "--accent:#0d432b" in client.get("/theme.css").text
    assert (
        "Ville de Thoune"
        in Client(headers={"host": "berne.localhost"}).get("/help/").text
    )


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 300), "#0d432b").save(out, kind)
    return out.getvalue()


def test_a_logo_is_drawn_anew_and_shown(operator: Membership, as_: Signed) -> None:
    client, path = as_(operator), "/administration/authority/"
    script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
    for content in (script, b"\x89PNG\r\n", picture("GIF")):
        upload = SimpleUploadedFile("logo.png", content)
        assert client.post(path, {**LOOK, "logo_file": upload}).status_code == 422
    trailing = picture("JPEG") + b"<script>evil</script>"
    client.post(path, {**LOOK, "logo_file": SimpleUploadedFile("l.jpg", trailing)})
    page = client.get("/help/").text
    address = page.partition('src="/logo/')[2].partition('"')[0]
    answer = client.get(f"/logo/{address}")
    assert answer["Content-Type"] == "image/png"
    assert b"evil" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert (shown.format, shown.size) == ("PNG", (512, 512))
    assert client.get("/logo/0000.png").status_code == 404
    client.post(path, {**LOOK, "forget_logo": "1"})
    assert "/logo/" not in client.get("/help/").text


def test_a_small_file_of_a_huge_picture_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < LARGEST_LOGO
    with pytest.raises(Refusal):
        drawn_anew(out.getvalue())


def test_saving_the_look_keeps_what_was_set_meanwhile(operator: Membership) -> None:
    read = Tenant.objects.get(pk=operator.tenant_id)
    form = AuthorityForm(LOOK, instance=read)
    assert form.is_valid(), form.errors
    save_texts(by=operator, texts={"support.email": "aide@berne.example"})
    save_authority(by=operator, form=form, logo=None, forget_logo=False)
    tenant = Tenant.objects.get(pk=operator.tenant_id)
    assert tenant.settings["support.email"] == "aide@berne.example"
    with translation.override("de"):
        assert (tenant.name, tenant.accent) == ("Stadt Thun", "#0d432b")


def test_texts_stand_on_the_public_pages(operator: Membership, as_: Signed) -> None:
    client = as_(operator)
    new = {
        "support_email": "aide@berne.example",
        "legal_fr": "Rue <b>Neuve</b> 1\n\n3011 Berne",
        "privacy_de": "Nur deutsch",
    }
    assert client.post("/administration/texts/", new).status_code == 302
    public = Client(headers={"host": "berne.localhost"})
    assert "<p>Rue &lt;b&gt;Neuve&lt;/b&gt; 1</p>" in public.get("/legal/").text
    assert "aide@berne.example" in public.get("/help/").text
    # Better in the other language than not at all.
    assert "Nur deutsch" in public.get("/privacy/").text
    wrong = client.post("/administration/texts/", {**new, "support_email": "x"})
    assert wrong.status_code == 422
