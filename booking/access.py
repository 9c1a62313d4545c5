"""The roles of booking, and what stands in their bar."""

from django.utils.translation import gettext_lazy as _

from accounts.access import OPERATOR
from accounts.roles import Page, area, declare

COMMUNE = declare(
    "booking.commune",
    label=_("Commune"),
    may=_(
        "Finds dates, books interviews for the commune's clients, prints the documents."
    ),
    invites=("booking.commune",),
    own_page="booking:commune",
)
COUNSELLOR = declare(
    "booking.counsellor",
    label=_("Counsellor"),
    may=_("Reads the files of the interviews that are booked with this person."),
)
OFFICE_ADMIN = declare(
    "booking.office_admin",
    label=_("Office administrator"),
    may=_(
        "Sees the confirmed interviews of the office and looks after its counsellors."
    ),
    invites=("booking.counsellor", "booking.office_admin"),
)

area(
    _("Appointments"),
    COMMUNE,
    pages=(
        Page(_("Find a date"), "booking:dates", also=("booking:wishes",)),
        Page(_("My bookings"), "booking:bookings"),
    ),
)
OFFICE_PAGES = (
    Page(_("Agenda"), "booking:agenda"),
    Page(_("Interviews"), "booking:bookings"),
    Page(_("Interpreters"), "booking:interpreters"),
)
area(_("Appointments"), COUNSELLOR, pages=OFFICE_PAGES)
area(
    _("Appointments"),
    OFFICE_ADMIN,
    pages=(*OFFICE_PAGES, Page(_("Figures"), "booking:figures")),
)
area(
    _("Appointments"),
    OPERATOR,
    pages=(
        Page(_("Records"), "booking:all_records"),
        Page(_("Settings"), "booking:settings"),
    ),
)
