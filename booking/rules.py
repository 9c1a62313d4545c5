"""What a booking allows, and to whom. Each function answers one question."""

import datetime as dt

from accounts.models import Membership
from booking.access import COMMUNE
from booking.models import Booking, ReferralType, Slot
from booking.states import BookingState
from core.dates import now

DEFAULT_HOLD_HOURS = 48
DEFAULT_MANDATORY_WEEKS = 5


def hold_length(membership: Membership) -> dt.timedelta:
    """How long a date is held before it is confirmed (BKG-017; the operator's setting)."""
    hours = membership.tenant.setting("booking.hold_hours", DEFAULT_HOLD_HOURS)
    return dt.timedelta(hours=hours)


def mandatory_weeks(membership: Membership) -> int:
    """Within how many weeks a mandatory referral must take place (BKG-015)."""
    return int(
        membership.tenant.setting("booking.mandatory_weeks", DEFAULT_MANDATORY_WEEKS)
    )


def too_late_for(referral: ReferralType, slot: Slot, weeks: int) -> bool:
    """Whether a mandatory referral would come later than it must (BKG-015)."""
    return referral.mandatory and slot.starts_at > now() + dt.timedelta(weeks=weeks)


def is_of_own_commune(booking: Booking, membership: Membership) -> bool:
    """The commune that booked; nobody else changes a booking here."""
    return (
        membership.role == COMMUNE and booking.commune_id == membership.organisation_id
    )


def can_edit(booking: Booking, membership: Membership) -> bool:
    """The commune, until it is confirmed or has lapsed."""
    return is_of_own_commune(booking, membership) and booking.is_to_confirm


def can_confirm(booking: Booking, membership: Membership) -> bool:
    """The commune, when all is entered and the hold stands."""
    return (
        is_of_own_commune(booking, membership)
        and booking.state == BookingState.UNCONFIRMED
        and booking.held_until is not None
        and booking.held_until > now()
    )


def can_move(booking: Booking, membership: Membership) -> bool:
    """The commune, before confirmation or after a lapse: the data goes along (BKG-040)."""
    return is_of_own_commune(booking, membership) and booking.state in {
        BookingState.TAKEN,
        BookingState.UNCONFIRMED,
        BookingState.LAPSED,
    }


def can_delete(booking: Booking, membership: Membership) -> bool:
    """As for moving: a confirmed one concerns the office too."""
    return can_move(booking, membership)
