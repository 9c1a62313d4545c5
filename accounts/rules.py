"""Who may do what with people's access. Nobody may do any of it with their own."""

from accounts.access import OPERATOR
from accounts.models import Membership, Organisation, User
from accounts.roles import registry


def sees_people(membership: Membership) -> bool:
    """Administrators see the people of their organisation, operators those of the tenant."""
    return membership.administrator or membership.role == OPERATOR


def sees_all_people(membership: Membership) -> bool:
    """Operators: everybody of the tenant."""
    return membership.role == OPERATOR


def can_administer(
    membership: Membership, organisation: Organisation | None = None
) -> bool:
    """Administrators look after the people of their own organisation.

    Operators look after those of every other one of the tenant, so that an organisation
    whose only administrator is gone can be helped.
    """
    if organisation is None or organisation.pk == membership.organisation_id:
        return membership.administrator
    own_tenant = organisation.tenant_id == membership.tenant_id
    return membership.role == OPERATOR and own_tenant


def can_invite(
    membership: Membership, role: str, organisation: Organisation | None = None
) -> bool:
    """An administrator gives the roles that their own role declares; never a higher one.

    Operators give any role elsewhere in the tenant, their own only as administrators.
    """
    if role not in registry.roles or not can_administer(membership, organisation):
        return False
    if organisation is None or organisation.pk == membership.organisation_id:
        own = registry.roles.get(membership.role)
        return own is not None and role in own.invites
    return role != OPERATOR or membership.administrator


def roles_to_give(membership: Membership, organisation: Organisation) -> list[str]:
    """The roles that this membership gives in this organisation, of the tenant's apps."""
    apps = {"accounts", *membership.tenant.apps}
    return sorted(
        key
        for key, role in registry.roles.items()
        if role.app in apps and can_invite(membership, key, organisation)
    )


def can_give(
    membership: Membership, user: User, role: str, organisation: Organisation
) -> bool:
    """As for inviting; one's own roles are given by somebody else."""
    return user.pk != membership.user_id and can_invite(membership, role, organisation)


def can_take(membership: Membership, row: Membership) -> bool:
    """Who could give a role takes it away again; never their own."""
    return can_give(membership, row.user, row.role, row.organisation)


def can_mark(membership: Membership, row: Membership) -> bool:
    """Makes somebody administrator of an organisation, or no longer; never oneself."""
    return can_take(membership, row)


def can_look_after(membership: Membership, user: User) -> bool:
    """Blocks, resets a lost factor, closes sessions: who could give all of this person's
    roles. So never one's own access, nor that of somebody who also works out of reach, nor
    of a higher role (TRUST 6.4.4). Somebody without any role is the operator's.
    """
    rows = list(user.memberships.all())
    if not rows:
        return membership.role == OPERATOR and user.pk != membership.user_id
    return all(can_give(membership, user, row.role, row.organisation) for row in rows)


def needs_factor(user: User) -> bool:
    """Whether the tenant's policy asks this person for a second factor.

    Somebody without any role gets one by an invitation, so is asked as well.
    """
    roles = [registry.roles[row.role] for row in user.memberships.all()]
    asked = not roles or any(one.second_factor for one in roles)
    return user.tenant.second_factor_required and asked
