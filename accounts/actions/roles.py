"""Giving and taking roles, and the mark of an administrator. The person is told each time."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.actions.people import give_role
from accounts.models import Membership, Organisation, User
from accounts.rules import can_give, can_mark, can_take
from core import journal
from core.db import refusing_with_sentences
from core.errors import Refusal


class NotYours(Refusal):
    """The role is not this person's to give or to take; one's own is nobody's own."""

    def __init__(self) -> None:
        super().__init__(_("You may not give or take this role."), field="role")


@transaction.atomic
def give(
    *, by: Membership, user: User, role: str, organisation: Organisation
) -> Membership:
    """The person works in the organisation in one more role. Raises NotYours, or Refusal
    when the role is there already. Who administers the place does so in this role too.
    """
    if user.tenant_id != by.tenant_id or not can_give(by, user, role, organisation):
        raise NotYours
    there = user.memberships.filter(organisation=organisation)
    if there.filter(role=role).exists():
        raise Refusal(_("This person has this role already."), field="role")
    row = give_role(
        user=user,
        organisation=organisation,
        role=role,
        administrator=there.filter(administrator=True).exists(),
    )
    _record("role.given", by, row)
    messages.role_changed(row, by=by.user, given=True)
    return row


def take(*, by: Membership, row: Membership) -> None:
    """The role is withdrawn: the very next request feels it. Raises Refusal, also where the
    organisation would have no administrator left; twice is once.
    """
    if not can_take(by, row):
        raise NotYours
    with refusing_with_sentences(), transaction.atomic():
        gone, _kinds = Membership.objects.filter(pk=row.pk).delete()
        if gone:
            _record("role.taken", by, row)
            messages.role_changed(row, by=by.user, given=False)


def mark_administrator(*, by: Membership, row: Membership, administrator: bool) -> None:
    """Makes the person administrator of the organisation, in all roles there, or no longer;
    twice is once.

    Raises Refusal, also where the organisation would have no administrator left.
    """
    if not can_mark(by, row):
        raise NotYours
    with refusing_with_sentences(), transaction.atomic():
        others = row.user.memberships.filter(
            organisation=row.organisation, administrator=not administrator
        )
        if not others.update(administrator=administrator):
            return
        row.administrator = administrator
        _record(
            "administrator.given" if administrator else "administrator.taken", by, row
        )
        messages.administrator_changed(row, by=by.user)


def _record(action: str, by: Membership, row: Membership) -> None:
    journal.record(
        action,
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=row.user,
        detail={"role": row.role, "organisation": str(row.organisation_id)},
    )
