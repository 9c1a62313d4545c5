"""Messages about bookings; the file itself is read after signing in (BKG-033)."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.addresses import absolute
from booking import calendar
from booking.models import Booking
from core.messages.outbox import queue


def tell_counsellor(booking: Booking) -> None:
    """An interview is confirmed: when, where, which commune; no word about the client."""
    user = booking.slot.counsellor.user
    if not user.email:
        return
    with translation.override(user.language):
        entry = calendar.entry(booking, summary=_("Advisory interview"))
    queue(
        tenant=booking.tenant,
        kind="booking.confirmed_counsellor",
        dedupe_key=f"booking.confirmed_counsellor:{booking.pk}:{booking.sequence}",
        to=user.email,
        language=user.language,
        template="booking/messages/confirmed_counsellor",
        context={
            "booking": booking,
            "link": absolute(
                booking.tenant, reverse("booking:booking", args=[booking.pk])
            ),
        },
        calendar=entry,
        calendar_method="REQUEST",
    )


def tell_client(booking: Booking) -> None:
    """The client's own appointment, in French or German, whichever the client can read."""
    language = "de" if booking.invitation_language == "de" else "fr"
    with translation.override(language):
        entry = calendar.entry(booking, summary=_("Advisory interview"))
    queue(
        tenant=booking.tenant,
        kind="booking.confirmed_client",
        dedupe_key=f"booking.confirmed_client:{booking.pk}:{booking.sequence}",
        to=booking.email,
        language=language,
        template="booking/messages/confirmed_client",
        context={"booking": booking},
        calendar=entry,
        calendar_method="REQUEST",
    )
