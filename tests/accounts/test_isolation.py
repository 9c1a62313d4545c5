"""Every route × every role × whose object: refused by default, invisible to strangers (DESIGN §4)."""

import hashlib
import re
import uuid
from collections import defaultdict
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


ROLES = {
    "office": "booking.office_admin",
    "operator": "accounts.operator",
    "agent": "counters.agent",
    "manager": "counters.manager",
    "citizen": "counters.citizen",
}
ACTORS = [
    "nobody", "commune", "other commune", "counsellor", *ROLES,
    "password only", "blocked", "role withdrawn",
]  # fmt: skip


def actor_of(canton: Canton, as_: Callable[[Membership], Client], name: str) -> Actor:
    """One of those who might knock, on this canton's host."""
    if name == "nobody":
        return Actor(None, Client(headers=HOST), signed_in=False)
    if name == "password only":
        return Actor(None, _half(canton), signed_in=False)
    if name == "blocked":
        return Actor(None, _blocked(canton, as_), signed_in=False)
    if name == "role withdrawn":
        return Actor(None, _withdrawn(canton, as_))
    membership = _member(canton, name)
    return Actor(membership, as_(membership), is_stranger=name != "other commune")


def _member(canton: Canton, name: str) -> Membership:
    if name == "commune":
        return canton.commune
    if name == "other commune":
        return canton.other_commune
    if name == "counsellor":
        return canton.counsellor.user.memberships.get()
    office = canton.office.organisation
    works = office if name == "office" else organisation(canton.tenant, name)
    return person(canton.tenant, name, works, ROLES[name])


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


# The journal names to an operator whom each act in the tenant concerned; another tenant's
# lines are looked for in test_journal_screen.py.
SEEN = {"accounts.operator": {"accounts:journal"}}


def methods(view: Any, actor: Actor, whose: str) -> tuple[str, ...]:
    """No view answers to DELETE: one object shows it. Who is refused, is so before any
    object is looked up: the others' add a look each."""
    if whose in {"none", "strange"}:
        return ("get", "post", "delete")
    if expected(view, actor, whose) == {403}:
        return ("get",)
    return ("get", "post")


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
    canton: Canton, as_: Callable[[Membership], Client], name: str
) -> Iterator[str]:
    """What the matrix finds for an actor, one by one."""
    elsewhere = make_canton("zuerich")
    strange = objects_of(elsewhere, elsewhere.commune, 10)
    neighbour = objects_of(canton, canton.other_commune, 20)
    before = rows_of(elsewhere)
    actor = actor_of(canton, as_, name)
    said: dict[str, set[bytes]] = defaultdict(set)
    for case in cases(strange, neighbour, name):
        for method in methods(case[1], actor, case[2]):
            yield from knock(actor, method, case, said)
    told_apart = [request for request, pages in said.items() if len(pages) > 1]
    yield from (f"{it}: another's is told from what is not there" for it in told_apart)
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
    seen = actor.membership and route in SEEN.get(actor.membership.role, ())
    if actor.is_stranger and not seen and CANARY.encode() in content:
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
@pytest.mark.parametrize("actor", ACTORS)
def test_the_matrix_finds_nothing(
    canton: Canton, as_: Callable[[Membership], Client], actor: str
) -> None:
    assert list(faults(canton, as_, actor)) == []


def _see_all(self: BookingQuerySet, membership: Membership) -> BookingQuerySet:
    return self.all()


def _see_tenant(self: BookingQuerySet, membership: Membership) -> BookingQuerySet:
    return self.of(membership.tenant)


def _as_all(self: Any, tenant: Any) -> Any:
    return self.all()


def everybody() -> Any:
    everyone = Prefetch("memberships", to_attr="roles_seen")
    return User.objects.prefetch_related(everyone)


# Who finds it, and what is broken.
HOLES = {
    "bookings of everybody": ("commune", BookingQuerySet, "visible_to", _see_all),
    "bookings of the tenant": ("commune", BookingQuerySet, "visible_to", _see_tenant),
    "everything of every tenant": ("commune", TenantQuerySet, "of", _as_all),
    "every role may": (
        "commune",
        middleware,
        "permits",
        lambda request, declared: True,
    ),
    "nobody is led to the door": (
        "nobody",
        middleware.AccessMiddleware,
        "lead_to_sign_in",
        staticmethod(lambda request, declared: None),
    ),
    "people of every organisation": (
        "commune",
        person_views,
        "_people",
        lambda request: everybody(),
    ),
    "roles of every organisation": (
        "commune",
        person_views,
        "_roles",
        lambda request: Membership.objects.all(),
    ),
    "invitations of every organisation": (
        "commune",
        team,
        "_waiting",
        lambda request: Invitation.objects.all(),
    ),
    "no membership counts": (
        "commune",
        middleware,
        "permits",
        lambda request, declared: False,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("hole", HOLES)
def test_the_matrix_catches_a_planted_hole(
    hole: str,
    canton: Canton,
    as_: Callable[[Membership], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finder, *broken = HOLES[hole]
    monkeypatch.setattr(*broken)
    try:
        found = next(faults(canton, as_, finder), "")
    except Exception as error:  # noqa: BLE001 (a crash is a fault found, too)
        found = repr(error)
    assert found
