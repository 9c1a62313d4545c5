"""Who may do what with people's access."""

from accounts.models import Membership, User
from accounts.roles import registry


def can_administer(membership: Membership) -> bool:
    """The administrators of an organisation look after its people."""
    return membership.administrator


def can_invite(membership: Membership, role: str) -> bool:
    """An administrator gives the roles that their own role declares; never a higher one."""
    own = registry.roles.get(membership.role)
    return can_administer(membership) and own is not None and role in own.invites


def can_block(membership: Membership, user: User) -> bool:
    """An administrator blocks people who work nowhere else, and never themselves."""
    if not can_administer(membership) or user.pk == membership.user_id:
        return False
    places = {row.organisation_id for row in user.memberships.all()}
    return places == {membership.organisation_id}


def can_reset_factor(membership: Membership, user: User) -> bool:
    """As for blocking: one's own factor is never reset by oneself (TRUST 6.4.4)."""
    return can_block(membership, user)
