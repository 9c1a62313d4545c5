"""A small town: one service, a type, a place, a week, a counter with slots to come."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts.models import Membership, Organisation, Tenant
from core.dates import at, today
from counters.actions import appointments as actions
from counters.actions.opening import save_counter
from counters.actions.persons import new_person
from counters.models import (
    Appointment,
    AppointmentType,
    Counter,
    Desk,
    ExceptionRange,
    Person,
    ReferenceWeek,
    Slot,
    TownPlace,
    WeekRange,
)
from tests.conftest import organisation, person


@dataclass
class Town:
    """What counters need, and who works there."""

    tenant: Tenant
    service: Organisation
    lead: Membership
    type: AppointmentType
    place: TownPlace
    week: ReferenceWeek
    mornings: ReferenceWeek
    closed: ReferenceWeek
    counter: Counter

    def slots(self, counter: Counter | None = None) -> list[Slot]:
        """The slots from tomorrow on, in order, whatever hour it is now."""
        tomorrow = today(self.tenant.zone) + dt.timedelta(days=1)
        rows = Slot.objects.filter(
            counter=counter or self.counter,
            starts_at__gte=at(tomorrow, dt.time(), self.tenant.zone),
        ).select_related("tenant", "counter__type", "counter__desk", "counter__place")
        return list(rows.order_by("starts_at"))

    def add_counter(self, name: str, **facts: Any) -> Counter:
        """Another counter, at a desk of its own unless told otherwise."""
        given = {
            "tenant": self.tenant,
            "name": name,
            "type": self.type,
            "place": self.place,
            "desk": Desk(tenant=self.tenant, name=name),
            # From tomorrow: before eight in the morning today would have free slots, later none.
            "valid_from": today() + dt.timedelta(days=1),
            "week": self.week,
        }
        counter = Counter(**{**given, **facts})
        save_counter(by=self.lead, counter=counter, exceptions=[])
        return counter

    def change(self, **facts: Any) -> Any:
        """Saves the counter with other facts, and exceptions if they are named."""
        exceptions: list[ExceptionRange] = facts.pop("exceptions", [])
        counter = Counter.objects.get(pk=self.counter.pk)
        for name, value in facts.items():
            setattr(counter, name, value)
        return save_counter(by=self.lead, counter=counter, exceptions=exceptions)

    def visitor(self, last_name: str = "Bois", **facts: Any) -> Person:
        """A file."""
        given = {"first_name": "Jules", "email": f"{last_name}@x.example".lower()}
        return new_person(tenant=self.tenant, last_name=last_name, **{**given, **facts})

    def assigned(self, slot: Slot, last_name: str = "Bois") -> Appointment:
        """An appointment on this slot."""
        visitor = actions.Visitor(self.visitor(last_name))
        return actions.assign(by=self.lead, slot=slot, visitor=visitor)


def week_of(tenant: Tenant, name: str, *ranges: tuple[int, int, int]) -> ReferenceWeek:
    """A week: (weekday, from hour, to hour)…"""
    week: ReferenceWeek = ReferenceWeek.objects.create(tenant=tenant, name=name)
    for weekday, start, end in ranges:
        WeekRange.objects.create(
            tenant=tenant,
            week=week,
            weekday=weekday,
            start=dt.time(start),
            end=dt.time(end),
        )
    return week


def make_town(tenant: Tenant, *, suffix: str = "") -> Town:
    """Open every day from eight to ten, in half hours."""
    service = organisation(tenant, f"Service {suffix}{tenant.slug}")
    lead = person(tenant, f"lead{suffix}", service, "counters.lead", administrator=True)
    type_ = AppointmentType.objects.create(
        tenant=tenant, name_fr=f"Passeport {suffix}", earliest_hours=0, latest_days=20
    )
    type_.services.add(service)
    days = range(7)
    town = Town(
        tenant=tenant,
        service=service,
        lead=lead,
        type=type_,
        place=TownPlace.objects.create(
            tenant=tenant,
            name="Mairie",
            street="Rue Neuve 1",
            postcode="2502",
            town="Bienne",
        ),
        week=week_of(tenant, "Ordinaire", *((day, 8, 10) for day in days)),
        mornings=week_of(tenant, "Court", *((day, 8, 9) for day in days)),
        closed=week_of(tenant, "Fermé"),
        counter=Counter(),
    )
    town.counter = town.add_counter(f"Guichet {suffix}1")
    return town
