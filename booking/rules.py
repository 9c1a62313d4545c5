"""What a booking allows, and to whom. Each function answers one question."""

import datetime as dt

from accounts.models import Membership
from booking.access import COMMUNE, COUNSELLOR, OFFICE_ADMIN
from booking.models import Booking, ReferralType, Slot
from booking.states import OUTCOMES, BookingState
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


def is_to_come(booking: Booking) -> bool:
    """Confirmed, and not begun yet."""
    return booking.state == BookingState.CONFIRMED and booking.slot.starts_at > now()


def can_edit(booking: Booking, membership: Membership) -> bool:
    """The commune, until the interview begins; not after a lapse (BKG-040, 041)."""
    return is_of_own_commune(booking, membership) and (
        booking.is_to_confirm or is_to_come(booking)
    )


def can_confirm(booking: Booking, membership: Membership) -> bool:
    """The commune, when all is entered and the hold stands."""
    return (
        is_of_own_commune(booking, membership)
        and booking.state == BookingState.UNCONFIRMED
        and booking.held_until is not None
        and booking.held_until > now()
    )


def can_move(booking: Booking, membership: Membership) -> bool:
    """The commune, until the interview begins; the data goes along (BKG-040)."""
    return is_of_own_commune(booking, membership) and (
        booking.is_to_confirm
        or booking.state == BookingState.LAPSED
        or is_to_come(booking)
    )


def can_delete(booking: Booking, membership: Membership) -> bool:
    """The commune, before confirmation or after a lapse; later it is cancelled instead."""
    return is_of_own_commune(booking, membership) and (
        booking.is_to_confirm or booking.state == BookingState.LAPSED
    )


def is_of_own_office(booking: Booking, membership: Membership) -> bool:
    """The counsellor of the interview, or the administrator of its office."""
    slot = booking.slot
    if membership.role == OFFICE_ADMIN:
        return slot.office.organisation_id == membership.organisation_id
    return (
        membership.role == COUNSELLOR and slot.counsellor.user_id == membership.user_id
    )


def can_cancel(booking: Booking, membership: Membership) -> bool:
    """The commune or the office, until the interview begins; all are told."""
    return is_to_come(booking) and (
        is_of_own_commune(booking, membership) or is_of_own_office(booking, membership)
    )


def can_mark(booking: Booking, membership: Membership) -> bool:
    """The office, from the interview's beginning on: took place, or did not (BKG-051)."""
    return (
        is_of_own_office(booking, membership)
        and booking.state in {BookingState.CONFIRMED, *OUTCOMES}
        and booking.slot.starts_at <= now()
    )


def can_reassign(booking: Booking, membership: Membership) -> bool:
    """The office, to another date of the office, until the interview begins (BKG-052)."""
    return is_of_own_office(booking, membership) and is_to_come(booking)
