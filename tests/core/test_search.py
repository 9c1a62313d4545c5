"""Names are found and stand in order whatever their accents."""

import pytest
from django.db.models import QuerySet

from accounts.models import Organisation
from core.search import alphabetical, cut, fits, plain
from tests.conftest import make_canton

pytestmark = pytest.mark.django_db


NAMES = ("Zell", "Öztürk", "Écublens", "Eggiwil", "oberburg", "Pery Łódź")


@pytest.fixture
def rows() -> QuerySet[Organisation]:
    tenant = make_canton("berne").tenant
    made = [Organisation.objects.create(tenant=tenant, name=name) for name in NAMES]
    return Organisation.objects.filter(pk__in=[row.pk for row in made])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ozturk", "Öztürk"),
        ("Öz", "Öztürk"),
        ("ECUBLENS", "Écublens"),
        ("pery lodz", "Pery Łódź"),
        ("péry", "Pery Łódź"),
        ("100%", None),
        ("_ell", None),
    ],
)
def test_a_name_is_found_as_one_types_it(
    rows: QuerySet[Organisation], typed: str, found: str | None
) -> None:
    rows = rows.filter(fits(typed, "name"))
    assert list(rows.values_list("name", flat=True)) == ([found] if found else [])


def test_names_stand_where_people_look_for_them(
    rows: QuerySet[Organisation],
) -> None:
    rows = rows.order_by(*alphabetical("name"))
    assert list(rows.values_list("name", flat=True)) == [
        "Écublens", "Eggiwil", "oberburg", "Öztürk", "Pery Łódź", "Zell",
    ]  # fmt: skip


def test_small_letters_without_accents() -> None:
    assert plain("Février Ñ") == "fevrier n"
    assert cut(" a\x00b ") == "ab"
