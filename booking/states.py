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
    TOOK_PLACE = "took_place", _("Took place")
    MISSED = "missed", _("Did not appear")
    CANCELLED = "cancelled", _("Cancelled")


class InterpreterSearch(models.TextChoices):
    """How far the office is with the interpreter of an interview (BKG-053)."""

    TO_FIND = "to_find", _("Interpreter to be found")
    FOUND = "found", _("Interpreter found")
    NONE = "none", _("No interpreter available")


MAY_FOLLOW: dict[BookingState, frozenset[BookingState]] = {
    BookingState.TAKEN: frozenset({BookingState.UNCONFIRMED, BookingState.LAPSED}),
    BookingState.UNCONFIRMED: frozenset(
        {BookingState.UNCONFIRMED, BookingState.CONFIRMED, BookingState.LAPSED}
    ),
    BookingState.CONFIRMED: frozenset(
        {
            BookingState.CONFIRMED,
            BookingState.TOOK_PLACE,
            BookingState.MISSED,
            BookingState.CANCELLED,
        }
    ),
    # A slip of the finger is put right: the two outcomes may follow each other.
    BookingState.TOOK_PLACE: frozenset({BookingState.MISSED}),
    BookingState.MISSED: frozenset({BookingState.TOOK_PLACE}),
    BookingState.CANCELLED: frozenset(),
    BookingState.LAPSED: frozenset({BookingState.TAKEN, BookingState.UNCONFIRMED}),
}

# A booking in one of these keeps its date from everybody else.
OCCUPYING = (
    BookingState.TAKEN,
    BookingState.UNCONFIRMED,
    BookingState.CONFIRMED,
    BookingState.TOOK_PLACE,
    BookingState.MISSED,
)
# Waiting for « Confirmer »: the panel « Mes réservations » (BKG-034).
TO_CONFIRM = (BookingState.TAKEN, BookingState.UNCONFIRMED)
# What an office reads: confirmed once, whatever became of it.
DEFINITIVE = (
    BookingState.CONFIRMED,
    BookingState.TOOK_PLACE,
    BookingState.MISSED,
    BookingState.CANCELLED,
)
# What an interview may come to (BKG-051).
OUTCOMES = (BookingState.TOOK_PLACE, BookingState.MISSED)
