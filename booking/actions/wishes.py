"""« Me prévenir »: leaving a wish, and telling of dates that fit (BKG-018)."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from accounts.models import Membership
from booking import messages
from booking.models import DateWish, Place
from booking.queries import Wish, free_dates
from core.dates import at, now, today


@transaction.atomic
def leave_wish(
    *,
    by: Membership,
    languages: Sequence[str],
    places: Sequence[Place],
    with_interpreter: bool,
    not_after: dt.date,
) -> DateWish:
    """Remembers what a commune waits for."""
    wish = DateWish.objects.create(
        tenant=by.tenant,
        commune=by.organisation,
        created_by=by.user,
        languages=list(languages),
        with_interpreter=with_interpreter,
        not_after=not_after,
    )
    wish.places.set(places)
    return wish


def tell_all() -> int:
    """Tells every commune that waits of the dates that came since; gives how many mails."""
    # The day is the earliest one anywhere: a wish is asked about a day too long at most.
    waiting = DateWish.objects.filter(not_after__gte=today() - dt.timedelta(days=1))
    pks = waiting.order_by("created_at").values_list("pk", flat=True)
    return sum(_tell(pk) for pk in pks)


@transaction.atomic
def _tell(pk: uuid.UUID) -> bool:
    """One wish, locked: two workers tell once."""
    wish = (
        DateWish.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("tenant", "created_by")
        .filter(pk=pk)
        .first()
    )
    if wish is None or not wish.created_by.is_active:
        return False
    looked_at = now()
    fitting = free_dates(wish.tenant, wish_of(wish)).filter(
        free_since__gt=wish.looked_at,
        starts_at__lt=end_of(wish),
    )
    found = list(fitting.order_by("starts_at", "pk")[:6])
    DateWish.objects.filter(pk=pk).update(looked_at=looked_at)
    if found:
        messages.tell_of_dates(wish, found)
    return bool(found)


def wish_of(wish: DateWish) -> Wish:
    """The search that this wish stands for."""
    return Wish(
        since=now(),
        languages=wish.languages,
        places=list(wish.places.all()),
        with_interpreter=wish.with_interpreter,
    )


def end_of(wish: DateWish) -> dt.datetime:
    """The midnight after the last day that suits."""
    day = wish.not_after + dt.timedelta(days=1)
    return at(day, dt.time(), wish.tenant.zone)
