"""« Renvoyer »: what failed is tried again from the start."""

from django.db import transaction

from accounts.models import Membership
from core import journal
from core.messages import outbox, reading
from core.messages.models import MessageState, OutgoingMessage


@transaction.atomic
def resend(*, by: Membership, message: OutgoingMessage) -> bool:
    """One message; False when it has not failed, or no longer."""
    failed = reading.of(by.tenant).filter(pk=message.pk, state=MessageState.FAILED)
    if not failed.exists():
        return False
    outbox.resend(message)
    _note(by, 1, message)
    return True


@transaction.atomic
def resend_all(*, by: Membership) -> int:
    """All that failed; gives how many."""
    failed = reading.of(by.tenant).filter(state=MessageState.FAILED)
    messages = list(failed.only("pk"))
    for message in messages:
        outbox.resend(message)
    if messages:
        _note(by, len(messages), None)
    return len(messages)


def _note(by: Membership, number: int, message: OutgoingMessage | None) -> None:
    journal.record(
        "message.resent",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=message,
        detail={"number": number},
    )
