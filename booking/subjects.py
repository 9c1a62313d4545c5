"""Clients of communes, as those whom data is about: a person may have several bookings."""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant
from booking.models import Booking, BookingEvent
from core.privacy.access import section
from core.privacy.subjects import Dossier, Found, Section, Subject, register
from core.search import alphabetical, fits

KEY = "booking.client"


def _named(tenant: Tenant) -> QuerySet[Booking]:
    rows: QuerySet[Booking] = Booking.objects.of(tenant).exclude(last_name="")
    return rows


def of_same_client(booking: Booking) -> QuerySet[Booking]:
    """The bookings of one person: one SYMIC number, or one name and date of birth.

    Namesakes without either are not taken for one.
    """
    same = Q(pk=booking.pk)
    if booking.symic_number:
        same |= Q(symic_number=booking.symic_number)
    elif booking.birth_date:
        same |= Q(
            last_name__iexact=booking.last_name,
            first_name__iexact=booking.first_name,
            birth_date=booking.birth_date,
        )
    rows: QuerySet[Booking] = Booking.objects.of(booking.tenant).filter(same)
    return rows


def _key(booking: Booking) -> tuple[object, ...]:
    """What says that two bookings are one person's."""
    if booking.symic_number:
        return (booking.symic_number,)
    if booking.birth_date:
        name = (booking.last_name.casefold(), booking.first_name.casefold())
        return (*name, booking.birth_date)
    return (booking.pk,)


def find(tenant: Tenant, words: str) -> list[Found]:
    """Clients by name, SYMIC number, e-mail or telephone; each once."""
    columns = ("last_name", "first_name", "email", "phone")
    rows = _named(tenant).filter(fits(words, *columns, starts=("symic_number",)))
    found: dict[tuple[object, ...], Found] = {}
    for row in rows.select_related("commune").order_by(
        *alphabetical("last_name", "first_name"), "pk"
    )[:100]:
        born = f"{row.birth_date:%d.%m.%Y}" if row.birth_date else ""
        facts = (born, row.symic_number, row.commune.name)
        found.setdefault(
            _key(row), Found(KEY, row.pk, f"{row.last_name} {row.first_name}", facts)
        )
    return list(found.values())


def names(tenant: Tenant, pks: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by booking."""
    rows = _named(tenant).filter(pk__in=pks)
    return {
        pk: f"{last} {first}"
        for pk, last, first in rows.values_list("pk", "last_name", "first_name")
    }


def ids(tenant: Tenant, pk: uuid.UUID) -> set[uuid.UUID]:
    """All bookings of the person, and the forms uploaded with them."""
    booking = Booking.objects.of(tenant).filter(pk=pk).first()
    if booking is None:
        return {pk}
    found = {pk}
    for row in of_same_client(booking).only("pk", "form_file"):
        found |= {row.pk} | ({row.form_file_id} if row.form_file_id else set())
    return found


def dossier(tenant: Tenant, pk: uuid.UUID) -> Dossier | None:
    """Everything on a client; None when there is none."""
    first = Booking.objects.of(tenant).exclude(last_name="").filter(pk=pk).first()
    if first is None:
        return None
    rows = of_same_client(first).select_related("slot").order_by("slot__starts_at")
    events = BookingEvent.objects.filter(booking__in=rows).order_by("at")
    when = [
        {"booking_id": row.pk, "starts_at": row.slot.starts_at, "state": row.state}
        for row in rows
    ]
    sections = [
        section(_("Bookings"), rows, LABELS),
        Section(_("Interviews"), when, {"starts_at": _("Moment"), "state": _("State")}),
        section(_("History"), events, {"at": _("Moment"), "what": _("Act")}),
    ]
    return Dossier(f"{first.last_name} {first.first_name}", sections)


LABELS = {
    "salutation": _("Salutation"),
    "last_name": _("Last name"),
    "first_name": _("First name"),
    "nationality": _("Nationality"),
    "birth_date": _("Date of birth"),
    "symic_number": _("SYMIC number"),
    "phone": _("Phone number"),
    "email": _("E-mail"),
    "language": _("Language"),
    "interpreter_language": _("Interpreter’s language"),
    "interpreter_name": _("Interpreter"),
    "remark": _("Remark"),
    "office_note": _("Note of the office"),
    "personal_data": _("Form Additional personal data"),
    "created_at": _("Entered"),
    "confirmed_at": _("Confirmed"),
}


register(Subject(KEY, _("Client of a commune"), find, names, ids, dossier))
