"""What the office does with an interview: outcome, note, interpreter (BKG-051, 053)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from booking import rules
from booking.actions.dates import lock
from booking.actions.history import change_state, note
from booking.models import Booking
from booking.signals import interpreter_wanted
from booking.states import BookingState, InterpreterSearch
from core.errors import Refusal


@transaction.atomic
def mark(*, by: Membership, booking: Booking, outcome: BookingState) -> None:
    """Took place, or the client did not appear. Raises Refusal before it has begun."""
    row = lock(booking)
    if not rules.can_mark(row, by):
        raise Refusal(_("This can be noted once the interview has begun."))
    if row.state == outcome:
        return
    change_state(row, outcome, by=by.user, what=outcome.value)
    row.save(update_fields=["state"])


@transaction.atomic
def write_note(*, by: Membership, booking: Booking, text: str) -> None:
    """The office's own note; the commune does not see it. Raises Refusal."""
    if not rules.is_of_own_office(booking, by):
        raise Refusal(_("Only the office writes this note."))
    Booking.objects.filter(pk=booking.pk).update(office_note=text)
    note(booking, before=booking.state, by=by.user, what="office_note")


@transaction.atomic
def note_interpreter(
    *, by: Membership, booking: Booking, search: InterpreterSearch, name: str
) -> None:
    """How far the search for an interpreter is (BKG-053). Raises Refusal beside the field."""
    if not rules.is_of_own_office(booking, by) or not booking.with_interpreter:
        raise Refusal(_("No interpreter is needed here."))
    if search == InterpreterSearch.FOUND and not name.strip():
        raise Refusal(_("Enter who comes."), field="interpreter_name")
    if search != InterpreterSearch.FOUND:
        name = ""
    Booking.objects.filter(pk=booking.pk).update(
        interpreter_search=search, interpreter_name=name.strip()
    )
    note(booking, before=booking.state, by=by.user, what="interpreter")
    if search == InterpreterSearch.TO_FIND:
        interpreter_wanted.send(sender=Booking, booking=booking)
