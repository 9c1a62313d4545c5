"""The roles of counters, and what stands in their bar (CTR-010, 030)."""

from django.utils.translation import gettext_lazy as _

from accounts.access import OPERATOR
from accounts.roles import Page, area, declare

AGENT = declare(
    "counters.agent",
    label=_("Agent"),
    may=_("Assigns and changes appointments within the services of their types."),
)
MANAGER = declare(
    "counters.manager",
    label=_("Counter manager"),
    may=_(
        "Creates counters and changes their hours within the services of their types."
    ),
)
LEAD = declare(
    "counters.lead",
    label=_("Agent and counter manager"),
    may=_("Has both rights: appointments and counters."),
    invites=("counters.agent", "counters.manager", "counters.lead"),
)

CITIZEN = declare(
    "counters.citizen",
    label=_("Citizen"),
    may=_("Reserves, changes and cancels own appointments on the portal."),
    second_factor=False,
    open_to_all=True,
)

APPOINTMENTS = (
    Page(_("Slots"), "counters:slots", also=("counters:close",)),
    Page(_("Queue"), "counters:queue"),
    Page(
        _("Planned appointments"),
        "counters:planned",
        also=tuple(f"counters:{name}" for name in ("appointment", "change", "cancel")),
    ),
    Page(_("Appointments to plan again"), "counters:replan"),
    Page(_("Past without status"), "counters:no_status"),
    Page(_("Files"), "counters:persons"),
)
area(_("Appointments"), AGENT, LEAD, pages=APPOINTMENTS)
area(
    _("Counters"),
    MANAGER,
    LEAD,
    pages=(
        Page(_("Counters"), "counters:counters"),
        Page(_("Figures"), "counters:figures"),
    ),
)
area(
    _("Appointments"),
    CITIZEN,
    pages=(
        Page(_("Reserve an appointment"), "counters:types"),
        Page(_("My appointments"), "counters:mine"),
    ),
)
area(
    _("Counters"),
    OPERATOR,
    pages=(Page(_("Records"), "counters:all_records"),),
)
