"""People with an account, as those whom data is about."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, Tenant, TermsAcceptance, TotpDevice, User
from accounts.roles import registry
from core.privacy.access import section
from core.privacy.subjects import Dossier, Found, Subject, register
from core.search import alphabetical, fits

KEY = "accounts.user"


def _rows(tenant: Tenant) -> Any:
    return User.objects.of(tenant).filter(erased_at=None)


def fitting(tenant: Tenant, words: str) -> Any:
    """All accounts whose name, user name or e-mail holds the words."""
    wanted = fits(words, "username", "email", "first_name", "last_name")
    return _rows(tenant).filter(wanted)


def find(tenant: Tenant, words: str) -> list[Found]:
    """Accounts by name, user name or e-mail; a few."""
    rows = fitting(tenant, words).prefetch_related("memberships")
    return [
        Found(KEY, user.pk, str(user), (user.username, user.email, _roles(user)))
        for user in rows.order_by(*alphabetical("last_name", "first_name"), "username")[
            :20
        ]
    ]


def _roles(user: User) -> str:
    keys = sorted({row.role for row in user.memberships.all()})
    return ", ".join(str(registry.roles[key].label) for key in keys)


def names(tenant: Tenant, pks: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by id; accounts that are gone are called so."""
    return {user.pk: str(user) for user in User.objects.of(tenant).filter(pk__in=pks)}


def ids(tenant: Tenant, pk: uuid.UUID) -> set[uuid.UUID]:
    """The account's own id, and those of the invitations to its address."""
    user = _rows(tenant).exclude(email="").filter(pk=pk).first()
    if user is None:
        return {pk}
    rows = Invitation.objects.of(tenant).filter(email__iexact=user.email)
    return {pk} | set(rows.values_list("pk", flat=True))


def dossier(tenant: Tenant, pk: uuid.UUID) -> Dossier | None:
    """Everything on an account; None when there is none."""
    user = _rows(tenant).filter(pk=pk).first()
    if user is None:
        return None
    sections = [
        section(_("Account"), [user], LABELS),
        section(_("Roles"), user.memberships.all(), {"role": _("Role")}),
        section(_("Second factor"), TotpDevice.objects.filter(user=user)),
        section(_("Remembered browsers"), user.remembered_browsers.all()),
        section(_("Open sessions"), user.sessions.all()),
        section(
            _("Invitations"),
            Invitation.objects.of(tenant).filter(email__iexact=user.email),
        ),
        section(_("Terms of use accepted"), TermsAcceptance.objects.filter(user=user)),
    ]
    return Dossier(str(user), sections)


LABELS = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "username": _("User name"),
    "email": _("E-mail"),
    "language": _("Language"),
    "created_at": _("Account created"),
    "last_login": _("Last sign-in"),
    "blocked_at": _("Account blocked"),
}


register(Subject(KEY, _("Account"), find, names, ids, dossier))
