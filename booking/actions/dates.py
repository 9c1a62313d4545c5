"""Taking a date, giving it back, letting lapsed holds go (BKG-017)."""

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from booking.actions.history import change_state, note
from booking.models import Booking, Slot
from booking.rules import hold_length
from booking.states import OCCUPYING, TO_CONFIRM, BookingState, SlotState
from core import occupancy
from core.dates import now
from core.errors import Refusal
from core.uploads import store


class DateTaken(Refusal):
    """Somebody else was faster, or the counsellor is busy at that time."""

    def __init__(self) -> None:
        super().__init__(
            _("This date has just been taken. These are the nearest ones.")
        )


def take_date(
    *, by: Membership, slot: Slot, with_interpreter: bool, language: str = ""
) -> Booking:
    """Takes a date for the commune at once, until the hold lapses.

    One conditional UPDATE decides who gets it. A double click gets the same booking.
    Raises DateTaken.
    """
    own = _own_hold(by, slot)
    if own:
        return own
    until = now() + hold_length(by)
    booking = Booking(
        tenant=by.tenant,
        commune=by.organisation,
        created_by=by.user,
        slot=slot,
        held_until=until,
        with_interpreter=with_interpreter and slot.interpreter_possible,
        language="" if with_interpreter else language,
    )
    try:
        with transaction.atomic():
            _claim(slot, booking)
            booking.save(force_insert=True)
            note(booking, before="", by=by.user, what="date_taken")
    except DateTaken:
        raise
    except Refusal as error:
        raise DateTaken from error
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
        .update(state=SlotState.HELD, held_until=booking.held_until)
    )
    if not claimed:
        raise DateTaken
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


def lock(booking: Booking) -> Booking:
    """The booking, locked; always slot before booking, so that nobody waits in a circle."""
    Slot.objects.select_for_update().get(pk=booking.slot_id)
    row: Booking = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    return row


@transaction.atomic
def move_to(*, by: Membership, booking: Booking, slot: Slot) -> None:
    """« Modifier rendez-vous »: another date, with all that was entered. Raises DateTaken."""
    row = lock(booking)
    former = row.slot
    occupancy.release(row.pk)
    row.held_until = now() + hold_length(by)
    if not slot.interpreter_possible:
        row.with_interpreter, row.interpreter_language = False, ""
    try:
        _claim(slot, row)
    except Refusal as error:
        raise DateTaken from error
    row.slot = slot
    if row.language not in slot.counsellor.languages:
        row.language = ""
    if not slot.referral_types.filter(pk=row.referral_type_id).exists():
        row.referral_type = None
    if row.state == BookingState.LAPSED:
        change_state(row, BookingState.TAKEN, by=by.user, what="date_moved")
    else:
        note(row, before=row.state, by=by.user, what="date_moved")
    row.save()
    _free(former)


@transaction.atomic
def delete(*, by: Membership, booking: Booking) -> None:
    """« Supprimer la réservation »: the reservation and all its data (BKG-040)."""
    row = lock(booking)
    note(row, before=row.state, by=by.user, what="deleted")
    occupancy.release(row.pk)
    slot, stored = row.slot, row.form_file
    row.delete()
    _free(slot)
    if stored:
        store.discard(stored)


def _free(slot: Slot) -> None:
    """Offers a date again that no booking keeps."""
    kept = Booking.objects.filter(slot=slot, state__in=OCCUPYING).exists()
    if not kept:
        Slot.objects.filter(pk=slot.pk, state=SlotState.HELD).update(
            state=SlotState.FREE, held_until=None
        )


def lapse(
    *, slot_id: uuid.UUID | None = None, booking_id: uuid.UUID | None = None
) -> None:
    """Marks unconfirmed bookings of this slot, or this one, as lapsed when they have."""
    late = Booking.objects.select_for_update(of=("self",)).filter(
        state__in=TO_CONFIRM, held_until__lte=now()
    )
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
            ).update(state=SlotState.FREE, held_until=None)
            lapse(booking_id=pk)
            count += freed
    return count
