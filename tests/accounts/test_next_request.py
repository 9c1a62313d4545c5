"""What changes about somebody's access is felt at the very next request (TRUST §2.4)."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actions import care, factor, roles, sign_in
from accounts.models import Membership
from tests.accounts.door import DATES, NEW_PASSWORD, browser
from tests.conftest import PASSWORD, Canton, person

As = Callable[[Membership], Client]
REFUSED, OUT = 403, 302


def _close_the_organisation(by: Membership, row: Membership) -> None:
    row.organisation.active = False
    row.organisation.save()


DEEDS: dict[str, tuple[Callable[[Membership, Membership], object], int]] = {
    "role withdrawn": (lambda by, row: roles.take(by=by, row=row), REFUSED),
    "organisation deactivated": (_close_the_organisation, REFUSED),
    "person blocked": (lambda by, row: care.block(by=by, user=row.user), OUT),
    "sessions closed": (lambda by, row: care.close_sessions(by=by, user=row.user), OUT),
    "password changed": (
        lambda by, row: sign_in.set_password(user=row.user, password=NEW_PASSWORD),
        OUT,
    ),
    "factor reset": (
        lambda by, row: factor.reset_factor(
            user=row.user, by=by.user, identity_check="vue"
        ),
        OUT,
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_very_next_request_feels_it(canton: Canton, as_: As, deed: str) -> None:
    row = person(
        canton.tenant, "colleague", canton.commune.organisation, "booking.commune"
    )
    client = as_(row)
    assert client.get(DATES).status_code == 200
    do, expected = DEEDS[deed]
    do(canton.commune, row)
    assert client.get(DATES).status_code == expected
    assert client.post("/booking/wishes/").status_code == expected


def test_the_mark_of_an_administrator_too(canton: Canton, as_: As) -> None:
    second = person(
        canton.tenant, "second", canton.commune.organisation, "booking.commune",
        administrator=True,
    )  # fmt: skip
    client = as_(second)
    assert client.get("/team/").status_code == 200
    roles.mark_administrator(by=canton.commune, row=second, administrator=False)
    assert client.get("/team/").status_code == 403


def test_changing_ones_own_password_signs_out_everywhere(
    canton: Canton, as_: As
) -> None:
    here, there = as_(canton.commune), browser()
    there.cookies = here.cookies.copy()
    data = {"current": PASSWORD, "password": NEW_PASSWORD}
    assert here.post("/account/password/", data).status_code == 302
    assert there.get(DATES).status_code == OUT
    assert here.get(DATES).status_code == OUT
