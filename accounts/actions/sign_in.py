"""Password, then second factor; forgotten passwords; signing out everywhere."""

import datetime as dt

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import attempts, messages, secrets
from accounts.backends import TenantBackend
from accounts.models import PasswordReset, Tenant, User
from core import journal
from core.dates import now
from core.errors import Refusal

RESET_GOOD_FOR = dt.timedelta(hours=1)


class WrongCredentials(Refusal):
    """Unknown name or wrong password: one sentence for both."""

    def __init__(self) -> None:
        super().__init__(_("The user name or the password is not right."))


def check_password(
    *,
    tenant: Tenant,
    login: str,
    password: str,
    address: str | None,
    known_browser_of: set[str],
) -> User:
    """The person, when the password is right.

    Raises WrongCredentials or TooManyAttempts, alike for known and unknown names.
    """
    found = TenantBackend.find(tenant, login) if "\x00" not in login else None
    keys = attempts.keys_for(
        "password",
        f"{tenant.pk}|{found.pk if found else login.lower()}",
        address,
        known_browser=found is not None and str(found.pk) in known_browser_of,
    )
    attempts.count(keys)
    user = authenticate(None, tenant=tenant, login=login, password=password)
    if not isinstance(user, User):
        journal.record(
            "sign_in.refused",
            tenant_id=tenant.pk,
            actor_id=found.pk if found else None,
            address=address,
        )
        raise WrongCredentials
    attempts.forgive(keys)
    return user


@transaction.atomic
def ask_password_reset(*, tenant: Tenant, login: str) -> None:
    """Sends a link when there is such an account; nobody learns whether (BKG-004).

    A new link kills the former. The second factor still stands after a reset.
    """
    user = TenantBackend.find(tenant, login) if "\x00" not in login else None
    if user is None or not user.is_active or not user.email:
        return
    token = secrets.new_token()
    PasswordReset.objects.update_or_create(
        user=user,
        defaults={
            "token_hash": secrets.token_hash(token),
            "expires_at": now() + RESET_GOOD_FOR,
        },
    )
    journal.record("password.reset_asked", tenant_id=tenant.pk, actor_id=user.pk)
    messages.password_reset(user, token=token)


def reset_of(*, tenant: Tenant, hashed: str) -> PasswordReset | None:
    """The reset that this link stands for, if it is still good."""
    return PasswordReset.objects.filter(
        token_hash=hashed,
        expires_at__gt=now(),
        user__tenant=tenant,
        user__blocked_at=None,
    ).first()


def change_password(
    *, user: User, current: str, password: str, address: str | None
) -> None:
    """A new password for somebody who knows the present one.

    Raises Refusal for a wrong present password, TooManyAttempts when it is guessed at.
    """
    keys = attempts.keys_for(
        "password", f"{user.tenant_id}|{user.pk}", address, known_browser=True
    )
    attempts.count(keys)
    if not user.check_password(current):
        raise Refusal(_("This is not your present password."), field="current")
    attempts.forgive(keys)
    set_password(user=user, password=password)


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """A new password; every session, remembered browser and open link is dead.

    Raises ValidationError when the password is too weak (TRUST §2.1).
    """
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    PasswordReset.objects.filter(user=user).delete()
    user.remembered_browsers.all().delete()
    user.sessions.all().delete()
    journal.record("password.changed", tenant_id=user.tenant_id, actor_id=user.pk)
    messages.password_changed(user)
