"""An account of one's own, where a role is open to everybody (CTR-024).

The address is confirmed first: what is created is an invitation to the open role, and its
link makes the account. Known and unknown addresses get the same answer (TRUST §2.5).
"""

from django.db import transaction

from accounts import attempts, messages
from accounts.actions.people import new_link
from accounts.models import Organisation, Tenant, User
from accounts.roles import Role, registry
from core import journal

PORTAL = "Portail"  # the organisation of all who have registered themselves


def open_role(tenant: Tenant) -> Role | None:
    """The role that anybody may take with this tenant, if one of its apps has such a role."""
    roles = registry.roles.values()
    return next((one for one in roles if one.open and one.app in tenant.apps), None)


def register(
    *, tenant: Tenant, role: Role, email: str, language: str, address: str | None
) -> None:
    """Sends the link that makes an account, or a word to who has one already.

    Raises TooManyAttempts: at most three messages an hour go to one address.
    """
    attempts.count(
        [
            attempts.Key(f"register|{tenant.pk}|{email.lower()}", free=3),
            attempts.Key(f"register|address|{address}", free=20),
        ]
    )
    with transaction.atomic():
        known = User.objects.of(tenant).filter(email__iexact=email).first()
        if known:
            messages.has_account(known)
            return
        portal, _new = Organisation.objects.get_or_create(tenant=tenant, name=PORTAL)
        invitation, token = new_link(
            portal, email=email, role=role.key, language=language
        )
        journal.record(
            "registration.asked", tenant_id=tenant.pk, actor_id=None, subject=invitation
        )
        messages.registration(invitation, token=token)
