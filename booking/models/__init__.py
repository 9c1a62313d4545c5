"""Offices, communes, places and counsellors; dates; bookings."""

from booking.models.bookings import Booking, BookingEvent
from booking.models.offices import (
    Commune,
    Counsellor,
    InformationSheet,
    InterviewLanguage,
    Office,
    Place,
    ReferralType,
)
from booking.models.slots import Slot
from booking.models.wishes import DateWish

__all__ = [
    "Booking",
    "BookingEvent",
    "Commune",
    "Counsellor",
    "DateWish",
    "InformationSheet",
    "InterviewLanguage",
    "Office",
    "Place",
    "ReferralType",
    "Slot",
]
