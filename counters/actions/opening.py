"""Weeks, exceptions and closing days become slots; a change is applied as a difference.

The difference *is* the list of appointments to plan again: it is shown before anything is
saved, and computed anew under a lock when it is (CTR-012, 014).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import Membership, Tenant, User
from core import journal, schedules
from core.dates import at, now, today
from core.db import refusing_with_sentences
from core.occupancy import Occupancy
from counters.actions.appointments import lock_appointments, lock_slots
from counters.models import (
    Appointment,
    AppointmentEvent,
    ClosingDay,
    Counter,
    ExceptionRange,
    ReferenceWeek,
    Slot,
)
from counters.states import AppointmentState

# Slots stand as rows this long beyond what the portal shows.
BEYOND = dt.timedelta(days=31)
VANISHED = "slot_vanished"


@dataclass
class Change:
    """What a change of a counter's hours would do."""

    add: list[schedules.Slot] = field(default_factory=list)
    remove: list[Slot] = field(default_factory=list)
    to_replan: list[Appointment] = field(default_factory=list)
    without_status: list[Appointment] = field(default_factory=list)
    lapsing: list[Appointment] = field(default_factory=list)


def horizon(counter: Counter) -> dt.date:
    """The last day for which the counter's slots stand as rows."""
    shown = dt.timedelta(days=counter.type.latest_days)
    last = today(counter.tenant.zone) + shown + BEYOND
    return min(last, counter.valid_to) if counter.valid_to else last


def closures(tenant: Tenant, first: dt.date, last: dt.date) -> schedules.Closures:
    """The canton's holidays and the town's own closing days (CTR-005)."""
    days: set[dt.date] = set()
    for year in range(first.year, last.year + 1):
        days |= schedules.public_holidays(tenant.canton, year)
    own = ClosingDay.objects.of(tenant).filter(day__gte=first, day__lte=last)
    ends_at: dict[dt.date, dt.time] = {}
    for row in own:
        if row.from_time is None:
            days.add(row.day)
        else:
            ends_at[row.day] = row.from_time
    return schedules.Closures(closed=frozenset(days), ends_at=ends_at)


def wanted(
    counter: Counter,
    exceptions: Iterable[ExceptionRange],
    last: dt.date,
    since: dt.date | None = None,
) -> list[schedules.Slot]:
    """The slots that the counter should have, from its first day (or `since`) to a day."""
    weeks = [_week(counter, counter.week, counter.valid_from, counter.valid_to)]
    for row in sorted(exceptions, key=lambda one: one.first):
        # Not before the counter opens: of two weeks the one that began later counts.
        first = max(row.first, counter.valid_from)
        weeks.append(_week(counter, row.week, first, row.last))
    if counter.valid_to:
        last = min(last, counter.valid_to)
    start = max(counter.valid_from, since or counter.valid_from)
    if last < start:
        return []
    closed = closures(counter.tenant, start, last)
    return schedules.slots(weeks, start, last, counter.tenant.zone, closed)


def _week(
    counter: Counter, week: ReferenceWeek, first: dt.date, last: dt.date | None
) -> schedules.Week:
    days: dict[int, tuple[schedules.Opening, ...]] = {}
    for row in week.ranges.all():
        minutes = row.minutes or counter.type.minutes
        opening = schedules.Opening(row.start, row.end, minutes)
        days[row.weekday] = (*days.get(row.weekday, ()), opening)
    return schedules.Week(days, first, last)


def plan(
    counter: Counter,
    exceptions: Sequence[ExceptionRange],
    since: dt.date | None = None,
) -> Change:
    """What saving the counter like this would do; nothing is written."""
    target = {
        (slot.starts_at, slot.ends_at): slot
        for slot in wanted(counter, exceptions, horizon(counter), since)
    }
    change = Change()
    there = set()
    existing = Slot.objects.filter(counter_id=counter.pk)
    if since:
        begin = at(since, dt.time(), counter.tenant.zone)
        existing = existing.filter(starts_at__gte=begin)
    for slot in existing:
        key = (slot.starts_at, slot.ends_at)
        if key in target:
            there.add(key)
        else:
            change.remove.append(slot)
    change.add = [slot for key, slot in target.items() if key not in there]
    _sort_appointments(change)
    return change


def _sort_appointments(change: Change) -> None:
    """Whose slots vanish: to plan again, past without status, or a hold that lapses."""
    change.to_replan, change.without_status, change.lapsing = [], [], []
    rows = Appointment.objects.filter(slot__in=[slot.pk for slot in change.remove])
    moment = now()
    for row in rows.select_related("person", "type").order_by("starts_at", "pk"):
        if row.state == AppointmentState.HELD:
            change.lapsing.append(row)
        elif row.state == AppointmentState.PLANNED:
            past = row.ends_at <= moment
            (change.without_status if past else change.to_replan).append(row)


def save_counter(
    *, by: Membership, counter: Counter, exceptions: Sequence[ExceptionRange]
) -> Change:
    """Saves a counter with its exceptions and applies the difference, wholly or not at all.

    No appointment is lost: those to come are to be planned again and their people told,
    past ones stand without status (CTR-014). Raises Refusal.
    """
    new = counter._state.adding
    with refusing_with_sentences(), transaction.atomic():
        if counter.desk._state.adding:
            counter.desk.save()
            counter.desk_id = counter.desk.pk
        if new:
            counter.save(force_insert=True)
        else:
            list(Counter.objects.select_for_update(no_key=True).filter(pk=counter.pk))
            counter.save()
        _save_exceptions(counter, exceptions)
        action = "counters.counter_created" if new else "counters.counter_changed"
        return _follow(by, counter, exceptions, action)


def _follow(
    by: Membership, counter: Counter, exceptions: Sequence[ExceptionRange], action: str
) -> Change:
    """The slots of a counter that is locked become what it says by now."""
    change = plan(counter, exceptions)
    _apply(counter, change, by.user)
    journal.record(
        action,
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=counter,
        detail={"to_replan": len(change.to_replan)},
    )
    return change


def _save_exceptions(counter: Counter, exceptions: Sequence[ExceptionRange]) -> None:
    counter.exceptions.exclude(pk__in=[row.pk for row in exceptions]).delete()
    for row in exceptions:
        row.tenant, row.counter = counter.tenant, counter
        row.save()


def _apply(counter: Counter, change: Change, by: User | None) -> None:
    """Writes the difference, in a fixed number of statements however many slots."""
    gone = [slot.pk for slot in change.remove]
    lock_appointments(gone)
    lock_slots(gone)
    # Only now nobody takes one of them any more.
    _sort_appointments(change)
    _detach(change.to_replan, AppointmentState.REPLAN, by, tell=True)
    _detach(change.without_status, AppointmentState.NO_STATUS, by)
    _detach(change.lapsing, AppointmentState.LAPSED, by)
    Appointment.objects.filter(slot__in=gone).update(slot=None)
    Slot.objects.filter(pk__in=gone).delete()
    Slot.objects.bulk_create(
        (
            Slot(
                tenant=counter.tenant,
                counter=counter,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
            )
            for slot in change.add
        ),
        batch_size=2000,
    )


def _detach(
    rows: list[Appointment],
    to: AppointmentState,
    by: User | None,
    *,
    tell: bool = False,
) -> None:
    """The appointments lose their slots, and their desks are free again."""
    keys = [row.pk for row in rows]
    Occupancy.objects.filter(source_id__in=keys).delete()
    Appointment.objects.filter(pk__in=keys).update(state=to, slot=None, held_until=None)
    AppointmentEvent.objects.bulk_create(
        AppointmentEvent(
            appointment=row,
            by=by,
            from_state=row.state,
            to_state=to,
            what=VANISHED,
            to_tell=tell,
        )
        for row in rows
    )


def materialise(counter: Counter) -> int:
    """Lets the horizon follow the calendar; gives how many slots came. The timetable's work.

    The past stays as it was.
    """
    with transaction.atomic():
        row, exceptions = _as_it_is(counter)
        change = plan(row, exceptions, today(row.tenant.zone))
        _apply(row, change, None)
    return len(change.add)


def materialise_all() -> int:
    """Every counter that is still in force, one transaction each."""
    open_ones = Counter.objects.exclude(valid_to__lt=today())
    return sum(materialise(counter) for counter in open_ones.order_by("pk"))


@transaction.atomic
def follow(*, by: Membership, counters: Iterable[Counter]) -> list[Appointment]:
    """After a type, a reference week or a closing day changed; gives what is to plan again."""
    touched: list[Appointment] = []
    for counter in counters:
        row, exceptions = _as_it_is(counter)
        change = _follow(by, row, exceptions, "counters.counter_changed")
        touched += change.to_replan
    return touched


def _as_it_is(counter: Counter) -> tuple[Counter, list[ExceptionRange]]:
    """Locked and then read: a colleague may have changed it since it stood in a list."""
    rows = Counter.objects.filter(pk=counter.pk)
    list(rows.select_for_update(no_key=True).values_list("pk"))
    row: Counter = rows.select_related("tenant", "type", "week").get()
    return row, list(row.exceptions.select_related("week"))
