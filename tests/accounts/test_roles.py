"""Roles and the mark of an administrator: given, taken, told; one administrator stays."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actions import care, people, roles
from accounts.limits import FRESH_FOR
from accounts.models import Membership, User
from core.dates import now
from core.errors import Refusal
from core.journal import ACTS, JournalEntry
from tests.accounts.door import (
    invite,
    told,
)
from tests.conftest import Canton, code_of, person
from tests.core.concurrently import at_once

As = Callable[[Membership], Client]
MINUTE = dt.timedelta(minutes=1)


def test_one_never_raises_oneself_by_an_invitation(
    canton: Canton, operator: Membership
) -> None:
    with pytest.raises(Refusal):
        invite(operator, operator.user.email, organisation=canton.office.organisation)
    row = invite(operator, "alias@x.example", organisation=canton.office.organisation)
    people.update_profile(user=operator.user, email="alias@x.example", language="fr")
    with pytest.raises(people.InvitationGone):
        people.accept(invitation=row, user=operator.user)


@pytest.mark.parametrize("role", ["accounts.operator", "booking.office_admin", "x"])
def test_only_roles_of_ones_own_are_given(
    canton: Canton, as_: As, colleague: Membership, role: str
) -> None:
    path = f"/team/{colleague.user_id}/roles/"
    assert as_(canton.commune).post(path, {"role": role}).status_code == 422
    with pytest.raises(roles.NotYours):
        roles.give(
            by=canton.commune, user=colleague.user, role=role,
            organisation=colleague.organisation,
        )  # fmt: skip
    assert colleague.user.memberships.count() == 1


def test_a_plain_operator_makes_no_operators(
    canton: Canton, operator: Membership
) -> None:
    plain = person(canton.tenant, "plain", operator.organisation, "accounts.operator")
    for by, may in ((operator, True), (plain, False)):
        given = {
            "by": by, "user": canton.other_commune.user, "role": "accounts.operator",
            "organisation": canton.other_commune.organisation,
        }  # fmt: skip
        if may:
            roles.take(by=operator, row=roles.give(**given))
        else:
            with pytest.raises(roles.NotYours):
                roles.give(**given)
    with pytest.raises(Refusal):
        care.block(by=plain, user=operator.user)


def test_roles_and_the_mark_are_given_and_taken_and_told(
    canton: Canton, as_: As, operator: Membership
) -> None:
    client, user = as_(operator), canton.other_commune.user
    place = canton.other_commune.organisation_id
    given = {"role": "booking.counsellor", "organisation": place}
    assert client.post(f"/team/{user.pk}/roles/", given).status_code == 302
    assert client.post(f"/team/{user.pk}/roles/", given).status_code == 422  # has it
    row = user.memberships.get(role="booking.counsellor")
    client.post(f"/team/roles/{row.pk}/administrator/", {"administrator": "1"})
    assert user.memberships.filter(administrator=True).count() == 2  # there, in all
    other = person(
        canton.tenant, "third", row.organisation, "booking.commune", administrator=True
    )
    client.post(f"/team/roles/{row.pk}/administrator/", {"administrator": "0"})
    assert not user.memberships.filter(administrator=True).exists()
    client.post(f"/team/roles/{row.pk}/take/")
    assert not user.memberships.filter(role="booking.counsellor").exists()
    assert told(user.email) >= {
        "role_given", "role_taken", "administrator_given", "administrator_taken",
    }  # fmt: skip
    assert other.organisation.memberships.filter(administrator=True).count() == 1
    acts = JournalEntry.objects.filter(actor_id=operator.user_id, subject_id=user.pk)
    done = set(acts.values_list("action", flat=True))
    assert done >= {
        "role.given", "role.taken", "administrator.given", "administrator.taken",
    }  # fmt: skip
    assert done <= ACTS.keys()  # the journal has words for them


SENTENCE = "garde toujours"


@pytest.mark.parametrize("way", ["take", "administrator"])
def test_the_last_administrator_stays_and_a_sentence_says_so(
    canton: Canton, as_: As, operator: Membership, way: str
) -> None:
    client = as_(operator)
    data = {"administrator": "0"}
    answer = client.post(f"/team/roles/{canton.commune.pk}/{way}/", data, follow=True)
    assert SENTENCE in answer.text
    canton.commune.refresh_from_db()
    assert canton.commune.administrator
    assert told(canton.commune.user.email) <= {"factor_enrolled"}


def test_the_last_administrator_is_not_blocked(
    canton: Canton, as_: As, operator: Membership
) -> None:
    path = f"/team/{canton.commune.user_id}/block/"
    client = as_(operator)
    assert SENTENCE in client.post(path, {"blocked": "1"}, follow=True).text
    person(
        canton.tenant, "second", canton.commune.organisation, "booking.commune",
        administrator=True,
    )  # fmt: skip
    assert SENTENCE not in client.post(path, {"blocked": "1"}, follow=True).text
    canton.commune.user.refresh_from_db()
    assert canton.commune.user.blocked_at


def test_the_database_itself_refuses(canton: Canton) -> None:
    row = canton.commune
    for way in (
        lambda: Membership.objects.filter(pk=row.pk).update(administrator=False),
        lambda: Membership.objects.filter(pk=row.pk).delete(),
        lambda: Membership.objects.filter(pk=row.pk).update(
            organisation=canton.other_commune.organisation
        ),
        lambda: User.objects.filter(pk=row.user_id).update(blocked_at=now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            way()


@pytest.mark.concurrency
@pytest.mark.parametrize("way", ["mark", "take", "block"])
@pytest.mark.django_db(transaction=True)
def test_two_who_remove_each_other_at_once_leave_one(canton: Canton, way: str) -> None:
    both = [
        canton.commune,
        person(
            canton.tenant, "second", canton.commune.organisation, "booking.commune",
            administrator=True,
        ),
    ]  # fmt: skip

    def act(number: int) -> None:
        by, other = both[number], both[1 - number]
        if way == "mark":
            roles.mark_administrator(by=by, row=other, administrator=False)
        elif way == "take":
            roles.take(by=by, row=other)
        else:
            care.block(by=by, user=other.user)

    results = at_once(2, act)
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, Refusal) for result in results) == 1
    left = Membership.objects.filter(
        organisation=canton.commune.organisation, administrator=True,
        user__blocked_at=None,
    )  # fmt: skip
    assert left.count() == 1


def test_a_role_withdrawn_leaves_the_list(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    client = as_(canton.commune)
    answer = client.post(f"/team/roles/{colleague.pk}/take/")
    assert answer.url == "/team/"
    assert client.get(f"/team/{colleague.user_id}/").status_code == 404


def test_making_administrators_asks_for_a_fresh_code(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    client = as_(canton.commune)
    wanted = {
        "email": "chief@x.example", "role": "booking.commune", "language": "fr",
        "administrator": "1",
    }  # fmt: skip
    path = f"/team/roles/{colleague.pk}/administrator/"
    made = {"administrator": "1"}
    with time_machine.travel(now() + FRESH_FOR + MINUTE, tick=False):
        answer = client.post("/team/invite/", wanted)
        assert answer.status_code == 422
        assert wanted["email"] in answer.text
        plain = {**wanted, "administrator": "0"}
        assert client.post("/team/invite/", plain).status_code == 302
        prove = client.post(path, made).url
        assert prove.startswith("/account/prove/?next=%2Fteam%2F")
        colleague.refresh_from_db()
        assert not colleague.administrator
        assert client.post(prove, {"code": "000000"}).status_code == 422
        shown = code_of(canton.commune.user)
        assert client.post(prove, {"code": shown}).url == (
            f"/team/{colleague.user_id}/"
        )
        client.post(path, made)
        colleague.refresh_from_db()
        assert colleague.administrator
        assert client.post("/team/invite/", wanted).status_code == 302
