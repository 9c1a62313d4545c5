"""The commune's own data page (BKG-006, BKG-007)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Organisation
from booking.models import Office
from core.messages.models import OutgoingMessage
from tests.conftest import Canton

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]
PAGE = "/booking/commune/"


def data(canton: Canton, **other: Any) -> dict[str, Any]:
    return {
        "office": canton.office.pk,
        "name": "commune berne",
        "postcode": "2610",
        "language": "fr",
        "email": canton.commune.user.email,
        **other,
    }


@pytest.mark.req("BKG-006")
def test_the_page_has_the_sources_labels(canton: Canton, as_: Signed) -> None:
    client = as_(canton.commune)
    assert PAGE in client.get("/booking/dates/").text
    page = client.get(PAGE).text
    for label in (
        "Modifier les données de la commune",
        "Nom d’utilisateur/trice",
        "Antenne d’intégration",
        "Commune",
        "Langue du système",
        "Code postal",
        "Courriel",
        "Retour à la vue d’ensemble",
        ">Sauvegarder<",
        "Sauvegarder et réinitialiser le mot de passe",
    ):
        assert label in page, label


@pytest.mark.req("BKG-006", "BKG-007")
def test_what_is_saved_holds_from_the_next_page_on(canton: Canton, as_: Signed) -> None:
    works = Organisation.objects.create(tenant=canton.tenant, name="KIO")
    other = Office.objects.create(tenant=canton.tenant, organisation=works)
    client = as_(canton.commune)
    new = data(canton, office=other.pk, name="Neu", postcode="3600", language="de")
    assert client.post(PAGE, new).status_code == 302
    page = client.get(PAGE)
    assert 'lang="de"' in page.text
    assert "Ihre Daten sind gespeichert" in page.text
    commune = Organisation.objects.get(pk=canton.commune.organisation_id).commune
    assert (commune.organisation.name, commune.postcode) == ("Neu", "3600")
    assert commune.office == other


@pytest.mark.req("BKG-006")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"postcode": "261"}, "quatre chiffres"),
        ({"email": "nobody"}, "Saisissez une adresse"),
        ({"email": "other@berne.example"}, "déjà un compte"),
        ({"name": "other berne"}, "ce nom"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    canton: Canton, as_: Signed, wrong: dict[str, str], sentence: str
) -> None:
    answer = as_(canton.commune).post(PAGE, data(canton, **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert next(iter(wrong.values())) in answer.text
    canton.commune.user.refresh_from_db()
    assert canton.commune.user.email == "commune@berne.example"


@pytest.mark.req("BKG-006")
def test_only_administrators_change_what_belongs_to_all(
    canton: Canton, as_: Signed
) -> None:
    client = as_(canton.other_commune)
    client.post(PAGE, data(canton, name="Mine", email="new@berne.example"))
    canton.other_commune.organisation.refresh_from_db()
    canton.other_commune.user.refresh_from_db()
    assert canton.other_commune.organisation.name == "other berne"
    assert canton.other_commune.user.email == "new@berne.example"


@pytest.mark.req("BKG-006")
def test_a_new_address_is_told_at_the_old_one_and_the_link_goes_to_the_new(
    canton: Canton, as_: Signed
) -> None:
    new = data(canton, email="new@berne.example", reset_password="1")
    as_(canton.commune).post(PAGE, new)
    sent = dict(OutgoingMessage.objects.values_list("kind", "to"))
    assert sent["accounts.email_changed"] == "commune@berne.example"
    assert sent["accounts.password_reset"] == "new@berne.example"
