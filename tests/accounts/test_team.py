"""The people of an organisation: who is in the list, who is invited."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import care
from accounts.actions.erasure import erase
from accounts.limits import FRESH_FOR
from accounts.models import Invitation, Membership, User
from accounts.team_forms import PeopleForm
from core.dates import now
from tests.accounts.door import (
    browser,
    invite,
    path_in_mail,
)
from tests.conftest import Canton, code_of

As = Callable[[Membership], Client]
MINUTE = dt.timedelta(minutes=1)


def test_the_list_says_who_is_where(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    invite(canton.commune, "guest@x.example")
    care.block(by=canton.commune, user=colleague.user)
    page = as_(canton.commune).get("/team/").text
    for words in ("Colleague", "Bloqué", "guest@x.example", "Configuré"):
        assert words in page
    assert "Other" not in page  # another organisation's


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("q=colle", True),
        ("q=other", False),
        ("state=blocked", False),
        ("state=new", True),
        ("role=booking.commune", True),
        ("role=nonsense", True),  # nonsense narrows nothing
        ("q=%00", True),
        ("page=x", True),
    ],
)
def test_the_list_can_be_narrowed(
    canton: Canton, as_: As, colleague: Membership, query: str, there: bool
) -> None:
    answer = as_(canton.commune).get(f"/team/?{query}")
    assert answer.status_code == 200
    assert (str(colleague.user_id) in answer.text) is there


def test_an_operator_finds_the_people_of_every_organisation_by_it(
    canton: Canton, as_: As, operator: Membership
) -> None:
    client = as_(operator)
    assert str(canton.other_commune.user_id) in client.get("/team/").text
    place = canton.commune.organisation_id
    page = client.get(f"/team/?organisation={place}").text
    assert str(canton.commune.user_id) in page
    assert str(canton.other_commune.user_id) not in page


def test_renewing_kills_the_former_link(canton: Canton, as_: As) -> None:
    row = invite(canton.commune, "guest@x.example", administrator=True)
    former = path_in_mail("accounts.invitation")
    as_(canton.commune).post(f"/team/invitations/{row.pk}/renew/")
    newer = path_in_mail("accounts.invitation")
    for link, status in ((former, 410), (newer, 200)):
        client = browser()
        client.get(link)
        assert client.get("/invitation/").status_code == status
    left = Invitation.objects.get(revoked_at=None)
    assert (left.email, left.administrator) == ("guest@x.example", True)


def test_an_operator_invites_into_any_organisation(
    canton: Canton, as_: As, operator: Membership
) -> None:
    place = canton.office.organisation_id
    wanted = {
        "email": "chief@x.example", "role": "booking.office_admin", "language": "de",
        "organisation": place, "administrator": "1",
    }  # fmt: skip
    assert as_(operator).post("/team/invite/", wanted).status_code == 302
    row = Invitation.objects.get()
    assert (row.organisation_id, row.administrator) == (place, True)
    elsewhere = {**wanted, "organisation": canton.commune.organisation_id}
    as_(canton.commune).post("/team/invite/", {**elsewhere, "role": "booking.commune"})
    mine = Invitation.objects.exclude(pk=row.pk).get()
    assert mine.organisation_id == canton.commune.organisation_id


def test_renewing_an_administrators_invitation_asks_for_a_fresh_code(
    canton: Canton, as_: As
) -> None:
    chief = invite(canton.commune, "chief@x.example", administrator=True)
    plain = invite(canton.commune, "plain@x.example")
    client = as_(canton.commune)
    with time_machine.travel(now() + FRESH_FOR + MINUTE, tick=False):
        client.post(f"/team/invitations/{plain.pk}/renew/")
        prove = client.post(f"/team/invitations/{chief.pk}/renew/").url
        assert prove == "/account/prove/?next=%2Fteam%2F"
        left = Invitation.objects.filter(revoked_at=None, accepted_at=None)
        assert chief in left
        assert plain not in left
        client.post(prove, {"code": code_of(canton.commune.user)})
        client.post(f"/team/invitations/{chief.pk}/renew/")
        assert chief not in left.all()


def test_who_was_erased_is_not_in_the_list(
    canton: Canton, as_: As, operator: Membership, colleague: Membership
) -> None:
    gone = colleague.user
    erase(canton.tenant, User, [gone.pk])
    client = as_(operator)
    assert str(gone.pk) not in client.get("/team/").text
    assert client.get(f"/team/{gone.pk}/").status_code == 404


def test_the_roles_to_choose_from_come_once_from_the_database(
    canton: Canton, colleague: Membership
) -> None:
    with CaptureQueriesContext(connection) as queries:
        form = PeopleForm(by=canton.commune)
    assert [key for key, _label in form.fields["role"].choices] == [
        "", "booking.commune",
    ]  # fmt: skip
    assert any("SELECT DISTINCT" in one["sql"] for one in queries)
