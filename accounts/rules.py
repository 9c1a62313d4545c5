"""Who may do what with people's access."""

from accounts.access import OPERATOR
from accounts.models import Membership, Organisation, User
from accounts.roles import registry


def can_administer(membership: Membership) -> bool:
    """The administrators of an organisation look after its people."""
    return membership.administrator


def can_invite(
    membership: Membership, role: str, organisation: Organisation | None = None
) -> bool:
    """An administrator gives the roles that their own role declares; never a higher one.

    The operator's administrators give any role in the other organisations of the tenant.
    """
    if not can_administer(membership):
        return False
    if organisation is None or organisation == membership.organisation:
        own = registry.roles.get(membership.role)
        return own is not None and role in own.invites
    own_tenant = organisation.tenant_id == membership.tenant_id
    return membership.role == OPERATOR and own_tenant and role in registry.roles


def can_block(membership: Membership, user: User) -> bool:
    """An administrator blocks people who work nowhere else, and never themselves."""
    if not can_administer(membership) or user.pk == membership.user_id:
        return False
    places = {row.organisation_id for row in user.memberships.all()}
    return places == {membership.organisation_id}


def can_reset_factor(membership: Membership, user: User) -> bool:
    """As for blocking: one's own factor is never reset by oneself (TRUST 6.4.4)."""
    return can_block(membership, user)


def needs_factor(user: User) -> bool:
    """Whether the tenant's policy asks this person for a second factor.

    Somebody without any role gets one by an invitation, so is asked as well.
    """
    roles = [registry.roles[row.role] for row in user.memberships.all()]
    asked = not roles or any(one.second_factor for one in roles)
    return user.tenant.second_factor_required and asked
