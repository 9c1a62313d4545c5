"""Taking a date, giving it back, letting lapsed holds go (BKG-017)."""

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from booking import messages, rules
from booking.actions.history import change_state, note
from booking.actions.retention import forget_traces
from booking.models import Booking, Slot
from booking.states import OCCUPYING, TO_CONFIRM, BookingState, SlotState
from core import occupancy
from core.dates import now
from core.errors import NotPossible, Refusal
from core.uploads import store


class DateTaken(Refusal):
    """Somebody else was faster, or the counsellor is busy at that time."""

    def __init__(self) -> None:
        super().__init__(
            _("This date has just been taken. These are the nearest ones.")
        )


def take_date(*, by: Membership, slot: Slot, with_interpreter: bool) -> Booking:
    """Takes a date for the commune at once, until the hold lapses.

    One conditional UPDATE decides who gets it. A double click gets the same booking.
    Raises DateTaken.
    """
    try:
        return _own_hold(by, slot) or _take(by, slot, with_interpreter)
    except Refusal as error:
        # Perhaps by the other of two clicks, a moment ago.
        own = _own_hold(by, slot)
        if own is None:
            raise DateTaken from error
        return own


def _take(by: Membership, slot: Slot, with_interpreter: bool) -> Booking:
    until = now() + rules.hold_length(by)
    booking = Booking(
        tenant=by.tenant,
        commune=by.organisation,
        created_by=by.user,
        slot=slot,
        held_until=until,
        with_interpreter=with_interpreter and slot.interpreter_possible,
    )
    with transaction.atomic():
        _claim(slot, booking)
        booking.save(force_insert=True)
        note(booking, before="", by=by.user, what="date_taken")
    return booking


def _own_hold(by: Membership, slot: Slot) -> Booking | None:
    return Booking.objects.filter(
        slot=slot,
        commune=by.organisation,
        created_by=by.user,
        state=BookingState.TAKEN,
        held_until__gt=now(),
    ).first()


def _claim(slot: Slot, booking: Booking) -> None:
    """The slot by one UPDATE, then the counsellor's time; raises DateTaken or Refusal."""
    claimed = (
        Slot.objects.of(booking.tenant)
        .takeable(now())
        .filter(pk=slot.pk)
        .update(
            state=SlotState.HELD if booking.held_until else SlotState.BOOKED,
            held_until=booking.held_until,
        )
    )
    if not claimed:
        raise DateTaken
    # Before anything of the counsellor is let go: whoever has the lock may wait for it.
    occupancy.lock_resources(slot.counsellor_id)
    lapse(slot_id=slot.pk)
    swept = occupancy.occupy(
        slot.counsellor_id,
        slot.starts_at,
        slot.ends_at,
        source_id=booking.pk,
        until=booking.held_until,
    )
    for source in swept:
        lapse(booking_id=source)


def lock(booking: Booking, *, and_slot: Slot | None = None) -> Booking:
    """The booking, locked; dates first and in order, so that nobody waits in a circle."""
    wanted = {booking.slot_id, and_slot.pk if and_slot else booking.slot_id}
    list(
        Slot.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    )
    row: Booking = Booking.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=booking.pk
    )
    return row


@transaction.atomic
def move_to(*, by: Membership, booking: Booking, slot: Slot) -> None:
    """« Modifier rendez-vous »: another date, with all that was entered (BKG-040).

    A confirmed appointment stays confirmed, and all concerned are told.
    Raises DateTaken, NotPossible.
    """
    row = lock(booking, and_slot=slot)
    if not (rules.can_move(row, by) or rules.can_reassign(row, by)):
        raise NotPossible
    former = row.slot
    definitive = row.state == BookingState.CONFIRMED
    if definitive:
        _check_fit(row, slot)
    row.held_until = None if definitive else now() + rules.hold_length(by)
    try:
        occupancy.lock_resources(former.counsellor_id, slot.counsellor_id)
        occupancy.release(row.pk)
        _claim(slot, row)
    except Refusal as error:
        raise DateTaken from error
    row.slot = slot
    if row.state == BookingState.LAPSED:
        change_state(row, BookingState.TAKEN, by=by.user, what="date_moved")
    else:
        note(row, before=row.state, by=by.user, what="date_moved")
    if definitive:
        row.sequence += 1
        row.reminded_at = None
    else:
        _forget_what_does_not_fit(row)
    row.save()
    free(former)
    if definitive:
        messages.tell_moved(Booking.objects.with_facts().get(pk=row.pk), former, by=by)


def _check_fit(booking: Booking, slot: Slot) -> None:
    """Whether a date can take a confirmed appointment as it is; raises Refusal."""
    speaks = booking.language in slot.counsellor.languages
    if booking.with_interpreter and not slot.interpreter_possible:
        raise Refusal(_("No interpreter can come on this date. Choose another one."))
    if not booking.with_interpreter and not speaks:
        raise Refusal(
            _("The counsellor of this date does not speak the interview's language.")
        )
    referral = booking.referral_type
    if referral and not slot.referral_types.filter(pk=referral.pk).exists():
        raise Refusal(_("This date does not admit this type of referral."))


def _forget_what_does_not_fit(booking: Booking) -> None:
    """What the new date does not admit is asked again before « Confirmer »."""
    slot = booking.slot
    if not slot.interpreter_possible:
        booking.with_interpreter, booking.interpreter_language = False, ""
    if booking.language not in slot.counsellor.languages:
        booking.language = ""
    if not slot.referral_types.filter(pk=booking.referral_type_id).exists():
        booking.referral_type = None


@transaction.atomic
def cancel(*, by: Membership, booking: Booking) -> None:
    """A confirmed appointment is called off; the date is free again, all are told.

    Twice is once. Raises NotPossible.
    """
    row = lock(booking)
    if row.state == BookingState.CANCELLED:
        return
    if not rules.can_cancel(row, by):
        raise NotPossible
    occupancy.release(row.pk)
    row.sequence += 1
    change_state(row, BookingState.CANCELLED, by=by.user, what="cancelled")
    row.save()
    free(row.slot)
    messages.tell_cancelled(Booking.objects.with_facts().get(pk=row.pk), by=by)


@transaction.atomic
def delete(*, by: Membership, booking: Booking) -> None:
    """« Supprimer la réservation »: the reservation and all its data (BKG-040).

    Twice is once. Raises NotPossible.
    """
    try:
        row = lock(booking)
    except Booking.DoesNotExist:
        return
    if not rules.can_delete(row, by):
        raise NotPossible
    note(row, before=row.state, by=by.user, what="deleted")
    occupancy.release(row.pk)
    slot, stored = row.slot, row.form_file
    forget_traces(row)
    row.delete()
    free(slot)
    if stored:
        store.discard(stored)


def free(slot: Slot) -> None:
    """Offers a date again that no booking keeps."""
    kept = Booking.objects.filter(slot=slot, state__in=OCCUPYING).exists()
    if not kept:
        Slot.objects.filter(
            pk=slot.pk, state__in=(SlotState.HELD, SlotState.BOOKED)
        ).update(state=SlotState.FREE, held_until=None, free_since=now())


def lapse(
    *, slot_id: uuid.UUID | None = None, booking_id: uuid.UUID | None = None
) -> None:
    """Marks unconfirmed bookings of this slot, or this one, as lapsed when they have.

    A single one is not waited for: who has locked it is about to do the same, and may
    itself wait for the counsellor whom the caller has locked.
    """
    late = Booking.objects.filter(
        state__in=TO_CONFIRM, held_until__lte=now()
    ).select_for_update(no_key=True, of=("self",), skip_locked=slot_id is None)
    late = late.filter(slot_id=slot_id) if slot_id else late.filter(pk=booking_id)
    for booking in late:
        occupancy.release(booking.pk)
        change_state(booking, BookingState.LAPSED, by=None, what="lapsed")
        booking.held_until = None
        booking.save(update_fields=["state", "held_until"])


def lapse_all() -> int:
    """Frees every date whose hold has lapsed; gives how many. The sweeper's work."""
    late = Booking.objects.filter(state__in=TO_CONFIRM, held_until__lte=now())
    count = 0
    for pk, slot_id in late.order_by("held_until").values_list("pk", "slot_id")[:500]:
        with transaction.atomic():
            freed = Slot.objects.filter(
                pk=slot_id, state=SlotState.HELD, held_until__lte=now()
            ).update(state=SlotState.FREE, held_until=None, free_since=now())
            lapse(booking_id=pk)
            count += freed
    return count
