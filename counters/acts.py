"""What the acts of counters are called in the journal."""

from django.utils.translation import gettext_lazy as _

from core import journal

journal.call(
    {
        "counters.read": _("Appointment opened"),
        "counters.searched": _("Searched for appointments"),
        "counters.person_read": _("Person’s file opened"),
        "counters.person_changed": _("Person’s file changed"),
        "counters.persons_searched": _("Searched for files"),
        "counters.calendar_downloaded": _("Calendar entry downloaded"),
        "counters.figures_exported": _("Figures exported"),
        "counters.assigned": _("Slot assigned"),
        "counters.held": _("Slot pre-booked"),
        "counters.confirmed": _("Appointment confirmed"),
        "counters.moved": _("Appointment moved"),
        "counters.cancelled": _("Appointment cancelled"),
        "counters.done": _("Appointment carried out"),
        "counters.absent": _("Person did not appear"),
        "counters.lapsed": _("Pre-booking lapsed"),
        "counters.given_back": _("Slot given back"),
        "counters.slot_suspend": _("Slot suspended"),
        "counters.slot_reserve": _("Slot reserved for the administration"),
        "counters.slot_free": _("Slot released"),
        "counters.slot_vanished": _("Slot removed with the counter’s hours"),
        "counters.visit_arrived": _("Arrived in the queue"),
        "counters.visit_put_back": _("Put back in the queue"),
        "counters.visit_called": _("Called from the queue"),
        "counters.visit_served": _("Visit served"),
        "counters.visit_gone": _("Left the queue"),
        "counters.counter_created": _("Counter created"),
        "counters.counter_changed": _("Counter changed"),
        "counters.record_saved": _("Record saved"),
        "counters.record_deleted": _("Record deleted"),
    }
)
