"""Every route × every role × whose object: refused by default, invisible to strangers (DESIGN §4)."""

import datetime as dt
import hashlib
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db.models import F
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import middleware
from accounts.actions.people import block, invite
from accounts.models import Invitation, Membership, User
from accounts.views import team
from booking.actions.dates import take_date
from booking.actions.wishes import leave_wish
from booking.models import Booking, InformationSheet
from booking.models.bookings import BookingQuerySet
from core import access
from core.dates import today
from core.tenancy import TenantQuerySet
from counters.actions.queue import walk_in
from counters.models import Appointment, EarlierWish, SavedSearch
from tests.conftest import PASSWORD, Canton, make_canton, organisation, person
from tests.counters.town import Town, make_town

CANARY = "Kanarienvogel"
# What differs from page to page: tokens, numbers of requests and records.
CHANGING = re.compile(rb'value="\w{64}"|[0-9a-f-]{16,36}')
HOST = {"host": "berne.localhost"}
# Whose object stands in the address of a route; a route with a pk needs an entry.
OBJECTS = {
    "booking:take": "slot",
    "booking:delete_wish": "wish",
    "booking:record": "place",
    "booking:preview_sheet": "sheet",
    "counters:record": "town place",
    "counters:waiting_room": "town place",
    "counters:arrive": "appointment",
    "counters:step": "visit",
    "counters:wait": "type",
    "counters:stop_waiting": "earlier wish",
    "accounts:forget_browser": "person",
    "accounts:withdraw": "invitation",
    "accounts:block": "person",
    "accounts:reset_factor": "person",
    **{
        f"counters:{name}": "town slot" for name in ("slot", "move", "assign")
    },
    **{
        f"counters:{name}": "appointment"
        for name in ("appointment", "change", "cancel", "mark", "cancel_mine", "check",
                     "done", "calendar", "give_back")
    },
    "counters:delete_search": "search",
    "counters:person": "file",
    "counters:counter": "counter",
    "counters:places": "type",
    "counters:times": "type",
    **{
        f"booking:{name}": "booking"
        for name in (
            "booking", "edit", "upload", "detach", "form", "confirm", "cancel", "delete", "save_draft", "reassign", "mark", "write_note", "note_interpreter",
            "invitation", "sheet",
        )
    },
}  # fmt: skip
KINDS = {
    f"{app}:{name}": ["places"]
    for app in ("booking", "counters")
    for name in ("records", "add_record")
}
EXTRA = {"booking:invitation": ["fr"], "booking:sheet": ["fr"]}
# Records that all of a role see within their tenant.
TENANTS_OWN = {"slot", "place", "sheet", "file", "type", "town place"}
TOKENS = {
    "booking:feed": ["token"],
    "accounts:reset_link": ["token"],
    "accounts:invitation_link": ["token"],
}


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
    if name in {"booking:record", "counters:record"}:
        return reverse(name, args=["places", objects[OBJECTS[name]]])
    if name == "counters:times":
        return reverse(name, args=[objects["type"], objects["town place"]])
    if name in OBJECTS:
        return reverse(name, args=[objects[OBJECTS[name]], *EXTRA.get(name, [])])
    return reverse(name, args={**TOKENS, **KINDS}.get(name, []))


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
        **town_objects(canton, by),
        "booking": booking.pk,
        "slot": canton.slot(days=days + 40).pk,
        "wish": wish.pk,
        "place": canton.place.pk,
        "sheet": InformationSheet.objects.get_or_create(
            tenant=canton.tenant,
            language="fr",
            defaults={"title": CANARY, "body": CANARY},
        )[0].pk,
        "person": by.user_id,
        "invitation": invitation.pk if invitation else uuid.uuid4(),
    }


def town_objects(canton: Canton, by: Membership) -> dict[str, uuid.UUID]:
    """A town's service of its own, with somebody's appointment full of canaries."""
    town = make_town(canton.tenant, suffix=f"{by.user.username} {len(USED)} ")
    USED.append(town)
    slots = town.slots()
    # A file is the whole town's; the appointments in it are their service's.
    name = "Nachbar" if canton.tenant.slug == HOST["host"].split(".")[0] else CANARY
    row = town.assigned(slots[0], name)
    Appointment.objects.filter(pk=row.pk).update(comment=CANARY)
    return {
        "town slot": slots[1].pk,
        "search": SavedSearch.objects.create(
            tenant=canton.tenant, entry="planned", name=CANARY, service=town.service
        ).pk,
        "appointment": row.pk,
        "file": row.person_id,
        "counter": town.counter.pk,
        "type": town.type.pk,
        "town place": town.place.pk,
        "earlier wish": EarlierWish.objects.create(
            tenant=canton.tenant, person=row.person, type=town.type
        ).pk,
        "visit": walk_in(by=town.lead, place=town.place, type_=town.type).pk,
    }


USED: list[Town] = []  # counted, for names are unique within a tenant


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
            membership.administrator
            if declared.kind == access.ADMINISTRATORS
            else membership.role in declared.roles
        )
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
        if actor != "other commune" and OBJECTS[name] not in TENANTS_OWN:
            yield name, view, "absent", address(name, neighbour)


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
            for method in ("get", "post", "delete"):
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
    if whose in {"strange", "absent"} and answer.status_code == 404:
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


# Which record each field of a form takes; other people's are sent in all of them at once.
FIELDS = {
    "move": "booking",
    "membership": "membership",
    "referral_type": "referral_type",
    "places": "place",
    "office": "office",
}
FILLED = {
    "language": "fr", "salutation": "mrs", "last_name": "X", "first_name": "Y",
    "nationality": "ER", "birth_date": "14.3.1991", "data-aim": "Z", "name": "X",
    "postcode": "2610", "email": "x@y.example", "not_after": "1.2.2027",
}  # fmt: skip


def entangled() -> list[str]:
    """Rows that point to a row of another tenant."""
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            other = field.related_model
            if "tenant" not in names or not other or field.name == "tenant":
                continue
            if "tenant" in {one.name for one in other._meta.fields}:
                crossed = model.objects.filter(
                    **{f"{field.name}__isnull": False}
                ).exclude(**{f"{field.name}__tenant": F("tenant")})
                found += [f"{model.__name__}.{field.name}"] * crossed.count()
    return found


def send_others_records(canton: Canton, client: Client) -> None:
    """Every POST route on one's own objects, with another tenant's records in its fields."""
    elsewhere = make_canton("zuerich")
    others = {
        **objects_of(elsewhere, elsewhere.commune, 10),
        "membership": elsewhere.commune.pk,
        "referral_type": elsewhere.recommended.pk,
        "place": elsewhere.place.pk,
        "office": elsewhere.office.pk,
    }
    body = {**FILLED, **{field: others[kind] for field, kind in FIELDS.items()}}
    own = objects_of(canton, canton.commune, 30)
    for name, view in routes().items():
        posts = "POST" in view.access.methods and view.access.kind == access.ROLES
        if posts or name == "accounts:switch":
            client.post(address(name, own), body)


def test_no_field_takes_another_tenants_record(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    send_others_records(canton, as_(canton.commune))
    assert entangled() == []
    assert Booking.objects.filter(last_name="X").count() == 0


def test_a_field_that_takes_any_record_is_seen(
    canton: Canton,
    as_: Callable[[Membership], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TenantQuerySet, "of", lambda self, tenant: self.all())
    send_others_records(canton, as_(canton.commune))
    assert entangled()


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
        found = next(faults(canton, as_, Counter()), "")
    except Exception as error:  # noqa: BLE001 (a crash is a fault found, too)
        found = repr(error)
    assert found
