"""The operator's organisations, and how the authority shows itself."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.actions import organisations as actions
from accounts.models import Invitation, Membership, Organisation, Tenant
from core.colours import contrast_with_white, darker
from core.errors import Refusal
from core.journal import JournalEntry
from tests.conftest import Canton, organisation, person

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]
PLACES = "/administration/organisations/"
LOOK = {
    "name_fr": "Ville de Thoune", "name_de": "Stadt Thun", "office_fr": "Mairie",
    "office_de": "Stadtkanzlei", "tool_title_fr": "Guichets", "tool_title_de": "Schalter",
    "accent": "#0D432B", "languages": ["fr", "de"], "canton": "BE",
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
