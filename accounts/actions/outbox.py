"""« Renvoyer »: what failed is tried again from the start."""

from django.db import transaction

from accounts.models import Membership
from core import journal
from core.messages import outbox, reading
from core.messages.models import OutgoingMessage


@transaction.atomic
def resend(*, by: Membership, message: OutgoingMessage) -> bool:
    """One message; False when it has not failed, or no longer."""
    number = outbox.resend(reading.of(by.tenant).filter(pk=message.pk))
    if number:
        _note(by, number, message)
    return number > 0


@transaction.atomic
def resend_all(*, by: Membership) -> int:
    """All that failed; gives how many."""
    number = outbox.resend(reading.of(by.tenant))
    if number:
        _note(by, number, None)
    return number


def _note(by: Membership, number: int, message: OutgoingMessage | None) -> None:
    journal.record(
        "message.resent",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=message,
        detail={"number": number},
    )
