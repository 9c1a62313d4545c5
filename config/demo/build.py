"""Builds the demonstration through the same actions as a person's."""

import datetime as dt
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import secrets
from accounts.actions.people import give_role
from accounts.models import Organisation, Tenant, TenantHost, TotpDevice, User
from booking.actions.publishing import publish
from booking.models import (
    Commune,
    Counsellor,
    InterviewLanguage,
    Office,
    Place,
    ReferralType,
)
from config.demo import clients, people, terms, town
from config.demo.people import Person
from core.dates import today

TENANTS: dict[str, dict[str, Any]] = {
    "berne": {
        "name_fr": "Canton de Berne",
        "name_de": "Kanton Bern",
        "office_fr": "Office de l’intégration et de l’action sociale, Division État-major",
        "office_de": "Amt für Integration und Soziales, Abteilung Stab",
        "tool_title_fr": "Outil de réservation",
        "tool_title_de": "Reservationstool",
        "tool_purpose_fr": "Entretiens de conseil pour les communes",
        "tool_purpose_de": "Beratungsgespräche für die Gemeinden",
        "accent": "#96182b",
        "accent_strong": "#6f0f1e",
        "logo": "logos/berne.svg",
        "apps": ["booking"],
    },
    "mairie": {
        "name_fr": "Ville de Bienne",
        "name_de": "Stadt Biel",
        "office_fr": "Services à la population",
        "office_de": "Dienste für die Bevölkerung",
        "tool_title_fr": "Guichets",
        "tool_title_de": "Schalter",
        "accent": "#16417c",
        "accent_strong": "#0e2c57",
        "logo": "logos/bienne.svg",
        "apps": ["counters"],
    },
    "interpretes": {
        "name_fr": "Interprétariat du Jura bernois",
        "name_de": "Dolmetschdienst Berner Jura",
        "office_fr": "Service d’interprétariat communautaire",
        "office_de": "Interkulturelles Dolmetschen",
        "tool_title_fr": "Interprétariat",
        "tool_title_de": "Dolmetschen",
        "accent": "#16603f",
        "accent_strong": "#0d432b",
        "logo": "logos/jura.svg",
    },
}


@transaction.atomic
def build() -> None:
    """Makes the three tenants, their people and three months of dates; once."""
    if Tenant.objects.filter(slug="berne").exists():
        return
    tenants = {slug: _tenant(slug) for slug in TENANTS}
    for slug, persons in people.OTHERS.items():
        for person in persons:
            _organisation(tenants[slug], person.organisation)
            _person(tenants[slug], person)
    _berne(tenants["berne"])
    town.build(tenants["mairie"])
    for tenant in tenants.values():
        terms.build(tenant)


def _tenant(slug: str) -> Tenant:
    tenant = Tenant.objects.create(slug=slug, **TENANTS[slug])
    TenantHost.objects.create(tenant=tenant, host=f"{slug}.localhost")
    return tenant


def _organisation(tenant: Tenant, name: str) -> Organisation:
    return Organisation.objects.get_or_create(tenant=tenant, name=name)[0]


def _person(tenant: Tenant, person: Person) -> User:
    user = User.objects.create(
        tenant=tenant,
        username=person.username,
        email=f"{person.username.lower()}@{tenant.slug}.example",
        first_name=person.first_name,
        last_name=person.last_name,
        password=_hashed(),
        language=person.language,
    )
    TotpDevice.objects.create(user=user, sealed_seed=secrets.seal(person.seed))
    organisation = Organisation.objects.get(tenant=tenant, name=person.organisation)
    give_role(
        user=user,
        organisation=organisation,
        role=person.role,
        administrator=person.administrator,
    )
    return user


@cache
def _hashed() -> str:
    """All have the same password; hashing it is slow on purpose."""
    return make_password(people.PASSWORD)


def _berne(tenant: Tenant) -> None:
    offices = {name: _office(tenant, name) for name in ("Multimondo", "KIO Thun")}
    for name, (postcode, office) in people.COMMUNES.items():
        Commune.objects.create(
            tenant=tenant,
            organisation=_organisation(tenant, name),
            office=offices[office],
            postcode=postcode,
        )
    _organisation(tenant, "OIAS, Division État-major")
    for code in people.LANGUAGES:
        InterviewLanguage.objects.create(tenant=tenant, code=code)
    types = [
        ReferralType.objects.create(
            tenant=tenant,
            name_fr=fr,
            name_de=de,
            mandatory=mandatory,
            position=position,
        )
        for position, (fr, de, mandatory) in enumerate(
            [
                ("Envoi recommandé", "Empfohlene Zuweisung", False),
                ("Envoi obligatoire", "Obligatorische Zuweisung", True),
            ]
        )
    ]
    places = {name: _place(tenant, name, offices) for name in people.PLACES}
    counsellors = []
    for person in people.BERNE:
        user = _person(tenant, person)
        if person.languages:
            counsellors.append(
                Counsellor.objects.create(
                    tenant=tenant,
                    user=user,
                    office=offices[person.organisation],
                    languages=person.languages,
                )
            )
    _three_months(counsellors, places, types)
    clients.book(tenant)


def _office(tenant: Tenant, name: str) -> Office:
    organisation = _organisation(tenant, name)
    slug = name.lower().replace(" ", ".")
    organisation.email = f"{slug}@integration.example"
    organisation.phone = "032 555 01 40" if name == "Multimondo" else "033 555 01 40"
    organisation.save()
    town = {"Multimondo": ("Rue des Tilleuls 14", "2502", "Biel/Bienne")}
    street, postcode, name = town.get(name, ("Frutigenstrasse 8", "3600", "Thun"))
    return Office.objects.create(
        tenant=tenant,
        organisation=organisation,
        street=street,
        postcode=postcode,
        town=name,
        reachable_from=dt.time(8),
        reachable_until=dt.time(12),
    )


def _place(tenant: Tenant, name: str, offices: dict[str, Office]) -> Place:
    office, street, postcode, fr, de, station, line, ride, stop, walk = people.PLACES[
        name
    ]
    return Place.objects.create(
        tenant=tenant,
        office=offices[office],
        name=name,
        street=street,
        postcode=postcode,
        town=name,
        room_fr=fr,
        room_de=de,
        access_note_fr="Entrée sans marches, ascenseur.",
        access_note_de="Stufenloser Eingang, Lift.",
        station=station,
        line=line,
        ride_minutes=ride,
        stop=stop,
        walk_minutes=walk,
    )


def _three_months(
    counsellors: list[Counsellor], places: dict[str, Place], types: list[ReferralType]
) -> None:
    """Each counsellor two days a week, mornings at one place and afternoons there too."""
    first = today()
    for number, counsellor in enumerate(counsellors):
        own = [p for p in places.values() if p.office_id == counsellor.office_id]
        for offset in range(1, 92):
            day = first + dt.timedelta(days=offset)
            if day.weekday() not in {number % 5, (number + 2) % 5}:
                continue
            for hour in (9, 11, 14, 16):
                publish(
                    counsellor=counsellor,
                    place=own[(number + offset // 7 + day.weekday() // 2) % len(own)],
                    day=day,
                    start=dt.time(hour),
                    minutes=90,
                    referral_types=types if hour != 16 else types[:1],
                    interpreter_possible=hour in {9, 14},
                )
