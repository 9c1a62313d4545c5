"""Messages about bookings; the file itself is read after signing in (BKG-033, 035, 041).

What happened is one of EVENTS; each of the three recipients has one template for all.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.addresses import absolute
from accounts.models import Membership, User
from booking import calendar
from booking.models import Booking, Counsellor, DateWish, Slot
from core.messages.outbox import queue

TO_COUNSELLOR = {
    "confirmed": gettext_lazy("A new interview is booked with you"),
    "changed": gettext_lazy("The data of an interview was changed"),
    "moved": gettext_lazy("An interview was moved"),
    "cancelled": gettext_lazy("An interview was cancelled"),
}
TO_CLIENT = {
    "confirmed": gettext_lazy("Your appointment for an advisory interview"),
    "moved": gettext_lazy("Your advisory interview was moved"),
    "cancelled": gettext_lazy("Your advisory interview was cancelled"),
    "reminder": gettext_lazy("Reminder: your advisory interview"),
}
TO_COMMUNE = {
    "moved": gettext_lazy("The office has moved an interview"),
    "cancelled": gettext_lazy("The office has cancelled an interview"),
}


def tell_confirmed(booking: Booking) -> None:
    """An interview is confirmed: the counsellor is told, and the client if wished."""
    _tell_counsellor(booking, "confirmed", booking.slot.counsellor)
    _tell_client(booking, "confirmed")


def tell_changed(booking: Booking) -> None:
    """The commune has changed what it entered: this concerns the counsellor (BKG-041)."""
    _tell_counsellor(booking, "changed", booking.slot.counsellor)


def tell_moved(booking: Booking, former: Slot, *, by: Membership) -> None:
    """Another date. A counsellor who loses the interview gets a cancellation."""
    if former.counsellor_id == booking.slot.counsellor_id:
        _tell_counsellor(booking, "moved", booking.slot.counsellor, former=former)
    else:
        _tell_counsellor(booking, "cancelled", former.counsellor, former=former)
        _tell_counsellor(booking, "confirmed", booking.slot.counsellor)
    _tell_client(booking, "moved", former=former)
    _tell_commune(booking, "moved", by=by, former=former)


def tell_cancelled(booking: Booking, *, by: Membership) -> None:
    """The interview does not take place."""
    _tell_counsellor(booking, "cancelled", booking.slot.counsellor)
    _tell_client(booking, "cancelled")
    _tell_commune(booking, "cancelled", by=by)


def remind(booking: Booking) -> None:
    """The client is reminded: by e-mail if wished, else by SMS (BKG-035)."""
    if booking.email_information and booking.email:
        _tell_client(booking, "reminder")
    elif booking.phone and booking.tenant.setting("booking.reminder_sms", False):
        queue(
            tenant=booking.tenant,
            kind="booking.client_reminder_sms",
            dedupe_key=_once(booking, "client_reminder_sms"),
            channel="sms",
            to=booking.phone.replace(" ", ""),
            language=client_language(booking),
            template="booking/messages/reminder_sms",
            context={"booking": booking},
        )


def tell_of_dates(wish: DateWish, dates: Sequence[Slot]) -> None:
    """Dates that fit a commune's wish have become free: the first five (BKG-018)."""
    user = wish.created_by
    if not user.email:
        return
    query = [("languages", code) for code in wish.languages]
    query += [("places", str(place.pk)) for place in wish.places.all()]
    query.append(("interpreter", "1" if wish.with_interpreter else "0"))
    path = f"{reverse('booking:dates')}?{urlencode(query)}"
    queue(
        tenant=wish.tenant,
        kind="booking.dates_free",
        dedupe_key=f"booking.dates_free:{wish.pk}:{wish.looked_at.isoformat()}",
        to=user.email,
        language=user.language,
        template="booking/messages/dates_free",
        context={
            "dates": dates[:5],
            "more": len(dates) > 5,
            "link": absolute(wish.tenant, path),
            "stop": absolute(wish.tenant, reverse("booking:wishes")),
        },
    )


def client_language(booking: Booking) -> str:
    """French or German: the interview's language, else the commune's."""
    spoken = booking.interpreter_language or booking.language
    return spoken if spoken in {"fr", "de"} else booking.created_by.language


def _once(booking: Booking, what: str, *, to: Any = "") -> str:
    return f"booking.{what}:{booking.pk}:{booking.sequence}:{to}"


def _calendar(
    booking: Booking, event: str, *, language: str, to: str, slot: Slot
) -> tuple[str, str]:
    """The entry that goes along: created, moved or withdrawn, always the same one."""
    method = "CANCEL" if event == "cancelled" else "REQUEST"
    with translation.override(language):
        entry = calendar.entry(
            booking, summary=_("Advisory interview"), method=method, to=to, slot=slot
        )
    return entry, method


def _tell_counsellor(
    booking: Booking, event: str, counsellor: Counsellor, *, former: Slot | None = None
) -> None:
    """When, where, which commune; no word about the client."""
    user: User = counsellor.user
    if not user.email:
        return
    lost = event == "cancelled" and former is not None
    slot = former if lost and former else booking.slot
    path = reverse("booking:booking", args=[booking.pk])
    entry, method = _calendar(
        booking, event, language=user.language, to=user.email, slot=slot
    )
    queue(
        tenant=booking.tenant,
        kind=f"booking.counsellor_{event}",
        dedupe_key=_once(booking, f"counsellor_{event}", to=user.pk),
        to=user.email,
        language=user.language,
        template="booking/messages/counsellor",
        context={
            "headline": TO_COUNSELLOR[event],
            "booking": booking,
            "slot": slot,
            "former": None if lost else former,
            "link": "" if lost else absolute(booking.tenant, path),
        },
        calendar=entry,
        calendar_method=method,
    )


def _tell_client(booking: Booking, event: str, *, former: Slot | None = None) -> None:
    """The client's own appointment, if an address was given and information wished."""
    if not (booking.email_information and booking.email):
        return
    language = client_language(booking)
    entry, method = _calendar(
        booking, event, language=language, to=booking.email, slot=booking.slot
    )
    queue(
        tenant=booking.tenant,
        kind=f"booking.client_{event}",
        dedupe_key=_once(booking, f"client_{event}"),
        to=booking.email,
        language=language,
        template="booking/messages/client",
        context={
            "headline": TO_CLIENT[event],
            "booking": booking,
            "slot": booking.slot,
            "former": former,
            "cancelled": event == "cancelled",
        },
        calendar=entry,
        calendar_method=method,
    )


def _tell_commune(
    booking: Booking, event: str, *, by: Membership, former: Slot | None = None
) -> None:
    """Who booked hears of what the office did; nobody hears of one's own doing."""
    user = booking.created_by
    if by.organisation_id == booking.commune_id or not user.email:
        return
    queue(
        tenant=booking.tenant,
        kind=f"booking.commune_{event}",
        dedupe_key=_once(booking, f"commune_{event}"),
        to=user.email,
        language=user.language,
        template="booking/messages/commune",
        context={
            "headline": TO_COMMUNE[event],
            "booking": booking,
            "slot": booking.slot,
            "former": former,
            "link": absolute(
                booking.tenant, reverse("booking:booking", args=[booking.pk])
            ),
        },
    )
