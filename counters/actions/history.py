"""The only writer of an appointment's state; each change leaves a row and a line in the journal."""

from accounts.models import User
from core import journal
from counters.models import Appointment, AppointmentEvent
from counters.states import MAY_FOLLOW, AppointmentState


class ImpossibleChange(Exception):
    """A programming error: the table of states does not know this step."""


def change_state(
    appointment: Appointment,
    to: AppointmentState,
    *,
    by: User | None,
    what: str,
    tell: bool = False,
) -> AppointmentEvent:
    """Moves an appointment to a state that may follow, and notes who did what.

    The caller saves its other fields and holds the transaction. `tell`: the person gets a
    message (counters.messages). Raises ImpossibleChange.
    """
    before = AppointmentState(appointment.state)
    if to not in MAY_FOLLOW[before]:
        raise ImpossibleChange(f"{before} → {to}")
    appointment.state = to
    return note(appointment, before=before, by=by, what=what, tell=tell)


def note(
    appointment: Appointment,
    *,
    before: str,
    by: User | None,
    what: str,
    tell: bool = False,
) -> AppointmentEvent:
    """Writes the history row and the journal's line."""
    event = AppointmentEvent.objects.create(
        appointment=appointment,
        by=by,
        from_state=before,
        to_state=appointment.state,
        what=what,
        to_tell=tell,
    )
    journal.record(
        f"counters.{what}",
        tenant_id=appointment.tenant_id,
        actor_id=by.pk if by else None,
        subject=appointment,
    )
    return event
