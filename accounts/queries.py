"""What an administrator or an operator finds: people, organisations, invitations."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.access import OPERATOR
from accounts.models import (
    Invitation,
    Membership,
    Organisation,
    Tenant,
    TenantLogo,
    TermsAcceptance,
    User,
)
from core.dates import now
from core.search import alphabetical, fits


@dataclass(frozen=True)
class Wanted:
    """What the list of people is narrowed to; empty is everything."""

    words: str = ""
    role: str = ""
    state: str = ""
    organisation: Organisation | None = None


def organisations(by: Membership) -> QuerySet[Organisation]:
    """One's own organisation; of an operator, all of the tenant."""
    rows = Organisation.objects.of(by.tenant).order_by(*alphabetical("name"))
    return rows if by.role == OPERATOR else rows.filter(pk=by.organisation_id)


def memberships(by: Membership) -> QuerySet[Membership]:
    """Who works in one of these organisations, in which role."""
    rows = Membership.objects.of(by.tenant).filter(organisation__in=organisations(by))
    return rows.select_related("organisation", "user").order_by(
        "organisation__name", "role"
    )


def people(by: Membership) -> QuerySet[Any]:
    """Those who work there; an operator sees everybody of the tenant.

    Each has `roles_seen`: the memberships that this administrator or operator sees;
    and `terms_seen`: the versions of the terms accepted, the newest first.
    """
    rows = User.objects.of(by.tenant).filter(erased_at=None)
    accepted = TermsAcceptance.objects.of(by.tenant).order_by("-terms__number")
    accepted = accepted.select_related("terms")
    if by.role != OPERATOR:
        rows = rows.filter(
            pk__in=Membership.objects.filter(organisation=by.organisation_id).values(
                "user"
            )
        )
    return (
        rows.select_related("totp")
        .prefetch_related(
            "memberships__organisation",
            Prefetch("memberships", queryset=memberships(by), to_attr="roles_seen"),
            Prefetch("terms_accepted", queryset=accepted, to_attr="terms_seen"),
        )
        .order_by(*alphabetical("last_name", "first_name"), "username")
    )


STATES = {
    "active": Q(blocked_at=None, last_login__isnull=False),
    "new": Q(blocked_at=None, last_login=None),
    "blocked": Q(blocked_at__isnull=False),
    "no_factor": Q(totp=None),
}


def wanted_people(by: Membership, wanted: Wanted) -> QuerySet[Any]:
    """The people whose name, user name or address holds every word, and so on."""
    rows = people(by)
    columns = ("first_name", "last_name", "username", "email")
    rows = rows.filter(fits(wanted.words, *columns))
    works = Membership.objects.filter(organisation__in=organisations(by))
    if wanted.role:
        works = works.filter(role=wanted.role)
    if wanted.organisation:
        works = works.filter(organisation=wanted.organisation)
    if wanted.role or wanted.organisation:
        rows = rows.filter(pk__in=works.values("user"))
    return rows.filter(STATES.get(wanted.state, Q()))


def invitations(by: Membership) -> QuerySet[Invitation]:
    """Invitations to these organisations that nobody has taken or withdrawn, also lapsed ones."""
    return (
        Invitation.objects.of(by.tenant)
        .filter(
            organisation__in=organisations(by),
            invited_by__isnull=False,
            accepted_at=None,
            revoked_at=None,
        )
        .select_related("organisation")
        .order_by("email", "pk")
    )


def waiting(by: Membership) -> int:
    """How many invitations can still be accepted."""
    return invitations(by).filter(expires_at__gt=now()).count()


def logo_of(tenant: Tenant) -> bytes:
    """The picture that the operator uploaded, as PNG; empty without one."""
    row = TenantLogo.objects.filter(tenant=tenant).first()
    return bytes(row.png) if row else b""
