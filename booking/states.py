"""States of a date and of a booking, and what may follow what. The only table of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SlotState(models.TextChoices):
    """A counsellor's date."""

    FREE = "free", _("Free")
    HELD = "held", _("Held")
    BOOKED = "booked", _("Booked")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class BookingState(models.TextChoices):
    """A commune's booking of a date for a client."""

    TAKEN = "taken", _("Date taken, details missing")
    UNCONFIRMED = "unconfirmed", _("Not confirmed!")
    CONFIRMED = "confirmed", _("Confirmed")
    LAPSED = "lapsed", _("Lapsed")


MAY_FOLLOW: dict[BookingState, frozenset[BookingState]] = {
    BookingState.TAKEN: frozenset({BookingState.UNCONFIRMED, BookingState.LAPSED}),
    BookingState.UNCONFIRMED: frozenset(
        {BookingState.UNCONFIRMED, BookingState.CONFIRMED, BookingState.LAPSED}
    ),
    BookingState.CONFIRMED: frozenset({BookingState.CONFIRMED}),
    BookingState.LAPSED: frozenset({BookingState.TAKEN, BookingState.UNCONFIRMED}),
}

# A booking in one of these keeps its date from everybody else.
OCCUPYING = (BookingState.TAKEN, BookingState.UNCONFIRMED, BookingState.CONFIRMED)
# Waiting for « Confirmer »: the panel « Mes réservations » (BKG-034).
TO_CONFIRM = (BookingState.TAKEN, BookingState.UNCONFIRMED)
