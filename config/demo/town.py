"""The demonstration's town: services, types, counters, two months of slots, forty citizens."""

import datetime as dt
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import Membership, Organisation, Tenant
from core.dates import now, today
from core.occupancy import Occupancy
from counters.actions import appointments as actions
from counters.actions import queue
from counters.actions.opening import save_counter
from counters.actions.persons import new_person, person_of
from counters.actions.portal import confirm, hold
from counters.models import (
    Appointment,
    AppointmentEvent,
    AppointmentType,
    ClosingDay,
    Counter,
    Desk,
    ExceptionRange,
    Person,
    ReferenceWeek,
    Slot,
    TownPlace,
    WeekRange,
)
from counters.states import AppointmentState, SlotState

PLACES = {
    "Centre-ville": (
        "Rue des Tilleuls 2",
        "Entrée sans marches.",
        "Stufenloser Eingang.",
    ),
    "Mâche": ("Rue des Saules 31", "Ascenseur.", "Lift."),
    "Boujean": ("Chemin du Moulin 8", "", ""),
}
# Label fr, label de, description fr, de, services, minutes, on the portal, to bring fr, de.
TYPES: list[tuple[str, str, str, str, tuple[str, ...], int, bool, str, str]] = [
    (
        "Carte d’identité et passeport",
        "Identitätskarte und Pass",
        "Photo prise au guichet",
        "Foto am Schalter",
        ("État civil",),
        30,
        True,
        "Votre ancienne carte d’identité ou votre passeport\nUne carte de paiement ou des espèces",
        "Ihre bisherige Identitätskarte oder Ihren Pass\nEine Zahlkarte oder Bargeld",
    ),
    (
        "Permis de séjour",
        "Aufenthaltsbewilligung",
        "Première demande ou renouvellement",
        "Erstes Gesuch oder Verlängerung",
        ("Étrangers",),
        20,
        True,
        "Votre passeport\nVotre contrat de travail ou de bail",
        "Ihren Pass\nIhren Arbeits- oder Mietvertrag",
    ),
    (
        "Arrivée ou déménagement",
        "Zuzug oder Umzug",
        "Dans les 14 jours",
        "Innert 14 Tagen",
        ("Population",),
        20,
        True,
        "Une pièce d’identité\nVotre contrat de bail",
        "Einen Ausweis\nIhren Mietvertrag",
    ),
    (
        "Attestation de domicile",
        "Wohnsitzbestätigung",
        "Aussi sur demande par courrier",
        "Auch auf Anfrage per Post",
        ("Population", "Étrangers"),
        10,
        True,
        "Une pièce d’identité",
        "Einen Ausweis",
    ),
    (
        "Légaliser une signature",
        "Unterschrift beglaubigen",
        "La personne qui signe doit venir",
        "Wer unterschreibt, muss kommen",
        ("État civil",),
        10,
        True,
        "Une pièce d’identité\nLe document, non signé",
        "Einen Ausweis\nDas Dokument, nicht unterschrieben",
    ),
    ("Autre demande", "Anderes Anliegen", "", "", (), 20, False, "", ""),
]
MORNING = (dt.time(8), dt.time(11, 30))
AFTERNOON = (dt.time(13, 30), dt.time(16, 30))
# Name, type, place, shares its desk with.
COUNTERS = [
    ("Guichet 1", 0, "Centre-ville", ""),
    ("Guichet 2", 0, "Centre-ville", ""),
    ("Guichet 3", 1, "Centre-ville", ""),
    ("Guichet 4", 2, "Centre-ville", ""),
    ("Guichet 5", 3, "Centre-ville", "Guichet 4"),
    ("Mâche 1", 0, "Mâche", ""),
    ("Mâche 2", 2, "Mâche", ""),
    ("Boujean 1", 3, "Boujean", ""),
    ("Accueil", 5, "Centre-ville", ""),
]
FAMILIES = [
    "Amrein", "Tièche", "Bandelier", "Boillat", "Chételat", "Favre", "Gigandet",
    "Hrytsenko", "Imhof", "Joray", "Kovačević", "Liechti", "Monnin", "Nikolaou",
    "Paroz", "Rebetez", "Rossier", "Sahin", "Stähli", "Tesfay",
]  # fmt: skip
FIRST = ["Élodie", "Yves", "Anna", "Jules", "Chloé", "Marc", "Olena", "Peter"]


def build(tenant: Tenant) -> None:
    """The town with appointments in every status."""
    lead = Membership.objects.get(tenant=tenant, user__username="sandrine.jeanrenaud")
    weeks = _weeks(tenant)
    places = {name: _place(tenant, name) for name in PLACES}
    types = [_type(tenant, number) for number in range(len(TYPES))]
    ClosingDay.objects.create(
        tenant=tenant, day=dt.date(today().year, 12, 24), name="Veille de Noël",
        from_time=dt.time(12),
    )  # fmt: skip
    found: dict[str, Counter] = {}
    for name, type_, place, shared in COUNTERS:
        found[name] = _counter(
            lead, name, types[type_], places[place], weeks, found.get(shared)
        )
    _people(tenant, lead, list(found.values()))


def _weeks(tenant: Tenant) -> dict[str, ReferenceWeek]:
    weeks = {}
    for name, days, ranges in (
        ("Semaine ordinaire", range(5), (MORNING, AFTERNOON)),
        ("Matins seulement", range(5), (MORNING,)),
        ("Fermé", range(0), ()),
    ):
        week = ReferenceWeek.objects.create(tenant=tenant, name=name)
        for day in days:
            for start, end in ranges:
                WeekRange.objects.create(
                    tenant=tenant, week=week, weekday=day, start=start, end=end
                )
        weeks[name] = week
    return weeks


def _place(tenant: Tenant, name: str) -> TownPlace:
    street, access_fr, access_de = PLACES[name]
    place: TownPlace = TownPlace.objects.create(
        tenant=tenant, name=name, street=street, postcode="2502", town="Biel/Bienne",
        access_note_fr=access_fr, access_note_de=access_de, phone="032 555 01 00",
    )  # fmt: skip
    return place


def _type(tenant: Tenant, number: int) -> AppointmentType:
    fr, de, text_fr, text_de, services, minutes, portal, bring_fr, bring_de = TYPES[
        number
    ]
    type_: AppointmentType = AppointmentType.objects.create(
        tenant=tenant, name_fr=fr, name_de=de, description_fr=text_fr,
        description_de=text_de, minutes=minutes, on_portal=portal,
        bring_fr=bring_fr, bring_de=bring_de, position=number,
    )  # fmt: skip
    for name in services:
        type_.services.add(Organisation.objects.get(tenant=tenant, name=name))
    return type_


def _counter(
    by: Membership,
    name: str,
    type_: AppointmentType,
    place: TownPlace,
    weeks: dict[str, ReferenceWeek],
    shares_with: Counter | None,
) -> Counter:
    first = today() - dt.timedelta(days=14)
    desk = shares_with.desk if shares_with else Desk(tenant=by.tenant, name=name)
    counter = Counter(
        tenant=by.tenant, name=name, type=type_, place=place, desk=desk,
        week=weeks["Semaine ordinaire"], valid_from=first, on_portal=type_.on_portal,
    )  # fmt: skip
    exceptions = []
    if name in {"Guichet 2", "Mâche 2"}:
        away = today() + dt.timedelta(days=21)
        exceptions.append(
            ExceptionRange(
                first=away,
                last=away + dt.timedelta(days=11),
                week=weeks["Matins seulement" if name == "Guichet 2" else "Fermé"],
            )  # fmt: skip
        )
    save_counter(by=by, counter=counter, exceptions=exceptions)
    return counter


def _people(tenant: Tenant, by: Membership, counters: list[Counter]) -> None:
    """Forty files, and an appointment for most of them."""
    persons = [_person(tenant, number) for number in range(38)]
    citizens = Membership.objects.filter(tenant=tenant, role="counters.citizen")
    for citizen in citizens.select_related("user__tenant").order_by("user__username"):
        persons.append(person_of(citizen.user))
        _reserved(citizen, counters[5])
    given = cycle(persons)
    for number, counter in enumerate(counters):
        free = Slot.objects.filter(counter=counter, starts_at__gt=now())
        free = free.select_related("counter__type", "counter__desk", "tenant")
        first = number % 4  # not everybody comes at the same hour
        chosen = free.order_by("starts_at")[first : first + 60 : 3 + number % 3]
        _planned(by, list(chosen), given)
    _past(by, counters[0], persons)
    _every_status(by, counters[1])
    for counter in counters:
        _waiting(by, counter)


def _reserved(citizen: Membership, counter: Counter) -> None:
    """A citizen's own appointment, through the portal."""
    free = Slot.objects.filter(
        counter=counter,
        state=SlotState.FREE,
        starts_at__gt=now() + dt.timedelta(days=3),
    ).select_related("tenant", "counter__type__tenant", "counter__desk")
    slot = free.order_by("starts_at")[0]
    row = hold(by=citizen.user, slot=slot)
    confirm(by=citizen.user, appointment=row, phone="079 555 01 27", by_sms=False)


def _person(tenant: Tenant, number: int) -> Person:
    family = FAMILIES[number % len(FAMILIES)]
    first = FIRST[number % len(FIRST)]
    return new_person(
        tenant=tenant,
        last_name=family,
        first_name=first,
        birth_date=dt.date(1950 + number, 1 + number % 12, 1 + number % 28),
        email=f"p{number}@post.example" if number % 3 else "",
        phone=f"079 555 {number + 10:02d} 88",
        language="de" if number % 4 == 0 else "fr",
    )


def _planned(by: Membership, slots: list[Slot], persons: Iterator[Person]) -> None:
    """Appointments on these slots: the first by an agent, with a message; the others as rows."""
    first, *others = slots
    actions.assign(by=by, slot=first, visitor=actions.Visitor(next(persons)))
    takeable = Slot.objects.filter(pk__in=[slot.pk for slot in others]).takeable(now())
    free = set(takeable.values_list("pk", flat=True))
    rows = []
    for slot in others:
        if slot.pk in free:  # the desk may be another counter's at that time
            row = Appointment(
                tenant=by.tenant, type=slot.counter.type, person=next(persons),
                taken_by=by.user, reference=actions.new_reference(),
                state=AppointmentState.PLANNED,
            )  # fmt: skip
            actions.fill(row, slot)
            rows.append(row)
    Appointment.objects.bulk_create(rows)
    Slot.objects.filter(appointments__in=rows).update(state=SlotState.BOOKED)
    AppointmentEvent.objects.bulk_create(
        AppointmentEvent(
            appointment=row, by=by.user, to_state=row.state, what="assigned"
        )
        for row in rows
    )
    Occupancy.objects.bulk_create(
        Occupancy(
            resource_id=row.counter.desk_id,
            period=DateTimeTZRange(row.starts_at, row.ends_at, "[)"),
            source_id=row.pk,
        )
        for row in rows
    )


def _past(by: Membership, counter: Counter, persons: list[Person]) -> None:
    """Yesterday's: rows, for nobody can book the past."""
    slots = Slot.objects.filter(counter=counter, ends_at__lt=now()).order_by(
        "-starts_at"
    )
    outcomes = cycle(
        [AppointmentState.DONE, AppointmentState.ABSENT, AppointmentState.NO_STATUS]
    )
    for slot, person in zip(slots[:9], persons, strict=False):
        outcome = next(outcomes)
        row = Appointment(
            tenant=by.tenant, type=counter.type, person=person, state=outcome,
            taken_by=by.user, reference=actions.new_reference(),
        )  # fmt: skip
        actions.fill(row, slot)
        if outcome == AppointmentState.NO_STATUS:
            row.slot = None
        row.save()
        if row.slot:
            Slot.objects.filter(pk=slot.pk).update(state=SlotState.BOOKED)


def _every_status(by: Membership, counter: Counter) -> None:
    """Suspended, reserved, to plan again, cancelled."""
    to_come = Appointment.objects.filter(
        counter=counter, state=AppointmentState.PLANNED, starts_at__gt=now()
    ).select_related("slot__counter__type", "tenant", "holder")
    rows: list[Any] = list(to_come.order_by("starts_at")[:4])
    for row, name in zip(rows[:2], ("suspend", "reserve"), strict=False):
        actions.move_slot(by=by, slot=row.slot, name=name)
    for row in rows[2:3]:
        actions.cancel(by=by.user, appointment=row)
    free = Slot.objects.filter(
        counter=counter, state=SlotState.FREE, starts_at__gt=now()
    ).select_related("counter__type", "tenant")
    for slot, name in zip(free[2:20:4], cycle(("suspend", "reserve")), strict=False):
        actions.move_slot(by=by, slot=slot, name=name)


def _waiting(by: Membership, counter: Counter) -> None:
    """Today's queue: one at the counter, two that wait."""
    for _number in range(3):
        queue.walk_in(by=by, place=counter.place, type_=counter.type)
    queue.call_next(by=by, counter=counter)
