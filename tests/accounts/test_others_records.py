"""No form takes a record of another tenant, whatever its fields are sent (TRUST §4)."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db.models import F
from django.test import Client

from accounts.models import Membership
from booking.models import Booking
from core import access
from core.tenancy import TenantQuerySet
from tests.accounts.routes import address, objects_of, routes
from tests.conftest import Canton, make_canton

# Which record each field of a form takes; other people's are sent in all of them at once.
FIELDS = {
    "move": "booking",
    "membership": "membership",
    "referral_type": "referral_type",
    "places": "place",
    "office": "office",
}
FILLED = {
    "language": "fr", "salutation": "mrs", "last_name": "X", "first_name": "Y",
    "nationality": "ER", "birth_date": "14.3.1991", "data-aim": "Z", "name": "X",
    "postcode": "2610", "email": "x@y.example", "not_after": "1.2.2027",
}  # fmt: skip


def entangled() -> list[str]:
    """Rows that point to a row of another tenant."""
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            other = field.related_model
            if "tenant" not in names or not other or field.name == "tenant":
                continue
            if "tenant" in {one.name for one in other._meta.fields}:
                crossed = model.objects.filter(
                    **{f"{field.name}__isnull": False}
                ).exclude(**{f"{field.name}__tenant": F("tenant")})
                found += [f"{model.__name__}.{field.name}"] * crossed.count()
    return found


def send_others_records(canton: Canton, client: Client) -> None:
    """Every POST route on one's own objects, with another tenant's records in its fields."""
    elsewhere = make_canton("zuerich")
    others = {
        **objects_of(elsewhere, elsewhere.commune, 10),
        "membership": elsewhere.commune.pk,
        "referral_type": elsewhere.recommended.pk,
        "place": elsewhere.place.pk,
        "office": elsewhere.office.pk,
    }
    body = {**FILLED, **{field: others[kind] for field, kind in FIELDS.items()}}
    own = objects_of(canton, canton.commune, 30)
    for name, view in routes().items():
        posts = "POST" in view.access.methods and view.access.kind == access.ROLES
        if posts or name == "accounts:switch":
            client.post(address(name, own), body)


def test_no_field_takes_another_tenants_record(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    send_others_records(canton, as_(canton.commune))
    assert entangled() == []
    assert Booking.objects.filter(last_name="X").count() == 0


def test_a_field_that_takes_any_record_is_seen(
    canton: Canton,
    as_: Callable[[Membership], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TenantQuerySet, "of", lambda self, tenant: self.all())
    send_others_records(canton, as_(canton.commune))
    assert entangled()
