"""What all tests share: a canton with two communes and an office, and somebody to be."""

import datetime as dt
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models.query import ModelIterable
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from accounts.actions.people import create_person, give_role
from accounts.models import (
    Membership,
    Organisation,
    Tenant,
    TenantHost,
    TotpDevice,
    User,
)
from accounts.secrets import seal
from booking.actions.publishing import publish
from booking.models import (
    Commune,
    Counsellor,
    InterviewLanguage,
    Office,
    Place,
    ReferralType,
    Slot,
)
from core.dates import now, today
from tests.demonstration import Demonstration, build

# A busy machine is slow, which is no fault of the code: nothing is asserted about time.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


PASSWORD = "cheval correct pile agrafe"
SEED = b"twenty bytes of seed"


@pytest.fixture(autouse=True)
def _no_network() -> None:
    """Only this machine, and the Valkey given, are reached from a test's own process."""
    broker = urlsplit(settings.REDIS_URL).hostname
    socket_allow_hosts(
        ["127.0.0.1", "::1", "localhost", *([broker] if broker else [])],
        allow_unix_socket=True,
    )


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    """Private files of each test in a folder of its own."""
    storages = dict(settings.STORAGES)
    default = dict(storages["default"])
    default["OPTIONS"] = {**default["OPTIONS"], "location": str(tmp_path / "files")}
    settings.STORAGES = {**storages, "default": default}


@pytest.fixture(scope="session", autouse=True)
def _journal_may_be_emptied() -> Iterator[None]:
    """Tests that commit empty all tables afterwards; the journal's triggers forbid that."""
    flush = type(connection.ops).execute_sql_flush

    def without_trigger(self: Any, statements: list[str]) -> None:
        off, on = (
            [
                f"ALTER TABLE {table} {switch} TRIGGER {trigger}"
                for table, trigger in (
                    ("core_journalentry", "journal_never_emptied"),
                    ("core_journalseal", "seals_never_emptied"),
                )
            ]
            for switch in ("DISABLE", "ENABLE")
        )
        flush(self, [*off, *statements, *on])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "execute_sql_flush", without_trigger)
        yield


@pytest.fixture(scope="session", autouse=True)
def _unordered_means_any_order() -> Iterator[None]:
    """Rows that nobody put in order come shuffled, as PostgreSQL may send them."""
    in_order = ModelIterable.__iter__

    def shuffled(self: Any) -> Iterator[Any]:
        rows = list(in_order(self))
        if not self.queryset.ordered:
            random.shuffle(rows)
        return iter(rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ModelIterable, "__iter__", shuffled)
        yield


@pytest.fixture(scope="session")
def demonstration(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Demonstration:
    """Built once for all processes of this run of the tests."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return build(folder / "demonstration")


@dataclass
class Canton:
    """A tenant with what booking needs."""

    tenant: Tenant
    office: Office
    place: Place
    counsellor: Counsellor
    recommended: ReferralType
    mandatory: ReferralType
    commune: Membership
    other_commune: Membership

    def slot(self, *, days: int = 7, hour: int = 9, **extra: Any) -> Slot:
        """A free date in so many days."""
        wanted = {
            "counsellor": self.counsellor,
            "place": self.place,
            "day": today() + dt.timedelta(days=days),
            "start": dt.time(hour),
            "minutes": 60,
            "referral_types": [self.recommended, self.mandatory],
            "interpreter_possible": True,
        }
        return publish(**{**wanted, **extra})


def organisation(tenant: Tenant, name: str) -> Organisation:
    return Organisation.objects.create(tenant=tenant, name=name)


def person(
    tenant: Tenant,
    username: str,
    works_for: Organisation,
    role: str,
    *,
    administrator: bool = False,
) -> Membership:
    """Somebody with password and second factor."""
    user = create_person(
        tenant=tenant,
        username=username,
        email=f"{username}@{tenant.slug}.example",
        first_name=username.title(),
        last_name="Modèle",
        password=PASSWORD,
        language="fr",
    )
    TotpDevice.objects.create(user=user, sealed_seed=seal(SEED))
    return give_role(
        user=user, organisation=works_for, role=role, administrator=administrator
    )


def make_canton(slug: str) -> Canton:
    """A canton of this name."""
    tenant = Tenant.objects.create(
        slug=slug,
        name=f"Canton {slug}",
        office="Office",
        tool_title="Outil",
        apps=["booking", "counters"],
    )
    TenantHost.objects.create(tenant=tenant, host=f"{slug}.localhost")
    works = organisation(tenant, f"Antenne {slug}")
    office = Office.objects.create(tenant=tenant, organisation=works, town="Bienne")
    for code in ("fr", "de", "ti"):
        InterviewLanguage.objects.create(tenant=tenant, code=code)
    counselling = person(tenant, "counsellor", works, "booking.counsellor")
    counsellor = Counsellor.objects.create(
        tenant=tenant, user=counselling.user, office=office, languages=["fr"]
    )
    communes = []
    for name in ("commune", "other"):
        body = organisation(tenant, f"{name} {slug}")
        Commune.objects.create(
            tenant=tenant, organisation=body, office=office, postcode="2610"
        )
        communes.append(
            person(
                tenant, name, body, "booking.commune", administrator=name == "commune"
            )
        )
    return Canton(
        tenant=tenant,
        office=office,
        place=Place.objects.create(
            tenant=tenant,
            office=office,
            name=f"Bienne {slug}",
            street="Rue des Tilleuls 14",
            postcode="2502",
            town="Bienne",
            stop="Tilleuls",
            station="Gare",
            line="4",
            ride_minutes=6,
            walk_minutes=3,
        ),
        counsellor=counsellor,
        recommended=ReferralType.objects.create(
            tenant=tenant, name_fr="Envoi recommandé"
        ),
        mandatory=ReferralType.objects.create(
            tenant=tenant, name_fr="Envoi obligatoire", mandatory=True
        ),
        commune=communes[0],
        other_commune=communes[1],
    )


@pytest.fixture
def canton(db: None) -> Canton:
    return make_canton("berne")


def code_of(user: User, *, ahead: int = 0) -> str:
    """The code that the person's app shows."""
    from django_otp.oath import hotp  # noqa: PLC0415

    return f"{hotp(SEED, int(now().timestamp()) // 30 + ahead):06d}"


@pytest.fixture
def as_(db: None) -> Callable[[Membership], Client]:
    """A browser signed in by password and code, on the tenant's host."""

    def browser(membership: Membership) -> Client:
        client = Client(headers={"host": f"{membership.tenant.slug}.localhost"})
        login = {"login": membership.user.username, "password": PASSWORD, "stay": "0"}
        client.post("/sign-in/", login)
        client.post(
            "/sign-in/code/", {"code": code_of(membership.user), "remember": "0"}
        )
        return client

    return browser


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    yield
    cache.clear()
