"""What the acts of booking are called in the journal."""

from django.utils.translation import gettext_lazy as _

from booking.history import WHAT_HAPPENED
from core import journal

journal.call(
    {
        **{f"booking.{what}": words for what, words in WHAT_HAPPENED.items()},
        "booking.read": _("Client’s file opened"),
        "booking.searched": _("Searched for clients"),
        "booking.form_uploaded": _("Form uploaded"),
        "booking.form_opened": _("Form opened"),
        "booking.printed": _("Letter printed"),
        "booking.figures_exported": _("Figures exported"),
        "booking.feed_changed": _("Calendar address changed"),
        "booking.dates_published": _("Dates published"),
        "booking.dates_withdrawn": _("Dates withdrawn"),
        "booking.settings_saved": _("Settings saved"),
        "booking.communes_imported": _("Communes imported"),
        "booking.record_saved": _("Record saved"),
        "booking.record_deleted": _("Record deleted"),
        "commune.changed": _("Commune’s details changed"),
    }
)
