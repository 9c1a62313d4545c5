"""What a slot and an appointment allow, and to whom. Each function answers one question."""

import datetime as dt

from accounts.models import Membership, Tenant
from core.dates import now
from counters import states
from counters.access import AGENT, LEAD, MANAGER
from counters.models import Appointment, Slot
from counters.states import AppointmentState

DEFAULT_HOLD_MINUTES = 15


def rights(membership: Membership) -> frozenset[str]:
    """« Gestion des inscriptions » and « gestion des guichets » of a role (CTR-010)."""
    found = set()
    if membership.role in {AGENT, LEAD}:
        found.add(states.AGENT)
    if membership.role in {MANAGER, LEAD}:
        found.add(states.MANAGER)
    return frozenset(found)


def moves(slot: Slot, membership: Membership) -> dict[str, states.Move]:
    """The buttons of « Détail du créneau » (CTR-032). The past stays as it was."""
    if slot.starts_at <= now():
        return {}
    return states.moves_from(slot.state, rights(membership))


def hold_length(tenant: Tenant) -> dt.timedelta:
    """How long a slot is pre-booked on the portal (CTR-021)."""
    minutes = tenant.setting("counters.hold_minutes", DEFAULT_HOLD_MINUTES)
    return dt.timedelta(minutes=minutes)


def can_change_slot(appointment: Appointment) -> bool:
    """Whether another slot can be chosen (CTR-036, 038, 039)."""
    to_come = appointment.starts_at > now()
    return (appointment.status == AppointmentState.PLANNED and to_come) or (
        appointment.status in {AppointmentState.REPLAN, AppointmentState.NO_STATUS}
    )


def can_cancel(appointment: Appointment) -> bool:
    """Before it begins; one to plan again at any time."""
    planned = appointment.state == AppointmentState.PLANNED
    to_come = planned and appointment.starts_at > now()
    return to_come or appointment.state == AppointmentState.REPLAN


def can_mark(appointment: Appointment) -> bool:
    """Whether « réalisé » or « absent » can be said: from the day itself on."""
    if appointment.state == AppointmentState.PLANNED:
        return appointment.starts_at <= now()
    return appointment.state in {
        AppointmentState.NO_STATUS,
        AppointmentState.DONE,
        AppointmentState.ABSENT,
    }
