"""Reads across the tables of booking."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership, Tenant
from booking.models import Counsellor, InterviewLanguage, Office, Place, Slot
from booking.models.bookings import BookingQuerySet
from booking.states import BookingState
from core.dates import now
from core.search import fits


@dataclass(frozen=True)
class Wish:
    """What a commune looks for (BKG-011): languages, places, an interpreter, from when on."""

    since: dt.datetime
    languages: Sequence[str] = ()
    places: Sequence[Any] = ()
    with_interpreter: bool = False


def free_dates(tenant: Tenant, wish: Wish) -> QuerySet[Slot]:
    """The dates that fit (BKG-012).

    Without an interpreter, those whose counsellor speaks one of the languages; with one,
    those open to an interpreter, whatever the counsellor's languages.
    """
    at = now()
    dates = Slot.objects.of(tenant).takeable(at).filter(starts_at__gte=wish.since)
    if wish.places:
        dates = dates.filter(place__in=wish.places)
    if wish.with_interpreter:
        dates = dates.filter(interpreter_possible=True)
    elif wish.languages:
        speaking = Counsellor.objects.of(tenant).filter(
            languages__overlap=list(wish.languages)
        )
        # Few counsellors, many dates: their ids go into the query as a list.
        dates = dates.filter(counsellor__in=list(speaking.values_list("pk", flat=True)))
    return dates.select_related("place", "counsellor__user").prefetch_related(
        "referral_types"
    )


def nearest_dates(slot: Slot, wish: Wish, *, most: int = 5) -> list[Slot]:
    """The free dates nearest to one that was just taken (BKG-017)."""
    fitting = free_dates(slot.tenant, wish).exclude(pk=slot.pk)
    later = list(
        fitting.filter(starts_at__gte=slot.starts_at).order_by("starts_at", "pk")[:most]
    )
    earlier = list(
        fitting.filter(starts_at__lt=slot.starts_at).order_by("-starts_at", "pk")[:most]
    )
    both = sorted(
        [*later, *earlier], key=lambda other: abs(other.starts_at - slot.starts_at)
    )
    return sorted(both[:most], key=lambda other: other.starts_at)


@dataclass(frozen=True)
class BookingWish:
    """Which bookings are looked for: words of the client's name, and a stretch of time."""

    words: str = ""
    which: str = ""


def find_bookings(rows: BookingQuerySet, wish: BookingWish) -> BookingQuerySet:
    """Bookings by client (name, SYMIC number) and by what is still to do (BKG-042)."""
    names = ("last_name", "first_name")
    rows = rows.filter(fits(wish.words, *names, starts=("symic_number",)))
    if wish.which == "unconfirmed":
        return rows.to_confirm()
    if wish.which == "to_come":
        return rows.filter(state=BookingState.CONFIRMED, slot__starts_at__gt=now())
    if wish.which == "past":
        return rows.filter(slot__starts_at__lte=now())
    return rows


def offices(tenant: Tenant) -> QuerySet[Office]:
    """The integration offices, by name."""
    return (
        Office.objects.of(tenant)
        .select_related("organisation")
        .order_by("organisation__name")
    )


def office_of(membership: Membership) -> Office:
    """The office of reference of one's own commune, with its address, in one query."""
    found: Office = Office.objects.select_related("organisation", "tenant").get(
        communes__organisation=membership.organisation_id
    )
    return found


def places(tenant: Tenant) -> QuerySet[Place]:
    """Where interviews take place."""
    return Place.objects.of(tenant).order_by("name")


def languages_in_use(tenant: Tenant) -> list[str]:
    """The codes of the languages of this authority."""
    return list(
        InterviewLanguage.objects.of(tenant)
        .order_by("code")
        .values_list("code", flat=True)
    )
