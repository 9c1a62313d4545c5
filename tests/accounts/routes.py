"""Every named route, and one record of each kind with canaries in it, for the matrix."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.actions.people import invite
from accounts.models import Membership, RememberedBrowser, Terms, UserSession
from booking.actions.dates import take_date
from booking.actions.wishes import leave_wish
from booking.models import Booking, InformationSheet
from core.dates import now, today
from core.messages.models import OutgoingMessage
from core.privacy.models import AccessFile, LegalHold
from counters.actions.queue import walk_in
from counters.models import Appointment, EarlierWish, SavedSearch
from tests.conftest import Canton
from tests.counters.town import Town, make_town

CANARY = "Kanarienvogel"
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
    "accounts:forget_browser": "browser",
    "accounts:close_session": "session",
    "accounts:terms_version": "terms",
    "accounts:message": "message",
    "accounts:resend": "message",
    "accounts:organisation": "organisation",
    "accounts:set_active": "organisation",
    "accounts:ask_for_data": "person",
    "accounts:download_data": "answer",
    "accounts:data_of": "person",
    "accounts:hold": "person",
    "accounts:lift_hold": "hold",
    "accounts:withdraw": "invitation",
    "accounts:renew": "invitation",
    "accounts:take_role": "membership",
    "accounts:mark_administrator": "membership",
    **{
        f"accounts:{name}": "person"
        for name in (
            "person", "block", "reset_factor", "close_sessions",
            "send_password_reset", "give_role",
        )
    },
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
TENANTS_OWN = {
    "slot", "place", "sheet", "file", "type", "town place", "terms", "hold", "message",
    "organisation",
}  # fmt: skip
# And what an operator reaches in every organisation of the tenant.
OPERATORS_OWN = {"person", "membership", "invitation"}
TOKENS = {
    "booking:feed": ["token"],
    "logo": ["digest"],
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
    if name in {"accounts:data_of", "accounts:hold", "accounts:ask_for_data"}:
        return reverse(name, args=["accounts.user", objects["person"]])
    if name == "counters:times":
        return reverse(name, args=[objects["type"], objects["town place"]])
    if name in OBJECTS:
        return reverse(name, args=[objects[OBJECTS[name]], *EXTRA.get(name, [])])
    return reverse(name, args={**TOKENS, **KINDS}.get(name, []))


def objects_of(canton: Canton, by: Membership, days: int) -> dict[str, uuid.UUID]:
    """One of each, full of canaries, of this commune."""
    # The operator of the tenant does see these.
    own_tenant = canton.tenant.slug == HOST["host"].split(".")[0]
    unseen = "Nachbar" if own_tenant else CANARY
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
        "hold": LegalHold.objects.create(
            tenant=canton.tenant,
            kind="accounts.user",
            subject_id=by.user_id,
            reason=unseen,
            set_by=by.user,
        ).pk,
        "answer": AccessFile.objects.create(
            tenant=canton.tenant,
            kind="accounts.user",
            subject_id=by.user_id,
            language="fr",
            asked_by=by.user,
            path="access/x.zip",
            ready_at=now(),
        ).pk,
        "message": OutgoingMessage.objects.create(
            tenant=canton.tenant,
            kind="x",
            dedupe_key=str(by.pk),
            to=unseen,
            language="fr",
            subject=unseen,
            text=unseen,
            next_at=now(),
            state="failed",
        ).pk,
        "membership": by.pk,
        "organisation": by.organisation_id,
        "session": session_of(by),
        "terms": Terms.objects.get_or_create(
            tenant=canton.tenant,
            number=1,
            defaults={"text_fr": CANARY, "text_de": CANARY, "published_at": now()},
        )[0].pk,
        "browser": RememberedBrowser.objects.create(
            user=by.user,
            token_hash=str(by.pk),
            user_agent=CANARY,
            expires_at=now() + dt.timedelta(days=9),
        ).pk,
        "invitation": invitation.pk if invitation else uuid.uuid4(),
    }


def session_of(by: Membership) -> uuid.UUID:
    """A session of this person, named as in addresses."""
    named = uuid.uuid4()
    UserSession.objects.create(
        session_key=named.hex, session_data="", user=by.user, user_agent=CANARY,
        expire_date=now() + dt.timedelta(days=9),
    )  # fmt: skip
    return named


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
