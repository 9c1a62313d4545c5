"""What an administrator does for or against somebody's access: block, sessions, lost factor."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import attempts, messages
from accounts.actions import factor, sign_in
from accounts.models import Membership, User
from accounts.rules import can_look_after
from core import journal
from core.dates import now
from core.db import refusing_with_sentences
from core.errors import Refusal


def block(*, by: Membership, user: User) -> None:
    """Blocks a person: signed out everywhere at once, and told; twice is once.

    Raises Refusal, also where an organisation would have no administrator left.
    """
    if not can_look_after(by, user):
        raise Refusal(_("You cannot block this person."))
    with refusing_with_sentences(), transaction.atomic():
        if not User.objects.filter(pk=user.pk, blocked_at=None).update(
            blocked_at=now()
        ):
            return
        user.sessions.all().delete()
        user.remembered_browsers.all().delete()
        _record("person.blocked", by, user)
        messages.blocked(user, by=by.user)
    user.refresh_from_db(fields=["blocked_at"])


@transaction.atomic
def unblock(*, by: Membership, user: User) -> None:
    """Lets a blocked person in again, who is told; twice is once. Raises Refusal."""
    if not can_look_after(by, user):
        raise Refusal(_("You cannot unblock this person."))
    blocked = User.objects.filter(pk=user.pk, blocked_at__isnull=False)
    if not blocked.update(blocked_at=None):
        return
    user.refresh_from_db(fields=["blocked_at"])
    _record("person.unblocked", by, user)
    messages.unblocked(user, by=by.user)


@transaction.atomic
def close_sessions(*, by: Membership, user: User) -> int:
    """Signs the person out everywhere and forgets the browsers; gives how many sessions.

    Raises Refusal.
    """
    if not can_look_after(by, user):
        raise Refusal(_("You cannot close this person's sessions."))
    closed, _kinds = user.sessions.all().delete()
    user.remembered_browsers.all().delete()
    _record("sessions.closed", by, user)
    messages.sessions_closed(user, by=by.user)
    return closed


def send_password_reset(*, by: Membership, user: User) -> None:
    """Sends the person a link to set a new password; nobody else sees or chooses it
    (ASVS 6.4.6). Raises Refusal, and TooManyAttempts past three an hour.
    """
    if not can_look_after(by, user):
        raise Refusal(_("You cannot reset this person's password."))
    if not user.email or not user.is_active:
        raise Refusal(_("This person is blocked or has no e-mail address."))
    attempts.count([attempts.Key(f"reset by administrator|{user.pk}", free=3)])
    with transaction.atomic():
        _record("password.reset_sent", by, user)
        sign_in.ask_password_reset(tenant=user.tenant, login=user.username)


def reset_lost_factor(*, by: Membership, user: User, identity_check: str) -> None:
    """An administrator takes away a lost factor (BKG-005). Raises Refusal."""
    if not can_look_after(by, user):
        raise Refusal(_("You cannot reset this person's second factor."))
    factor.reset_factor(user=user, by=by.user, identity_check=identity_check)


def _record(action: str, by: Membership, user: User) -> None:
    journal.record(action, tenant_id=by.tenant_id, actor_id=by.user_id, subject=user)
