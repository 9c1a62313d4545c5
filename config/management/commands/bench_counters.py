"""The data set of `run.py bench` for counters (DESIGN §8): a million slots, and two large changes."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from accounts.models import Membership, Tenant
from core.dates import now, today
from counters.actions import appointments as actions
from counters.actions.opening import materialise, save_counter
from counters.models import (
    Appointment,
    AppointmentType,
    Counter,
    Desk,
    Person,
    ReferenceWeek,
    Slot,
    TownPlace,
    WeekRange,
)
from counters.states import AppointmentState, SlotState

COUNTERS, AGENDA, SLOTS = 200, 10, 5100
MINUTES = 10
APPOINTMENTS = 300
# All but ten stand open day and night: only their number matters here.
FILL = """
    INSERT INTO counters_slot (id, tenant_id, counter_id, starts_at, ends_at, state)
    SELECT gen_random_uuid(), %(tenant)s, %(counter)s, moment, moment + interval '10 minutes',
           CASE WHEN number %% 100 = 0 THEN 'free' ELSE 'reserved' END
    FROM generate_series(1, %(slots)s) number,
         LATERAL (SELECT %(first)s + number * interval '10 minutes' AS moment) AS at
"""


class Command(BaseCommand):
    help = "Fills the demonstration's town with a million slots; prints how long two changes take."

    def handle(self, *args: Any, **options: Any) -> None:
        """What was there of an earlier bench is taken away first."""
        tenant = Tenant.objects.get(slug="mairie")
        old = Counter.objects.filter(tenant=tenant, name__startswith="Bench")
        Appointment.objects.filter(counter__in=old).delete()
        Slot.objects.filter(counter__in=old).delete()
        old.delete()
        lead = Membership.objects.get(user__username="sandrine.jeanrenaud")
        large, ten = (
            _type(tenant, lead, name) for name in ("Bench large", "Bench ten")
        )
        for number in range(AGENDA):
            _usual(_counter(tenant, ten, f"Bench {number}"))
        for number in range(AGENDA, COUNTERS):
            _round_the_clock(_counter(tenant, large, f"Bench {number}"))
        total = Slot.objects.count()
        self.stdout.write(f"{COUNTERS} counters, {total} slots, 99 % taken")
        self.stdout.write(_materialised(tenant, lead))
        self.stdout.write(_changed(tenant, lead))


def _usual(counter: Counter) -> None:
    """Half hours from eight to five; every third is free."""
    counter.week = _open_week(counter.tenant, "Bench full", 17)
    counter.save()
    materialise(counter)
    slots = Slot.objects.filter(counter=counter).order_by("starts_at")
    taken = [pk for n, pk in enumerate(slots.values_list("pk", flat=True)) if n % 3]
    Slot.objects.filter(pk__in=taken).update(state=SlotState.RESERVED)


def _round_the_clock(counter: Counter) -> None:
    first = now().replace(minute=0, second=0, microsecond=0)
    facts = {"tenant": counter.tenant_id, "counter": counter.pk}
    with connection.cursor() as cursor:
        cursor.execute(FILL, {**facts, "slots": SLOTS, "first": first})


def _type(tenant: Tenant, lead: Membership, name: str) -> AppointmentType:
    found: AppointmentType = AppointmentType.objects.get_or_create(
        tenant=tenant, name_fr=name, defaults={"minutes": MINUTES, "latest_days": 335}
    )[0]
    found.services.add(lead.organisation)
    return found


def _counter(tenant: Tenant, type_: AppointmentType, name: str) -> Counter:
    week, _new = ReferenceWeek.objects.get_or_create(tenant=tenant, name="Bench empty")
    desk, _new = Desk.objects.get_or_create(tenant=tenant, name=name)
    place = TownPlace.objects.of(tenant).order_by("name")[0]
    counter: Counter = Counter.objects.create(
        tenant=tenant,
        type=type_,
        name=name,
        place=place,
        desk=desk,
        week=week,
        valid_from=today(),
    )
    return counter


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def _open_week(tenant: Tenant, name: str, last: int) -> ReferenceWeek:
    week: ReferenceWeek = ReferenceWeek.objects.get_or_create(tenant=tenant, name=name)[
        0
    ]
    week.ranges.all().delete()
    for weekday in range(5):
        WeekRange.objects.create(
            tenant=tenant,
            week=week,
            weekday=weekday,
            start=dt.time(8),
            end=dt.time(last),
            minutes=30,
        )
    return week


def _materialised(tenant: Tenant, lead: Membership) -> str:
    """A year of one counter, 18 slots a day."""
    counter = _counter(tenant, _type(tenant, lead, "Bench ten"), "Bench year")
    counter.week = _open_week(tenant, "Bench full", 17)
    counter.save()
    number, seconds = _timed(lambda: materialise(counter))
    return f"materialising a year of one counter: {number} slots in {seconds:.2f} s (≤ 1 s)"


def _changed(tenant: Tenant, lead: Membership) -> str:
    """Another week for a counter with 2,000 slots and 300 appointments to come."""
    counter = _counter(tenant, _type(tenant, lead, "Bench ten"), "Bench change")
    counter.valid_to = today() + dt.timedelta(days=155)
    counter.week = _open_week(tenant, "Bench full", 17)
    save_counter(by=lead, counter=counter, exceptions=[])
    slots = list(
        Slot.objects.filter(counter=counter, starts_at__gt=now()).order_by("-starts_at")
    )
    person = Person.objects.of(tenant).order_by("number")[0]
    for slot in slots[:APPOINTMENTS]:
        row = Appointment(
            tenant=tenant, type=counter.type, person=person, state=AppointmentState.PLANNED,
            reference=actions.new_reference(), taken_by=lead.user,
        )  # fmt: skip
        actions.fill(row, slot)
        row.save()
    taken = [slot.pk for slot in slots[:APPOINTMENTS]]
    Slot.objects.filter(pk__in=taken).update(state=SlotState.BOOKED)
    counter.week = _open_week(tenant, "Bench short", 9)
    change, seconds = _timed(
        lambda: save_counter(by=lead, counter=counter, exceptions=[])
    )
    return (
        f"week change: {len(slots)} slots, {APPOINTMENTS} appointments, {len(change.remove)} slots"
        f" gone, {len(change.to_replan)} to plan again in {seconds:.2f} s (≤ 2 s)"
    )
