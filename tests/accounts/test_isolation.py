"""Every route × every role × whose object: refused by default, invisible to strangers (DESIGN §4)."""

import hashlib
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Prefetch
from django.test import Client
from django.urls import reverse

from accounts import middleware
from accounts.actions.care import block
from accounts.models import Invitation, Membership, User
from accounts.views import person as person_views
from accounts.views import team
from booking.models.bookings import BookingQuerySet
from core import access
from core.tenancy import TenantQuerySet
from tests.accounts.routes import (
    CANARY,
    HOST,
    KINDS,
    OBJECTS,
    OPERATORS_OWN,
    TENANTS_OWN,
    TOKENS,
    address,
    objects_of,
    routes,
)
from tests.conftest import PASSWORD, Canton, make_canton, organisation, person

# What differs from page to page: tokens, numbers of requests and records,
# and how long the session lasts yet.
CHANGING = re.compile(
    rb'value="\w{64}"|[0-9a-f-]{16,36}|data-left="\d+"|<noscript>.*?</noscript>', re.S
)


@dataclass
class Actor:
    """Somebody who knocks: the membership that counts, if any, and the browser used."""

    membership: Membership | None
    client: Client
    signed_in: bool = True
    is_stranger: bool = True  # to the records with the canaries


def actors(
    canton: Canton, as_: Callable[[Membership], Client]
) -> Iterator[tuple[str, Actor]]:
    """Everybody who might knock, on this canton's host."""
    office = canton.office.organisation
    yield "nobody", Actor(None, Client(headers=HOST), signed_in=False)
    yield "commune", Actor(canton.commune, as_(canton.commune))
    yield (
        "other commune",
        Actor(canton.other_commune, as_(canton.other_commune), is_stranger=False),
    )
    counsellor = canton.counsellor.user.memberships.get()
    yield "counsellor", Actor(counsellor, as_(counsellor))
    for name, role, works in (
        ("office", "booking.office_admin", office),
        ("operator", "accounts.operator", organisation(canton.tenant, "Canton")),
        ("agent", "counters.agent", organisation(canton.tenant, "Agents")),
        ("manager", "counters.manager", organisation(canton.tenant, "Guichets")),
        ("citizen", "counters.citizen", organisation(canton.tenant, "Portail")),
    ):
        membership = person(canton.tenant, name, works, role)
        yield name, Actor(membership, as_(membership))
    yield "password only", Actor(None, _half(canton), signed_in=False)
    yield "blocked", Actor(None, _blocked(canton, as_), signed_in=False)
    yield "role withdrawn", Actor(None, _withdrawn(canton, as_))


def _half(canton: Canton) -> Client:
    half = person(canton.tenant, "half", canton.commune.organisation, "booking.commune")
    client = Client(headers=HOST)
    login = {"login": half.user.username, "password": PASSWORD, "stay": "0"}
    assert client.post("/sign-in/", login).headers["Location"].startswith("/sign-in/")
    return client


def _blocked(canton: Canton, as_: Callable[[Membership], Client]) -> Client:
    gone = person(canton.tenant, "gone", canton.commune.organisation, "booking.commune")
    client = as_(gone)
    block(by=canton.commune, user=gone.user)
    return client


def _withdrawn(canton: Canton, as_: Callable[[Membership], Client]) -> Client:
    former = person(
        canton.tenant, "former", canton.commune.organisation, "booking.commune"
    )
    client = as_(former)
    former.delete()
    return client


def rows_of(canton: Canton) -> str:
    """One hash over every row of a tenant; the journal grows and the cache of PDFs may."""
    digest = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        fields = {field.name for field in model._meta.fields}
        if "tenant" in fields and model._meta.model_name not in {"document"}:
            rows = model.objects.filter(tenant=canton.tenant).order_by("pk")
            digest.update(repr(list(rows.values())).encode())
            for field in model._meta.many_to_many:
                pairs = rows.values_list("pk", field.name).order_by("pk", field.name)
                digest.update(repr(list(pairs)).encode())
    return digest.hexdigest()


def expected(view: Any, actor: Actor, whose: str) -> set[int]:
    """What the declaration on the view says."""
    declared, membership = view.access, actor.membership
    if declared.kind == access.PUBLIC:
        return {200, 204, 302, 404, 405, 410, 422}
    if not actor.signed_in:
        return {302}
    allowed = declared.kind == access.SIGNED_IN or (
        membership is not None
        and (
            membership.role in declared.roles
            or (declared.kind == access.ADMINISTRATORS and membership.administrator)
        )
    )
    if not allowed:
        return {403}
    if whose != "none":
        return {404, 405}
    return {200, 204, 302, 404, 405, 409, 410, 422}


# No view answers to DELETE: a neighbour's record adds nothing to a stranger's there.
METHODS = {
    "none": ("get", "post", "delete"),
    "strange": ("get", "post", "delete"),
    "absent": ("get", "post", "delete"),
    "neighbour's": ("get", "post"),
}


def cases(
    strange: dict[str, uuid.UUID], neighbour: dict[str, uuid.UUID], actor: str
) -> Iterator[tuple[str, Any, str, str]]:
    """Route, view, whose object, address: signing out is walked elsewhere."""
    absent = {key: uuid.uuid4() for key in strange}
    for name, view in routes().items():
        if view.access.kind == access.DEMO or name == "accounts:sign_out":
            continue
        if name not in OBJECTS:
            yield name, view, "none", address(name, strange)
            continue
        yield name, view, "strange", address(name, strange)
        yield name, view, "absent", address(name, absent)
        reached = TENANTS_OWN | (OPERATORS_OWN if actor == "operator" else set())
        if actor != "other commune" and OBJECTS[name] not in reached:
            yield name, view, "neighbour's", address(name, neighbour)


def faults(
    canton: Canton, as_: Callable[[Membership], Client], count: Counter[str]
) -> Iterator[str]:
    """What the matrix finds, one by one; `count` tells of how many requests."""
    elsewhere = make_canton("zuerich")
    strange = objects_of(elsewhere, elsewhere.commune, 10)
    neighbour = objects_of(canton, canton.other_commune, 20)
    before = rows_of(elsewhere)
    for name, actor in actors(canton, as_):
        count["actors"] += 1
        said: dict[str, set[bytes]] = defaultdict(set)
        for case in cases(strange, neighbour, name):
            for method in METHODS[case[2]]:
                count["requests"] += 1
                for fault in knock(actor, method, case, said):
                    yield f"{name} {fault}"
        for address_, pages in said.items():
            if len(pages) > 1:
                yield f"{name} {address_}: another's is told from what is not there"
    if rows_of(elsewhere) != before:
        yield "rows of another tenant changed"


def knock(
    actor: Actor,
    method: str,
    case: tuple[str, Any, str, str],
    said: dict[str, set[bytes]],
) -> Iterator[str]:
    """One request; `said` collects what is answered about records that are not one's own."""
    route, view, whose, path = case
    answer = getattr(actor.client, method)(path)
    content = b"" if answer.streaming else answer.content
    if answer.status_code not in expected(view, actor, whose):
        yield f"{method} {route} {whose}: {answer.status_code}"
    if actor.is_stranger and CANARY.encode() in content:
        yield f"{method} {route} {whose}: canary"
    if whose != "none" and answer.status_code == 404:
        said[f"{method} {route}"].add(CHANGING.sub(b"", content))


def test_every_route_says_who_may_use_it() -> None:
    silent = [name for name, view in routes().items() if not hasattr(view, "access")]
    assert silent == []


def test_every_route_with_an_object_stands_in_the_table() -> None:
    for name, view in routes().items():
        if name not in OBJECTS and view.access.kind != access.DEMO:
            reverse(name, args={**TOKENS, **KINDS}.get(name, []))


@pytest.mark.slow
def test_the_matrix_finds_nothing(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    count: Counter[str] = Counter()
    found = list(faults(canton, as_, count))
    print(f"{len(routes())} routes, {dict(count)}")  # noqa: T201
    assert found == []


def _see_all(self: BookingQuerySet, membership: Membership) -> BookingQuerySet:
    return self.all()


def _see_tenant(self: BookingQuerySet, membership: Membership) -> BookingQuerySet:
    return self.of(membership.tenant)


def _as_all(self: Any, tenant: Any) -> Any:
    return self.all()


def everybody() -> Any:
    everyone = Prefetch("memberships", to_attr="roles_seen")
    return User.objects.prefetch_related(everyone)


HOLES = {
    "bookings of everybody": (BookingQuerySet, "visible_to", _see_all),
    "bookings of the tenant": (BookingQuerySet, "visible_to", _see_tenant),
    "everything of every tenant": (TenantQuerySet, "of", _as_all),
    "every role may": (middleware, "permits", lambda request, declared: True),
    "nobody is led to the door": (
        middleware.AccessMiddleware,
        "lead_to_sign_in",
        staticmethod(lambda request, declared: None),
    ),
    "people of every organisation": (
        person_views,
        "_people",
        lambda request: everybody(),
    ),
    "roles of every organisation": (
        person_views,
        "_roles",
        lambda request: Membership.objects.all(),
    ),
    "invitations of every organisation": (
        team,
        "_waiting",
        lambda request: Invitation.objects.all(),
    ),
    "no membership counts": (middleware, "permits", lambda request, declared: False),
}


@pytest.mark.slow
@pytest.mark.parametrize("hole", HOLES)
def test_the_matrix_catches_a_planted_hole(
    hole: str,
    canton: Canton,
    as_: Callable[[Membership], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(*HOLES[hole])
    try:
        found = next(faults(canton, as_, Counter()), "")
    except Exception as error:  # noqa: BLE001 (a crash is a fault found, too)
        found = repr(error)
    assert found
