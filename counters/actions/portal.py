"""What a citizen does on the portal: pre-book, confirm, give back (CTR-020 to 023)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import occupancy
from core.dates import now
from core.db import refusing_with_sentences
from core.errors import NotPossible, Refusal
from counters import messages
from counters.actions.appointments import (
    SlotTaken,
    claim,
    fill,
    free,
    free_rank,
    lapse,
    locked,
    new_reference,
)
from counters.actions.history import change_state, note
from counters.actions.persons import person_of
from counters.models import Appointment, AppointmentType, Person, Slot
from counters.queries import slots_on_portal
from counters.rules import hold_length
from counters.states import AppointmentState, SlotState


class EnoughAlready(Refusal):
    """As many as one person may have of this type (CTR-020)."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _("You have %(most)d appointments of this kind: no more are possible.")
            % {"most": most}
        )


def hold(*, by: User, slot: Slot) -> Appointment:
    """Pre-books a slot for a few minutes. A double click gets the same hold.

    Raises SlotTaken, EnoughAlready.
    """
    holder = person_of(by)
    try:
        return _standing(holder, slot) or _new_hold(by, holder, slot)
    except Refusal:
        # Perhaps by the other of two clicks, a moment ago.
        own = _standing(holder, slot)
        if own is None:
            raise
        return own


def _standing(holder: Person, slot: Slot) -> Appointment | None:
    own: Appointment | None = Appointment.objects.filter(
        slot=slot, holder=holder, state=AppointmentState.HELD, held_until__gt=now()
    ).first()
    return own


def _new_hold(by: User, holder: Person, slot: Slot) -> Appointment:
    type_: AppointmentType = slot.counter.type
    if not slots_on_portal(type_).filter(pk=slot.pk).exists():
        raise SlotTaken
    appointment = Appointment(
        tenant=by.tenant,
        type=type_,
        person=holder,
        holder=holder,
        most=type_.most_per_person,
        state=AppointmentState.HELD,
        held_until=now() + hold_length(by.tenant),
        taken_by=by,
        reference=new_reference(),
        phone=holder.phone,
    )
    fill(appointment, slot)
    _lapse_own(holder, type_)
    with refusing_with_sentences(), transaction.atomic():
        appointment.rank = free_rank(holder.pk, type_, type_.most_per_person)
        if appointment.rank is None:
            raise EnoughAlready(type_.most_per_person)
        claim(appointment, slot)
        appointment.save(force_insert=True)
        note(appointment, before="", by=by, what="held")
    return appointment


def _lapse_own(holder: Person, type_: AppointmentType) -> None:
    late = Appointment.objects.filter(
        holder=holder,
        type=type_,
        state=AppointmentState.HELD,
        held_until__lte=now(),
    )
    for pk in late.values_list("pk", flat=True):
        with transaction.atomic():  # on its own: whoever takes a slot lets no other go
            lapse(appointment_id=pk)


def confirm(
    *, by: User, appointment: Appointment, phone: str, by_sms: bool, for_whom: str = ""
) -> Appointment:
    """« Confirmer »: the hold becomes an appointment. Raises NotPossible when it has lapsed."""
    with transaction.atomic():
        row = locked(appointment, holder__user=by)
        if row.state == AppointmentState.PLANNED:
            return row
        if not (_stands(row) and occupancy.make_definitive(row.pk)):
            raise NotPossible
        booked = Slot.objects.filter(appointments=row, state=SlotState.HELD).update(
            state=SlotState.BOOKED, held_until=None
        )
        if not booked:
            raise NotPossible
        row.held_until = None
        row.phone, row.by_sms = phone, by_sms
        row.comment = for_whom
        event = change_state(
            row, AppointmentState.PLANNED, by=by, what="confirmed", tell=True
        )
        row.save()
        messages.tell(event)
    return row


def extend(*, by: User, appointment: Appointment) -> dt.datetime | None:
    """Once as long again (WCAG 2.2.1); None when it was done already or has lapsed."""
    with transaction.atomic():
        row = locked(appointment, holder__user=by)
        length = hold_length(by.tenant)
        fresh = row.held_until and row.held_until <= row.taken_at + length
        until = now() + length
        if not (_stands(row) and fresh):
            return None
        if not occupancy.extend(row.pk, until=until):
            return None
        row.held_until = until
        row.save(update_fields=["held_until"])
        Slot.objects.filter(appointments=row, state=SlotState.HELD).update(
            held_until=until
        )
    return until


@transaction.atomic
def give_back(*, by: User, appointment: Appointment) -> None:
    """« Rendre cet horaire »."""
    row = locked(appointment, holder__user=by)
    if not _stands(row):  # lapsed: the next one at the desk lets it go
        return
    slot = row.slot
    occupancy.release(row.pk)
    change_state(row, AppointmentState.LAPSED, by=by, what="given_back")
    row.slot, row.held_until = None, None
    row.save(update_fields=["state", "slot", "held_until"])
    if slot:
        free(slot)


def _stands(row: Appointment) -> bool:
    """Whether the hold has not lapsed; the database's clock is asked as well."""
    held = row.state == AppointmentState.HELD
    return held and row.held_until is not None and row.held_until > now()
