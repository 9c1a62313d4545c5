"""Accounts that nobody uses: a warning, then the person's traces go (TRUST §5)."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts import messages
from accounts.models import (
    Attempt,
    Invitation,
    Membership,
    PasswordReset,
    RecoveryCode,
    RememberedBrowser,
    Tenant,
    TermsAcceptance,
    TotpDevice,
    User,
    UserSession,
)
from core import journal
from core.dates import now
from core.db import refusing_with_sentences
from core.errors import Refusal
from core.messages.models import OutgoingMessage
from core.privacy.retention import before
from core.privacy.subjects import held_ids

WARNED_BEFORE = dt.timedelta(days=30)
ACCOUNTS = "accounts.users"
TRACES = "accounts.traces"
INVITATIONS = "accounts.invitations"


def _unused(tenant: Tenant, since: dt.datetime) -> QuerySet[User]:
    """Who has not signed in since; one who never did counts from the account's beginning."""
    rows: QuerySet[User] = (
        User.objects.of(tenant)
        .filter(erased_at=None)
        .annotate(active_at=Coalesce("last_login", "created_at"))
        .filter(active_at__lt=since)
        .exclude(pk__in=held_ids(tenant))
    )
    return rows


def to_warn(tenant: Tenant) -> list[QuerySet[User]]:
    """Unused until thirty days before the end, and not warned since the last sign-in."""
    rows = _unused(tenant, before(tenant, ACCOUNTS) + WARNED_BEFORE)
    return [rows.filter(Q(warned_at=None) | Q(warned_at__lt=F("active_at")))]


def warn(tenant: Tenant, model: type[Model], pks: list[uuid.UUID]) -> list[uuid.UUID]:
    """Writes to them: who signs in keeps the account."""
    at = now()
    for user in User.objects.of(tenant).filter(pk__in=pks).select_related("tenant"):
        user.warned_at = at
        user.save(update_fields=["warned_at"])
        messages.unused(user, until=at + WARNED_BEFORE)
    return pks


def unused(tenant: Tenant) -> list[QuerySet[User]]:
    """Warned thirty days ago, and still not back."""
    rows = _unused(tenant, before(tenant, ACCOUNTS))
    warned = rows.filter(
        warned_at__lte=now() - WARNED_BEFORE, warned_at__gte=F("active_at")
    )
    return [warned]


def erase(tenant: Tenant, model: type[Model], pks: list[uuid.UUID]) -> list[uuid.UUID]:
    """Erases accounts; one without whom an organisation had no administrator stays."""
    done = []
    for user in User.objects.of(tenant).filter(pk__in=pks, erased_at=None):
        try:
            with refusing_with_sentences(), transaction.atomic():
                _erase(user)
        except Refusal:
            continue
        done.append(user.pk)
    return done


def _erase(user: User) -> None:
    """The row stays, for others' history refers to it; it names nobody."""
    user.sessions.all().delete()
    TotpDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    RememberedBrowser.objects.filter(user=user).delete()
    PasswordReset.objects.filter(user=user).delete()
    TermsAcceptance.objects.filter(user=user).delete()
    Membership.objects.filter(user=user).delete()
    own = OutgoingMessage.objects.filter(tenant=user.tenant)
    own.about([user.pk]).delete()
    user.username = f"-{user.pk.hex}"
    user.email = user.first_name = user.last_name = ""
    user.set_unusable_password()
    user.last_login = None
    user.blocked_at = user.blocked_at or now()
    user.erased_at = now()
    user.save()
    journal.record(
        "person.erased", tenant_id=user.tenant_id, actor_id=None, subject=user
    )


def traces(tenant: Tenant) -> list[Any]:
    """Sessions, remembered browsers, links and failed tries that have run out."""
    limit = before(tenant, TRACES)
    of_tenant = Q(user__tenant=tenant) & ~Q(user__in=held_ids(tenant))
    return [
        UserSession.objects.filter(of_tenant | Q(user=None), expire_date__lt=limit),
        RememberedBrowser.objects.filter(of_tenant, expires_at__lt=limit),
        PasswordReset.objects.filter(of_tenant, expires_at__lt=limit),
        Attempt.objects.filter(last_at__lt=limit),
    ]


def invitations(tenant: Tenant) -> list[QuerySet[Invitation]]:
    """Accepted, withdrawn or run out; a week is the longest that one is open."""
    limit = before(tenant, INVITATIONS)
    rows = Invitation.objects.of(tenant).exclude(pk__in=held_ids(tenant))
    return [rows.filter(created_at__lt=limit, expires_at__lt=limit)]
