"""A new tenant, made by whoever hosts the house: the first thing after the installation.

The sentences of refusal are the host's, in English as all commands are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from accounts import messages
from accounts.access import OPERATOR
from accounts.actions.people import new_link
from accounts.models import Invitation, Membership, Organisation, Tenant, TenantHost
from accounts.roles import registry
from core import journal
from core.dates import now
from core.errors import Refusal
from core.schedules import CANTONS

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)*")


@dataclass(frozen=True)
class Wish:
    """What is to stand: the tenant, its door, its first operator.

    `texts` holds `name`, `office`, `tool_title` in each language: `name_fr` and so on.
    """

    slug: str
    host: str
    texts: dict[str, str]
    languages: Sequence[str]
    apps: Sequence[str]
    operator: str
    operator_language: str
    canton: str  # whose public holidays close slots


@dataclass(frozen=True)
class Founded:
    """What there is now; `invitation` is None when the operator has the role already."""

    tenant: Tenant
    invitation: Invitation | None
    new: bool
    sent: bool


def found(wish: Wish) -> Founded:
    """Makes the tenant and invites its first operator; twice is once. Raises Refusal.

    What exists is left as it is. An invitation that still waits is not sent again; one
    that has lapsed is.
    """
    _examine(wish)
    with transaction.atomic():
        tenant, new = Tenant.objects.get_or_create(
            slug=wish.slug,
            defaults={
                **wish.texts,
                "languages": list(wish.languages),
                "apps": list(wish.apps),
                "canton": wish.canton,
            },
        )
        # Two that run at the same moment send one invitation.
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        _open_door(tenant, wish.host, new)
        invitation, sent = _invite(tenant, wish)
        if new:
            journal.record("tenant.founded", tenant_id=tenant.pk, actor_id=None)
    return Founded(tenant, invitation, new, sent)


def _examine(wish: Wish) -> None:
    """Every fault that can be seen without the database; raises Refusal at the first."""
    offered = {code for code, _name in settings.LANGUAGES}
    built = sorted({one.app for one in registry.roles.values()} - {"accounts"})
    try:
        validate_slug(wish.slug)
    except ValidationError:
        raise Refusal(
            f"“{wish.slug}” is no short name: write letters, figures and hyphens only."
        ) from None
    if not HOST.fullmatch(wish.host):
        raise Refusal(f"“{wish.host}” is no host name: write reservations.example.ch.")
    if not wish.languages or not offered.issuperset(wish.languages):
        raise Refusal(f"Languages are {_listed(sorted(offered))}.")
    if wish.canton not in CANTONS:
        raise Refusal(f"Cantons are {_listed(sorted(CANTONS))}.")
    if not wish.apps or not set(built).issuperset(wish.apps):
        raise Refusal(f"Apps are {_listed(built)}.")
    if wish.operator_language not in wish.languages:
        raise Refusal("The operator's language is one of the tenant's.")
    try:
        validate_email(wish.operator)
    except ValidationError:
        raise Refusal(f"“{wish.operator}” is no e-mail address.") from None


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)


def _open_door(tenant: Tenant, host: str, new: bool) -> None:
    """The host name leads to this tenant and to no other."""
    hosts = [row.host for row in tenant.hosts.order_by("pk")]
    if not new and host not in hosts:
        raise Refusal(
            f"The tenant {tenant.slug} exists already, at {_listed(hosts)}."
            " Nothing was changed."
        )
    door, _made = TenantHost.objects.get_or_create(
        host=host, defaults={"tenant": tenant}
    )
    if door.tenant_id != tenant.pk:
        raise Refusal(
            f"{host} leads to the tenant {door.tenant.slug} already."
            " Nothing was changed."
        )


def _invite(tenant: Tenant, wish: Wish) -> tuple[Invitation | None, bool]:
    """The operator's invitation, and whether it was sent just now."""
    operators = Membership.objects.of(tenant).filter(role=OPERATOR)
    if operators.filter(user__email__iexact=wish.operator).exists():
        return None, False
    invitations = Invitation.objects.of(tenant).filter(
        email__iexact=wish.operator, role=OPERATOR, accepted_at=None, revoked_at=None
    )
    waiting = invitations.filter(expires_at__gt=now()).order_by("-expires_at").first()
    if waiting:
        return waiting, False
    organisation, _new = Organisation.objects.get_or_create(
        tenant=tenant, name=tenant.office[:120] or tenant.name
    )
    invitation, token = new_link(
        organisation,
        email=wish.operator,
        role=OPERATOR,
        administrator=True,
        language=wish.operator_language,
    )
    messages.invitation(invitation, token=token)
    return invitation, True
