"""Messages about people's access. One function each; all go through the outbox."""

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.addresses import absolute
from accounts.models import Invitation, Membership, User
from accounts.roles import role
from core.dates import now
from core.messages.outbox import queue


def _tell(
    user: User, kind: str, key: object, *, to: str | None = None, **context: Any
) -> None:
    """A message to a person's own address, if there is one, or to the former one."""
    to = user.email if to is None else to
    if not to:
        return
    queue(
        tenant=user.tenant,
        kind=f"accounts.{kind}",
        dedupe_key=f"accounts.{kind}:{user.pk}:{key}",
        to=to,
        language=user.language,
        template=f"accounts/messages/{kind}",
        context={
            "person": user,
            "sign_in": absolute(user.tenant, reverse("accounts:sign_in")),
            **context,
        },
        sensitive="token" in context,
    )


def _moment() -> str:
    return now().isoformat()


def factor_enrolled(user: User) -> None:
    """An authenticator app was set up."""
    _tell(user, "factor_enrolled", _moment())


def recovery_code_used(user: User, *, left: int) -> None:
    """A recovery code let somebody in; so many are left."""
    _tell(user, "recovery_code_used", _moment(), left=left)


def factor_reset(user: User, *, by: User) -> None:
    """An administrator took the second factor away (BKG-005)."""
    _tell(user, "factor_reset", _moment(), by=by)


def recovery_codes_renewed(user: User) -> None:
    """There are ten new recovery codes; the former ones are dead."""
    _tell(user, "recovery_codes_renewed", _moment())


def blocked(user: User, *, by: User) -> None:
    """An administrator has blocked the account."""
    _tell(user, "blocked", _moment(), by=by)


def unblocked(user: User, *, by: User) -> None:
    """The account is open again."""
    _tell(user, "unblocked", _moment(), by=by)


def sessions_closed(user: User, *, by: User) -> None:
    """An administrator has signed the person out everywhere."""
    _tell(user, "sessions_closed", _moment(), by=by)


def role_changed(row: Membership, *, by: User, given: bool) -> None:
    """A role was given, or taken away."""
    _tell(
        row.user,
        "role_given" if given else "role_taken",
        _moment(),
        by=by,
        organisation=row.organisation,
        role=role(row.role),
    )


def administrator_changed(row: Membership, *, by: User) -> None:
    """The person administers the organisation from now on, or no longer."""
    _tell(
        row.user,
        "administrator_given" if row.administrator else "administrator_taken",
        _moment(),
        by=by,
        organisation=row.organisation,
    )


def name_changed(user: User) -> None:
    """The person bears another name here."""
    _tell(user, "name_changed", _moment())


def password_changed(user: User) -> None:
    """The password is another one."""
    _tell(user, "password_changed", _moment())


def email_changed(user: User, *, former: str) -> None:
    """Messages go to another address: said at the former one, where the owner reads it, and
    at the new one.
    """
    _tell(user, "email_changed", _moment(), to=former)
    _tell(user, "email_set", _moment())


def password_reset(user: User, *, token: str) -> None:
    """The link to set a new password: good once, for an hour (BKG-004)."""
    link = absolute(user.tenant, reverse("accounts:reset_link", args=[token]))
    _tell(user, "password_reset", _moment(), token=token, link=link)


def unused(user: User, *, until: dt.datetime) -> None:
    """The account goes for want of use, unless its owner signs in until then."""
    _tell(user, "unused", _moment(), until=until)


def has_account(user: User) -> None:
    """Somebody wants to register with this address: it has an account (CTR-024)."""
    _tell(user, "has_account", _moment())


def registration(row: Invitation, *, token: str) -> None:
    """The link that confirms the address and makes the account (CTR-024)."""
    _link(row, "registration", token)


def invitation(row: Invitation, *, token: str) -> None:
    """The link by which the invited person takes the role."""
    _link(row, "invitation", token)


def _link(row: Invitation, kind: str, token: str) -> None:
    link = absolute(row.tenant, reverse("accounts:invitation_link", args=[token]))
    queue(
        tenant=row.tenant,
        kind=f"accounts.{kind}",
        dedupe_key=f"accounts.{kind}:{row.pk}",
        to=row.email,
        language=row.language,
        template=f"accounts/messages/{kind}",
        context={"invitation": row, "role": role(row.role), "link": link},
        sensitive=True,
    )
