"""The only writer of a booking's state; each change leaves a row and a line in the journal."""

from collections.abc import Sequence

from accounts.models import User
from booking.models import Booking, BookingEvent
from booking.states import MAY_FOLLOW, BookingState
from core import journal


class ImpossibleChange(Exception):
    """A programming error: the table of states does not know this step."""


def change_state(
    booking: Booking, to: BookingState, *, by: User | None, what: str
) -> None:
    """Moves a booking to a state that may follow, and notes who did what.

    The caller saves the booking's other fields and holds the transaction. Raises
    ImpossibleChange for a step that booking.states does not allow.
    """
    before = BookingState(booking.state)
    if to not in MAY_FOLLOW[before]:
        raise ImpossibleChange(f"{before} → {to}")
    booking.state = to
    note(booking, before=before, by=by, what=what)


def note(
    booking: Booking,
    *,
    before: str,
    by: User | None,
    what: str,
    fields: Sequence[str] = (),
) -> None:
    """Writes the history row (BKG-043) and the journal's line."""
    BookingEvent.objects.create(
        booking=booking,
        by=by,
        from_state=before,
        to_state=booking.state,
        what=what,
        fields=list(fields),
    )
    journal.record(
        f"booking.{what}",
        tenant_id=booking.tenant_id,
        actor_id=by.pk if by else None,
        subject=booking,
    )
