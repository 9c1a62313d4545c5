"""Every route × every role × whose object: refused by default, invisible to strangers (DESIGN §4)."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import middleware
from accounts.actions.people import invite
from accounts.models import Invitation, Membership, User
from accounts.views import team
from booking.actions.dates import take_date
from booking.actions.wishes import leave_wish
from booking.models import Booking
from booking.models.bookings import BookingQuerySet
from core import access
from core.dates import today
from core.tenancy import TenantQuerySet
from tests.conftest import Canton, make_canton, organisation, person

CANARY = "Kanarienvogel"
HOST = {"host": "berne.localhost"}
# Whose object stands in the address of a route; a route with a pk needs an entry.
OBJECTS = {
    "booking:take": "slot",
    "booking:delete_wish": "wish",
    "accounts:forget_browser": "person",
    "accounts:withdraw": "invitation",
    "accounts:block": "person",
    "accounts:reset_factor": "person",
    **{
        f"booking:{name}": "booking"
        for name in (
            "booking", "edit", "upload", "detach", "form", "confirm", "cancel", "delete", "save_draft",
            "invitation", "sheet",
        )
    },
}  # fmt: skip
EXTRA = {"booking:invitation": ["fr"], "booking:sheet": ["fr"]}
TOKENS = {"accounts:reset_link": ["token"], "accounts:invitation_link": ["token"]}


def routes() -> dict[str, Any]:
    """Every named route of the house with its view; the demonstration's aside."""

    def walk(node: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for entry in node.url_patterns:
            if isinstance(entry, URLPattern):
                yield ":".join((*spaces, entry.name or "")), entry.callback
            else:
                inner = (*spaces, entry.namespace) if entry.namespace else spaces
                yield from walk(entry, inner)

    return dict(walk(get_resolver(), ()))


def address(name: str, objects: dict[str, uuid.UUID]) -> str:
    if name in OBJECTS:
        return reverse(name, args=[objects[OBJECTS[name]], *EXTRA.get(name, [])])
    return reverse(name, args=TOKENS.get(name, []))


def objects_of(canton: Canton, by: Membership, days: int) -> dict[str, uuid.UUID]:
    """One of each, full of canaries, of this commune."""
    booking = take_date(by=by, slot=canton.slot(days=days), with_interpreter=False)
    Booking.objects.filter(pk=booking.pk).update(
        last_name=CANARY, first_name=CANARY, remark=CANARY, state="unconfirmed",
        personal_data={"aim": CANARY},
    )  # fmt: skip
    invitation = invite(
        by=by, email=f"{CANARY}@x.example", role="booking.commune",
        administrator=False, language="fr",
    ) if by.administrator else None  # fmt: skip
    wish = leave_wish(
        by=by, languages=[], places=[], with_interpreter=False,
        not_after=today() + dt.timedelta(days=9),
    )  # fmt: skip
    return {
        "booking": booking.pk,
        "slot": canton.slot(days=days + 40).pk,
        "wish": wish.pk,
        "person": by.user_id,
        "invitation": invitation.pk if invitation else uuid.uuid4(),
    }


def actors(canton: Canton) -> dict[str, Membership | None]:
    """Everybody who might knock, on this canton's host."""
    office = canton.office.organisation
    return {
        "nobody": None,
        "commune": canton.commune,
        "other commune": canton.other_commune,
        "counsellor": canton.counsellor.user.memberships.get(),
        "office": person(canton.tenant, "office", office, "booking.office_admin"),
        "operator": person(
            canton.tenant,
            "operator",
            organisation(canton.tenant, "Canton"),
            "accounts.operator",
        ),
    }


def rows_of(canton: Canton) -> str:
    """One hash over every row of a tenant; the journal grows and the cache of PDFs may."""
    digest = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        fields = {field.name for field in model._meta.fields}
        if "tenant" in fields and model._meta.model_name not in {"document"}:
            rows = model.objects.filter(tenant=canton.tenant).order_by("pk")
            digest.update(serializers.serialize("json", rows).encode())
    return digest.hexdigest()


def expected(view: Any, membership: Membership | None, whose: str) -> set[int]:
    """What the declaration on the view says."""
    declared = view.access
    if declared.kind == access.PUBLIC:
        return {200, 204, 302, 405, 410, 422}
    if membership is None:
        return {302}
    allowed = declared.kind == access.SIGNED_IN or (
        membership.administrator
        if declared.kind == access.ADMINISTRATORS
        else membership.role in declared.roles
    )
    if not allowed:
        return {403}
    if whose in {"strange", "absent"}:
        return {404, 405}
    return {200, 302, 404, 405, 409, 410, 422}


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
        if actor != "other commune" and OBJECTS[name] != "slot":
            yield name, view, "absent", address(name, neighbour)


def faults(
    canton: Canton, as_: Callable[[Membership], Client]
) -> tuple[list[str], int]:
    """What the matrix finds, and how many requests it made."""
    elsewhere = make_canton("zuerich")
    strange = objects_of(elsewhere, elsewhere.commune, 10)
    neighbour = objects_of(canton, canton.other_commune, 20)
    before, found, requests = rows_of(elsewhere), [], 0
    for actor, membership in actors(canton).items():
        client = as_(membership) if membership else Client(headers=HOST)
        for name, view, whose, path in cases(strange, neighbour, actor):
            for method in ("get", "post", "delete"):
                answer = getattr(client, method)(path)
                requests += 1
                content = b"" if answer.streaming else answer.content
                if answer.status_code not in expected(view, membership, whose):
                    found.append(
                        f"{actor} {method} {name} {whose}: {answer.status_code}"
                    )
                if actor != "other commune" and CANARY.encode() in content:
                    found.append(f"{actor} {method} {name} {whose}: canary")
    if rows_of(elsewhere) != before:
        found.append("rows of another tenant changed")
    return found, requests


def test_every_route_says_who_may_use_it() -> None:
    silent = [name for name, view in routes().items() if not hasattr(view, "access")]
    assert silent == []


def test_every_route_with_an_object_stands_in_the_table() -> None:
    for name, view in routes().items():
        if name not in OBJECTS and view.access.kind != access.DEMO:
            reverse(name, args=TOKENS.get(name, []))


@pytest.mark.slow
def test_the_matrix_finds_nothing(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    found, requests = faults(canton, as_)
    print(f"{len(routes())} routes, {requests} requests")  # noqa: T201
    assert found == []


def _see_all(self: BookingQuerySet, membership: Membership) -> BookingQuerySet:
    return self.all()


def _see_tenant(self: BookingQuerySet, membership: Membership) -> BookingQuerySet:
    return self.of(membership.tenant)


def _as_all(self: Any, tenant: Any) -> Any:
    return self.all()


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
        team,
        "_people",
        lambda request: User.objects.all(),
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
        found, _requests = faults(canton, as_)
    except Exception as error:  # noqa: BLE001 (a crash is a fault found, too)
        found = [repr(error)]
    assert found
