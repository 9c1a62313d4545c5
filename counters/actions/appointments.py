"""Slots are suspended, reserved, freed; appointments are taken, moved, cancelled, marked."""

import datetime as dt
import random
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from core import journal, occupancy
from core.dates import now
from core.errors import NotPossible, Refusal
from counters import messages, rules, states
from counters.actions.history import change_state, note
from counters.models import Appointment, AppointmentType, Person, Slot
from counters.states import COUNTED, ON_A_SLOT, AppointmentState, SlotState

# Without what is easily confused when read out on the telephone.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
OFFERED_AGAIN_WITHIN = 10 * 60  # seconds; on the portal only


class SlotTaken(Refusal):
    """Somebody else was faster, or the desk is in use at that time."""

    def __init__(self) -> None:
        super().__init__(
            _("This slot has just been taken. These are the nearest free ones.")
        )


@dataclass(frozen=True)
class Visitor:
    """What an agent types when assigning (CTR-033)."""

    person: Person
    phone: str = ""
    comment: str = ""


def new_reference() -> str:
    """« B7K4-M9Q2 »: short enough for the telephone."""
    letters = "".join(secrets.choice(LETTERS) for _number in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def claim(appointment: Appointment, slot: Slot, *, reserved: bool = False) -> None:
    """The slot by one conditional UPDATE, then the desk's time. Raises SlotTaken.

    `reserved`: also one that is kept for the administration. The holds that lapsed in
    the meantime are swept on the way.
    """
    # Whoever waits for the slot looks at it afterwards: it may be suspended by then.
    lock_slots([slot.pk])
    at = now()
    rows = Slot.objects.of(appointment.tenant).filter(pk=slot.pk)
    takeable = rows.takeable(at)
    if reserved:
        takeable = takeable | rows.filter(state=SlotState.RESERVED, starts_at__gt=at)
    held = appointment.state == AppointmentState.HELD
    claimed = Slot.objects.filter(pk__in=takeable.values("pk")).update(
        state=SlotState.HELD if held else SlotState.BOOKED,
        held_until=appointment.held_until if held else None,
        offered_from=None,
    )
    if not claimed:
        raise SlotTaken
    try:
        # Before anything at the desk is let go: whoever has the lock may wait for it.
        occupancy.lock_resources(slot.counter.desk_id)
        lapse(slot_id=slot.pk)
        swept = occupancy.occupy(
            slot.counter.desk_id,
            slot.starts_at,
            slot.ends_at,
            source_id=appointment.pk,
            until=appointment.held_until if held else None,
        )
    except Refusal as error:
        raise SlotTaken from error
    for source in swept:
        lapse(appointment_id=source)


def fill(appointment: Appointment, slot: Slot) -> None:
    """The appointment stands on this slot."""
    appointment.slot = slot
    appointment.counter = slot.counter
    appointment.starts_at, appointment.ends_at = slot.starts_at, slot.ends_at


def assign(*, by: Membership, slot: Slot, visitor: Visitor) -> Appointment:
    """« Attribuer » (CTR-033): the person is told if an address is known. Raises SlotTaken."""
    appointment = Appointment(
        tenant=by.tenant,
        type=slot.counter.type,
        person=visitor.person,
        state=AppointmentState.PLANNED,
        taken_by=by.user,
        phone=visitor.phone,
        comment=visitor.comment,
        reference=new_reference(),
    )
    fill(appointment, slot)
    with transaction.atomic():
        claim(appointment, slot, reserved=True)
        appointment.save(force_insert=True)
        event = note(appointment, before="", by=by.user, what="assigned", tell=True)
        messages.tell(event)
    return appointment


def move_slot(*, by: Membership, slot: Slot, name: str) -> Appointment | None:
    """« Suspendre », « Réserver », « Libérer »; gives the appointment to plan again, if any.

    Raises NotPossible when the table of states does not know the step any more.
    """
    with transaction.atomic():
        lock_appointments([slot.pk])
        row = Slot.objects.select_for_update(no_key=True, of=("self",)).get(pk=slot.pk)
        lapse(slot_id=row.pk)
        row.refresh_from_db()
        move = rules.moves(row, by).get(name)
        if move is None:
            raise NotPossible
        on_it = row.appointments.select_for_update(no_key=True, of=("self",)).filter(
            state__in=ON_A_SLOT
        )
        appointment: Appointment | None = on_it.first()
        if appointment and move.appointment:
            _push_off(appointment, move, by.user)
        row.state, row.held_until, row.offered_from = move.after, None, None
        row.save(update_fields=["state", "held_until", "offered_from"])
        journal.record(
            f"counters.slot_{name}",
            tenant_id=by.tenant_id,
            actor_id=by.user_id,
            subject=row,
        )
    return appointment


def _push_off(appointment: Appointment, move: states.Move, by: User) -> None:
    """The slot is taken from under somebody: told, and invited to choose again (CTR-035)."""
    occupancy.release(appointment.pk)
    to = AppointmentState(str(move.appointment))
    told = to == AppointmentState.REPLAN
    event = change_state(appointment, to, by=by, what=f"slot_{move.name}", tell=told)
    appointment.slot, appointment.held_until = None, None
    appointment.save(update_fields=["state", "slot", "held_until"])
    if told:
        messages.tell(event)


@transaction.atomic
def change_slot(*, by: User, appointment: Appointment, slot: Slot) -> Appointment:
    """« Changer le créneau », by an agent or by the person (CTR-022, 023, 036, 038, 039).

    Raises SlotTaken, NotPossible.
    """
    row = locked(appointment)
    if not rules.can_change_slot(row) or slot.counter.type_id != row.type_id:
        raise NotPossible
    former = row.slot
    both = [one for one in (former, slot) if one]
    lock_slots([one.pk for one in both])
    occupancy.lock_resources(*{one.counter.desk_id for one in both})
    occupancy.release(row.pk)
    row.slot = None
    row.state, before = AppointmentState.PLANNED, row.state
    if row.holder and before == AppointmentState.NO_STATUS:
        _count_again(row)
    claim(row, slot, reserved=by.pk != _account_of(row))
    fill(row, slot)
    row.sequence += 1
    row.reminded_at = None
    row.save()
    if former and former.pk != slot.pk:
        free(former)
    event = note(row, before=before, by=by, what="moved", tell=True)
    messages.tell(event)
    return row


def _count_again(row: Appointment) -> None:
    """What lay in the past counts again for the person's limit. Raises Refusal."""
    rank = free_rank(row.holder_id, row.type, row.most or 0)
    if rank is None:
        raise Refusal(
            _("This person has as many appointments of this kind as are possible.")
        )
    row.rank = rank


def free_rank(
    holder_id: uuid.UUID | None, type_: AppointmentType, most: int
) -> int | None:
    """The first number of this person that is free; parallel requests meet in the database."""
    counted = Appointment.objects.filter(
        holder=holder_id, type=type_, state__in=COUNTED
    )
    taken = set(counted.values_list("rank", flat=True))
    return next((rank for rank in range(most) if rank not in taken), None)


@transaction.atomic
def cancel(*, by: User, appointment: Appointment) -> None:
    """« Annuler »: the slot is offered again. Raises NotPossible."""
    row = locked(appointment)
    if row.state == AppointmentState.CANCELLED:
        return
    if not rules.can_cancel(row):
        raise NotPossible
    former = row.slot
    occupancy.release(row.pk)
    row.slot = None
    row.sequence += 1
    event = change_state(
        row, AppointmentState.CANCELLED, by=by, what="cancelled", tell=True
    )
    row.save()
    if former:
        free(former, later=by.pk == _account_of(row))
    messages.tell(event)


def _account_of(appointment: Appointment) -> uuid.UUID | None:
    return appointment.holder.user_id if appointment.holder else None


@transaction.atomic
def mark(*, by: Membership, appointment: Appointment, done: bool) -> None:
    """« Rendez-vous réalisé », « Personne absente » (CTR-039). Raises NotPossible."""
    row = locked(appointment)
    to = AppointmentState.DONE if done else AppointmentState.ABSENT
    if row.state == to:
        return
    if not rules.can_mark(row):
        raise NotPossible
    change_state(row, to, by=by.user, what="done" if done else "absent")
    row.save(update_fields=["state"])


def lock_appointments(slot_ids: Sequence[uuid.UUID]) -> None:
    """Those on these slots. Everybody locks appointments, then slots, then desks (ADR 0003)."""
    rows = Appointment.objects.filter(slot__in=slot_ids, state__in=ON_A_SLOT)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def lock_slots(ids: Sequence[uuid.UUID]) -> None:
    """In one order, so that two who need the same ones do not wait for each other."""
    rows = Slot.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def locked(appointment: Appointment, **facts: Any) -> Appointment:
    """The appointment, locked and then read, if the facts hold.

    In one statement PostgreSQL would join the appointment as it is after the wait to the
    slot and the counter as they were before it.
    """
    rows = Appointment.objects.filter(pk=appointment.pk)
    list(rows.select_for_update(no_key=True).values_list("pk"))
    row: Appointment = rows.with_facts().get(**facts)
    return row


def free(slot: Slot, *, later: bool = False) -> None:
    """Offers a slot again that no appointment keeps; on the portal at a chance moment."""
    wait = dt.timedelta(seconds=random.randrange(OFFERED_AGAIN_WITHIN))  # noqa: S311
    if Appointment.objects.filter(slot=slot, state__in=ON_A_SLOT).exists():
        return
    Slot.objects.filter(
        pk=slot.pk, state__in=(SlotState.HELD, SlotState.BOOKED)
    ).update(
        state=SlotState.FREE,
        held_until=None,
        offered_from=now() + wait if later else None,
    )


def lapse(
    *, slot_id: uuid.UUID | None = None, appointment_id: uuid.UUID | None = None
) -> None:
    """Marks the holds on this slot, or this one, as lapsed when they have.

    A single one is not waited for: who has locked it is about to do the same, and may
    itself wait for the desk that the caller has locked.
    """
    late = Appointment.objects.filter(
        state=AppointmentState.HELD, held_until__lte=now()
    ).select_for_update(no_key=True, of=("self",), skip_locked=slot_id is None)
    late = late.filter(slot_id=slot_id) if slot_id else late.filter(pk=appointment_id)
    for row in late:
        occupancy.release(row.pk)
        change_state(row, AppointmentState.LAPSED, by=None, what="lapsed")
        row.held_until, row.slot = None, None
        row.save(update_fields=["state", "held_until", "slot"])


def lapse_all() -> int:
    """Frees every slot whose hold has lapsed; gives how many. The sweeper's work."""
    late = Appointment.objects.filter(
        state=AppointmentState.HELD, held_until__lte=now()
    )
    for pk in late.order_by("held_until").values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            lapse(appointment_id=pk)
    # Also those whose hold the next one at the desk has swept: it locks no second slot.
    alone = (
        Slot.objects.filter(state=SlotState.HELD, held_until__lte=now())
        .exclude(appointments__state=AppointmentState.HELD)
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
    )
    with transaction.atomic():
        return Slot.objects.filter(pk__in=alone.values("pk")).update(
            state=SlotState.FREE, held_until=None
        )


def nearest(
    slot: Slot, *, among: "QuerySet[Slot] | None" = None, most: int = 5
) -> list[Slot]:
    """The nearest free slots of the same type, whatever the counter (CTR-044); `among`:
    of these only.
    """
    if among is None:
        free = Slot.objects.of(slot.tenant).takeable(now())
        among = free.filter(counter__type=slot.counter.type_id)
    rows = among.select_related("counter__place")
    after = list(
        rows.filter(starts_at__gte=slot.starts_at).order_by("starts_at", "pk")[:most]
    )
    before = list(
        rows.filter(starts_at__lt=slot.starts_at).order_by("-starts_at", "pk")[:most]
    )
    found = sorted(
        [*after, *before], key=lambda one: abs(one.starts_at - slot.starts_at)
    )
    return sorted(found[:most], key=lambda one: one.starts_at)
