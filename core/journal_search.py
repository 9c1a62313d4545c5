"""Looking into the journal: by who, about whom, what, when; newest first, by keyset."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core.journal import JournalEntry

PER_PAGE = 50
MOST_EXPORTED = 50_000


@dataclass(frozen=True)
class Wish:
    """What is looked for; None: everything."""

    since: dt.datetime
    until: dt.datetime
    actors: frozenset[uuid.UUID] | None = None
    about: frozenset[uuid.UUID] | None = None
    action: str = ""


def lines(tenant: Any, wish: Wish) -> QuerySet[JournalEntry]:
    """The lines of an authority that fit, the newest first."""
    rows = JournalEntry.objects.filter(
        tenant_id=tenant.pk, at__gte=wish.since, at__lt=wish.until
    )
    if wish.actors is not None:
        rows = rows.filter(actor_id__in=wish.actors)
    if wish.about is not None:
        rows = rows.filter(subject_id__in=wish.about)
    if wish.action:
        rows = rows.filter(action=wish.action)
    return rows.select_related("note").order_by("-id")


def page(
    rows: "QuerySet[JournalEntry]", before: int | None
) -> tuple[list[JournalEntry], int | None]:
    """A page behind a line's number, and the number that the next page begins behind."""
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: PER_PAGE + 1])
    more = len(found) > PER_PAGE
    return found[:PER_PAGE], found[PER_PAGE - 1].pk if more else None


def ids_in(rows: Iterable[JournalEntry]) -> set[uuid.UUID]:
    """Everybody and everything that lines are about, to be named in a few queries."""
    return {pk for row in rows for pk in (row.actor_id, row.subject_id) if pk}
