"""Two people, or two clicks, at one account: what was done once is done once."""

from collections.abc import Callable

import pytest

from accounts import attempts
from accounts.actions import organisations, people, roles
from accounts.models import Attempt, Invitation, Membership, Organisation
from core.messages.models import OutgoingMessage
from tests.conftest import Canton, make_canton
from tests.core.concurrently import locked

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def canton() -> Canton:
    return make_canton("berne")


def twice(act: Callable[[], object]) -> None:
    with locked(act, act):
        pass


def test_a_try_counts_while_the_account_is_forgiven(canton: Canton) -> None:
    keys = attempts.keys_for("password", "somebody", None, known_browser=True)
    attempts.count(keys)
    with locked(lambda: attempts.forgive(keys), lambda: attempts.count(keys)):
        pass
    assert set(Attempt.objects.values_list("failures", flat=True)) == {1, 2}


def test_a_role_taken_by_two_is_told_once(canton: Canton, operator: Membership) -> None:
    row = canton.other_commune
    twice(lambda: roles.take(by=operator, row=Membership.objects.get(pk=row.pk)))
    assert OutgoingMessage.objects.filter(kind="accounts.role_taken").count() == 1


def test_of_two_invitations_at_once_one_link_is_good(
    canton: Canton, operator: Membership
) -> None:
    twice(
        lambda: people.invite(
            by=operator,
            email="new@x.example",
            role="booking.commune",
            administrator=False,
            language="fr",
            organisation=canton.commune.organisation,
        )
    )
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_saving_an_organisation_opens_none_that_was_closed_meanwhile(
    canton: Canton, operator: Membership
) -> None:
    row: Organisation = canton.other_commune.organisation
    read_before = Organisation.objects.get(pk=row.pk)
    organisations.set_active(by=operator, organisation=row, active=False)
    read_before.phone = "+41 32 555 01 00"
    organisations.save_organisation(by=operator, organisation=read_before)
    row.refresh_from_db()
    assert (row.active, row.phone) == (False, "+41 32 555 01 00")
