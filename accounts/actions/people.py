"""Accounts and invitations: inviting, accepting, one's own profile."""

import datetime as dt
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages, secrets
from accounts.models import (
    Invitation,
    Membership,
    Organisation,
    PasswordReset,
    Tenant,
    User,
)
from accounts.rules import can_administer, can_invite
from accounts.signals import profile_changed
from core import journal
from core.dates import now
from core.db import refusing_with_sentences
from core.errors import Refusal

INVITATION_GOOD_FOR = dt.timedelta(days=7)


class InvitationGone(Refusal):
    """Revoked, expired, used or unknown: one sentence for all."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This invitation is no longer good. Ask for a new one where it came from."
            )
        )


@transaction.atomic
def invite(
    *,
    by: Membership,
    email: str,
    role: str,
    administrator: bool,
    language: str,
    organisation: Organisation | None = None,
) -> Invitation:
    """Invites an address into a role of one's own organisation; the former link dies.

    The operator invites into any `organisation` of the tenant. Raises Refusal when one
    may not give this role, or means oneself.
    """
    organisation = organisation or by.organisation
    if not can_invite(by, role, organisation):
        raise Refusal(_("You may not give this role."), field="role")
    if email.lower() == by.user.email.lower():
        raise Refusal(_("Nobody invites oneself: ask a colleague."), field="email")
    invitation, token = new_link(
        organisation,
        email=email,
        role=role,
        administrator=administrator,
        language=language,
        invited_by=by.user,
    )
    journal.record(
        "invitation.sent",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=invitation,
    )
    messages.invitation(invitation, token=token)
    return invitation


def new_link(
    organisation: Organisation, *, email: str, **facts: Any
) -> tuple[Invitation, str]:
    """An invitation and the token of its link, good for seven days; former ones of this
    address are dead. Must run inside the caller's transaction.
    """
    at = now()
    # One at a time: of two clicks at once one link is good.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    Invitation.objects.filter(
        organisation=organisation,
        email__iexact=email,
        accepted_at=None,
        revoked_at=None,
    ).update(revoked_at=at)
    token = secrets.new_token()
    invitation = Invitation.objects.create(
        tenant=organisation.tenant,
        organisation=organisation,
        email=email,
        token_hash=secrets.token_hash(token),
        expires_at=at + INVITATION_GOOD_FOR,
        **facts,
    )
    return invitation, token


def invitation_of(*, tenant: Tenant, hashed: str) -> Invitation | None:
    """The invitation that this link stands for, if it is still good."""
    return (
        Invitation.objects.of(tenant)
        .filter(
            token_hash=hashed,
            expires_at__gt=now(),
            accepted_at=None,
            revoked_at=None,
            organisation__active=True,
        )
        .first()
    )


def create_person(
    *,
    tenant: Tenant,
    username: str,
    email: str,
    first_name: str,
    last_name: str,
    password: str,
    language: str,
) -> User:
    """An account that may do nothing yet: roles come with `accept` or `give_role`.

    Raises Refusal when the user name or the address is taken, ValidationError for a
    weak password.
    """
    user = User(
        tenant=tenant,
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        language=language,
    )
    validate_password(password, user)
    user.set_password(password)
    with refusing_with_sentences(), transaction.atomic():
        user.save(force_insert=True)
        journal.record("person.created", tenant_id=tenant.pk, actor_id=user.pk)
    return user


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Membership:
    """The person takes the role; one invitation gives one membership, however often.

    Raises InvitationGone, also when the account is not that of the address invited, or
    is blocked, or is that of whoever invited: one never raises oneself.
    """
    rows = Invitation.objects.select_related("organisation")
    row = rows.select_for_update(no_key=True, of=("self",)).get(pk=invitation.pk)
    fits = user.tenant_id == row.tenant_id and user.email.lower() == row.email.lower()
    dead = row.accepted_at or row.revoked_at or row.expires_at <= now()
    own = row.invited_by_id == user.pk
    if dead or own or not fits or not user.is_active or not row.organisation.active:
        raise InvitationGone
    row.accepted_at = now()
    row.save(update_fields=["accepted_at"])
    membership = give_role(
        user=user,
        organisation=row.organisation,
        role=row.role,
        administrator=row.administrator,
    )
    journal.record(
        "invitation.accepted", tenant_id=user.tenant_id, actor_id=user.pk, subject=row
    )
    return membership


def give_role(
    *, user: User, organisation: Organisation, role: str, administrator: bool = False
) -> Membership:
    """The person works in the organisation in this role; twice is once."""
    membership, _new = Membership.objects.get_or_create(
        tenant=user.tenant,
        user=user,
        organisation=organisation,
        role=role,
        defaults={"administrator": administrator},
    )
    return membership


@transaction.atomic
def update_profile(
    *,
    user: User,
    email: str,
    language: str,
    first_name: str | None = None,
    last_name: str | None = None,
) -> None:
    """One's own address and language (BKG-006, 007), and name; of a new address both are
    told, and links sent to the former one are dead.

    Raises Refusal when the address belongs to another account.
    """
    former = User.objects.get(pk=user.pk)
    user.email, user.language = email, language
    if first_name is not None and last_name is not None:
        user.first_name, user.last_name = first_name, last_name
    with refusing_with_sentences(field="email"):
        user.save(update_fields=["email", "language", "first_name", "last_name"])
    profile_changed.send(sender=User, user=user)
    if former.full_name != user.full_name:
        _record_own("person.name_changed", user)
        messages.name_changed(user)
    if former.email.lower() != email.lower():
        PasswordReset.objects.filter(user=user).delete()
        _record_own("person.email_changed", user)
        messages.email_changed(user, former=former.email)


@transaction.atomic
def change_language(*, user: User, language: str) -> None:
    """The language of the screens, and of what is written to the person."""
    user.language = language
    user.save(update_fields=["language"])
    profile_changed.send(sender=User, user=user)


def _record_own(action: str, user: User) -> None:
    journal.record(action, tenant_id=user.tenant_id, actor_id=user.pk, subject=user)


@transaction.atomic
def renew(*, by: Membership, invitation: Invitation) -> Invitation:
    """The same invitation anew, for seven days; the former link is dead. Raises Refusal."""
    return invite(
        by=by,
        email=invitation.email,
        role=invitation.role,
        administrator=invitation.administrator,
        language=invitation.language,
        organisation=invitation.organisation,
    )


@transaction.atomic
def withdraw(*, by: Membership, invitation: Invitation) -> None:
    """An invitation is withdrawn: its link is dead. Raises Refusal."""
    if not can_administer(by, invitation.organisation):
        raise Refusal(_("You may not withdraw this invitation."))
    invitation.revoked_at = now()
    invitation.save(update_fields=["revoked_at"])
    journal.record(
        "invitation.withdrawn",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=invitation,
    )
