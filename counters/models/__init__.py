"""Types, places, weeks; counters; slots, persons and their appointments."""

from counters.models.appointments import (
    Appointment,
    AppointmentEvent,
    Person,
    Slot,
)
from counters.models.counters import Counter, Desk, ExceptionRange
from counters.models.searches import SavedSearch
from counters.models.town import (
    WEEKDAYS,
    AppointmentType,
    ClosingDay,
    ReferenceWeek,
    TownPlace,
    WeekRange,
)
from counters.models.visits import Visit
from counters.models.waiting import EarlierWish

__all__ = [
    "WEEKDAYS",
    "Appointment",
    "AppointmentEvent",
    "AppointmentType",
    "ClosingDay",
    "Counter",
    "Desk",
    "EarlierWish",
    "ExceptionRange",
    "Person",
    "ReferenceWeek",
    "SavedSearch",
    "Slot",
    "TownPlace",
    "Visit",
    "WeekRange",
]
