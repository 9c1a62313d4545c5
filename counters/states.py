"""States of a slot and of an appointment: who may move what, and what follows. The only table.

`MOVES` says for a slot who may make which step and what becomes of the appointment on it.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import Sentence


class SlotState(models.TextChoices):
    """A time at a counter."""

    FREE = "free", pgettext_lazy("slot", "Free")
    HELD = "held", pgettext_lazy("slot", "Pre-booked")
    BOOKED = "booked", pgettext_lazy("slot", "Planned")
    RESERVED = "reserved", _("Reserved for the administration")
    SUSPENDED = "suspended", _("Suspended")


class AppointmentState(models.TextChoices):
    """Somebody's appointment at a counter (CTR-037)."""

    HELD = "held", pgettext_lazy("appointment", "Pre-booked")
    PLANNED = "planned", pgettext_lazy("appointment", "Planned")
    REPLAN = "replan", _("To be planned again")
    NO_STATUS = "no_status", _("Past without status")
    DONE = "done", _("Carried out")
    ABSENT = "absent", _("Absent")
    CANCELLED = "cancelled", pgettext_lazy("appointment", "Cancelled")
    LAPSED = "lapsed", pgettext_lazy("appointment", "Lapsed")


class VisitState(models.TextChoices):
    """Somebody who is in the house (CTR-041)."""

    WAITING = "waiting", pgettext_lazy("visit", "Waiting")
    CALLED = "called", pgettext_lazy("visit", "Called")
    DONE = "done", pgettext_lazy("visit", "Done")
    GONE = "gone", pgettext_lazy("visit", "Gone")


AGENT, MANAGER, CITIZEN, CLOCK = "agent", "manager", "citizen", "clock"


@dataclass(frozen=True)
class Move:
    """A step of a slot: what it is called, who makes it, what the appointment becomes."""

    name: str
    label: Sentence
    before: SlotState
    after: SlotState
    by: frozenset[str]
    appointment: AppointmentState | None = None


def _moves(
    name: str, label: Sentence, by: tuple[str, ...], *steps: tuple[str, ...]
) -> list[Move]:
    return [
        Move(
            name,
            label,
            SlotState(before),
            SlotState(after),
            frozenset(by),
            AppointmentState(rest[0]) if rest else None,
        )
        for before, after, *rest in steps
    ]


MOVES: list[Move] = [
    *_moves("hold", _("Pre-book"), (CITIZEN,), ("free", "held", "held")),
    *_moves("confirm", _("Confirm"), (CITIZEN,), ("held", "booked", "planned")),
    *_moves("let_go", _("Give back"), (CITIZEN, CLOCK), ("held", "free", "lapsed")),
    *_moves(
        "assign",
        _("Assign"),
        (AGENT,),
        ("free", "booked", "planned"),
        ("reserved", "booked", "planned"),
    ),
    *_moves(
        "suspend",
        _("Suspend"),
        (AGENT, MANAGER),
        ("free", "suspended"),
        ("reserved", "suspended"),
        ("held", "suspended", "lapsed"),
        ("booked", "suspended", "replan"),
    ),
    *_moves(
        "reserve",
        _("Reserve"),
        (AGENT,),
        ("free", "reserved"),
        ("held", "reserved", "lapsed"),
        ("booked", "reserved", "replan"),
    ),
    *_moves("free", _("Release"), (AGENT, MANAGER), ("reserved", "free")),
    # « en se rendant dans la gestion des guichets pour le libérer » (CTR-015)
    *_moves("free", _("Release"), (MANAGER,), ("suspended", "free")),
    *_moves("cancel", _("Cancel"), (AGENT, CITIZEN), ("booked", "free", "cancelled")),
    *_moves(
        "leave", _("Change the slot"), (AGENT, CITIZEN), ("booked", "free", "planned")
    ),
]

MAY_FOLLOW_SLOT: dict[SlotState, frozenset[SlotState]] = {
    state: frozenset(move.after for move in MOVES if move.before == state)
    for state in SlotState
}

MAY_FOLLOW: dict[AppointmentState, frozenset[AppointmentState]] = {
    AppointmentState.HELD: frozenset(
        {AppointmentState.PLANNED, AppointmentState.LAPSED}
    ),
    AppointmentState.PLANNED: frozenset(
        {
            AppointmentState.PLANNED,
            AppointmentState.REPLAN,
            AppointmentState.NO_STATUS,
            AppointmentState.DONE,
            AppointmentState.ABSENT,
            AppointmentState.CANCELLED,
        }
    ),
    AppointmentState.REPLAN: frozenset(
        {
            AppointmentState.PLANNED,
            AppointmentState.CANCELLED,
            AppointmentState.NO_STATUS,
        }
    ),
    AppointmentState.NO_STATUS: frozenset(
        {AppointmentState.PLANNED, AppointmentState.DONE, AppointmentState.ABSENT}
    ),
    # A slip of the finger is put right: the two outcomes may follow each other.
    AppointmentState.DONE: frozenset({AppointmentState.ABSENT}),
    AppointmentState.ABSENT: frozenset({AppointmentState.DONE}),
    AppointmentState.CANCELLED: frozenset(),
    AppointmentState.LAPSED: frozenset(),
}

MAY_FOLLOW_VISIT: dict[VisitState, frozenset[VisitState]] = {
    VisitState.WAITING: frozenset({VisitState.CALLED, VisitState.GONE}),
    # Called again, at this counter or at another; or put back into the queue.
    VisitState.CALLED: frozenset(
        {VisitState.CALLED, VisitState.WAITING, VisitState.DONE, VisitState.GONE}
    ),
    VisitState.DONE: frozenset(),
    VisitState.GONE: frozenset({VisitState.WAITING}),
}

# Keeps its slot from everybody else.
ON_A_SLOT = (AppointmentState.HELD, AppointmentState.PLANNED)
# Counts towards the most that one person may have of a type (CTR-020).
COUNTED = (*ON_A_SLOT, AppointmentState.REPLAN)


def moves_from(state: str, who: frozenset[str]) -> dict[str, Move]:
    """The steps that somebody with these rights may make from a state, by name."""
    return {move.name: move for move in MOVES if move.before == state and move.by & who}
