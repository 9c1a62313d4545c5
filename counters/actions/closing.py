"""Closing a day, an afternoon, a counter in one step, with proposals (CTR-043)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Membership
from core.dates import now
from core.errors import NotPossible, Refusal
from counters.actions.appointments import (
    change_slot,
    lock_appointments,
    lock_slots,
    move_slot,
    nearest,
)
from counters.models import Appointment, Counter, Slot
from counters.states import AppointmentState, SlotState


@dataclass(frozen=True)
class Proposal:
    """An appointment that cannot stay, and the nearest free slot for it, if there is one."""

    appointment: Appointment
    slot: Slot | None


def slots_between(counter: Counter, start: dt.datetime, end: dt.datetime) -> list[Slot]:
    """What would be closed: slots to come that are not suspended already."""
    rows = Slot.objects.filter(
        counter=counter, starts_at__gte=max(start, now()), starts_at__lt=end
    ).exclude(state=SlotState.SUSPENDED)
    related = ("tenant", "counter__type", "counter__desk", "counter__place")
    return list(rows.select_related(*related).order_by("starts_at", "pk"))


def proposals(slots: list[Slot]) -> list[Proposal]:
    """For everybody touched the nearest free slot that nobody else is proposed."""
    closing = {slot.pk for slot in slots}
    planned = Appointment.objects.filter(
        slot__in=closing, state=AppointmentState.PLANNED
    ).with_facts()
    by_slot = {row.slot_id: row for row in planned}
    used: set[uuid.UUID] = set(closing)
    found = []
    for slot in slots:
        row = by_slot.get(slot.pk)
        if row is None:
            continue
        free = [one for one in nearest(slot, most=40) if one.pk not in used]
        best = min(
            free, key=lambda one: abs(one.starts_at - row.starts_at), default=None
        )
        if best:
            used.add(best.pk)
        found.append(Proposal(row, best))
    return found


@transaction.atomic
def close(
    *, by: Membership, slots: list[Slot], moves: dict[uuid.UUID, Slot]
) -> tuple[int, int]:
    """Suspends the slots; gives how many people were moved, and how many are to plan again.

    `moves`: the proposals that the agent confirmed, by appointment. What somebody else has
    suspended in the meantime stays so.
    """
    moved = to_replan = 0
    lock_appointments([slot.pk for slot in slots])
    lock_slots([slot.pk for slot in (*slots, *moves.values())])
    for slot in slots:
        row = slot.appointments.filter(state=AppointmentState.PLANNED).first()
        chosen = moves.get(row.pk) if row else None
        if row and chosen and _moved(by, row, chosen):
            moved += 1
        touched = _suspended(by, slot)
        if touched and touched.state == AppointmentState.REPLAN:
            to_replan += 1
    return moved, to_replan


def _suspended(by: Membership, slot: Slot) -> Appointment | None:
    """Gives the appointment that must be planned again, if any."""
    try:
        return move_slot(by=by, slot=slot, name="suspend")
    except NotPossible:
        return None


def _moved(by: Membership, row: Appointment, slot: Slot) -> bool:
    """Whether the person got the slot proposed; somebody may have been faster."""
    try:
        change_slot(by=by.user, appointment=row, slot=slot)
    except Refusal:
        return False
    return True
