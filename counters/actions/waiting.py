"""The waiting list for an earlier slot: entering, leaving, being told in turn (CTR-025)."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from accounts.models import User
from core.dates import now
from counters import messages
from counters.actions.persons import person_of
from counters.models import Appointment, AppointmentType, EarlierWish, Slot
from counters.queries import slots_on_portal
from counters.states import AppointmentState

# So long nobody else is told of the slot, for the one told to look and choose.
HEAD_START = dt.timedelta(minutes=30)
FORGOTTEN_AFTER = dt.timedelta(days=7)
# Who has an appointment waits for a better one, or for one at all.
WAITING = (AppointmentState.PLANNED, AppointmentState.REPLAN)


@transaction.atomic
def wait_for_earlier(
    *, by: User, type_: AppointmentType, appointment: Appointment | None = None
) -> EarlierWish:
    """On the list, last in turn; asked for twice, it is one entry."""
    wish, _new = EarlierWish.objects.get_or_create(
        tenant=type_.tenant,
        person=person_of(by),
        type=type_,
        appointment=appointment,
        told_at=None,
        defaults={"first_seen": _first_free(type_)},
    )
    return wish


def _first_free(type_: AppointmentType) -> dt.datetime | None:
    row = slots_on_portal(type_).order_by("starts_at").first()
    return row.starts_at if row else None


def stop_waiting(*, by: User, wish: EarlierWish) -> None:
    """Off the list."""
    EarlierWish.objects.filter(pk=wish.pk, person__user=by).delete()


def tell_all() -> int:
    """Tells, in turn, of slots that became free; gives how many. The worker's work."""
    EarlierWish.objects.filter(told_at__lt=now() - FORGOTTEN_AFTER).delete()
    open_ = EarlierWish.objects.filter(told_at=None)
    types = AppointmentType.objects.filter(pk__in=open_.values("type"))
    return sum(_tell_of(type_) for type_ in types.select_related("tenant"))


@transaction.atomic
def _tell_of(type_: AppointmentType) -> int:
    """One type, its row locked: two workers tell nobody twice."""
    # Not FOR UPDATE: appointments of this type are made all the while.
    AppointmentType.objects.select_for_update(no_key=True).get(pk=type_.pk)
    slots = _slots_nobody_was_told_of(type_)
    free = next(slots, None)
    told = 0
    for wish in _in_turn(type_):
        if free is None:
            break
        if not _suits(wish, free):
            continue
        messages.tell_of_earlier(wish, free)
        EarlierWish.objects.filter(pk=wish.pk).update(told_at=now(), told_of=free)
        told, free = told + 1, next(slots, None)
    # A slot that somebody looks at now is still news for the next one in turn.
    known = next(_slots_nobody_was_told_of(type_), None)
    EarlierWish.objects.filter(type=type_, told_at=None).update(
        first_seen=known.starts_at if known else None
    )
    return told


def _slots_nobody_was_told_of(type_: AppointmentType) -> Iterator[Slot]:
    """Free ones in order of time, without those that somebody looks at now."""
    lately = EarlierWish.objects.filter(told_at__gt=now() - HEAD_START, type=type_)
    seen = set(lately.values_list("told_of", flat=True))
    rows = slots_on_portal(type_).select_related("counter__place")
    for slot in rows.order_by("starts_at", "pk")[:500]:
        if slot.pk not in seen:
            yield slot


def _in_turn(type_: AppointmentType) -> Iterator[EarlierWish]:
    rows = EarlierWish.objects.filter(type=type_, told_at=None).select_related(
        "tenant", "type", "person", "appointment"
    )
    yield from rows.order_by("created_at", "pk")


def _suits(wish: EarlierWish, slot: Slot) -> bool:
    """Before all that the person has or has seen."""
    known = [wish.first_seen]
    if wish.appointment and wish.appointment.state not in WAITING:
        return False
    if wish.appointment and wish.appointment.state == AppointmentState.PLANNED:
        known.append(wish.appointment.starts_at)
    return all(moment is None or slot.starts_at < moment for moment in known)
