"""Personal data in counters: the fate of every column, and what retention erases."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.privacy.fates import anonymised, deleted, kept, table
from core.privacy.retention import Kind, register
from counters.actions import retention
from counters.models import Appointment, Person

SETUP = "set up by the operator; nothing about a private person"
FIGURES = "the figures count it, and it names nobody"
APPOINTMENT = "retention of appointments: months after they were"
MONTH = f"{APPOINTMENT}; the month stays"
FILE = "retention of files: months after the last appointment"

table(
    "counters_appointmenttype",
    kept(
        "id tenant_id name name_fr name_de description description_fr description_de minutes"
        " on_portal most_per_person earliest_hours latest_days bring bring_fr bring_de"
        " confirmation confirmation_fr confirmation_de position",
        SETUP,
    ),
)
table(
    "counters_appointmenttype_services",
    kept("id appointmenttype_id organisation_id", SETUP),
)
table(
    "counters_townplace",
    kept(
        "id tenant_id name street postcode town access_note access_note_fr access_note_de"
        " phone",
        SETUP,
    ),
)
table("counters_referenceweek", kept("id tenant_id name", SETUP))
table(
    "counters_weekrange", kept("id tenant_id week_id weekday start end minutes", SETUP)
)
table("counters_closingday", kept("id tenant_id day from_time name", SETUP))
table("counters_desk", kept("id tenant_id name", SETUP))
table(
    "counters_counter",
    kept(
        "id tenant_id name type_id place_id desk_id valid_from valid_to week_id on_portal",
        SETUP,
    ),
)
table(
    "counters_exceptionrange", kept("id tenant_id counter_id first last week_id", SETUP)
)
table(
    "counters_slot",
    kept(
        "id tenant_id counter_id starts_at ends_at state held_until offered_from",
        FIGURES,
    ),
)
table(
    "counters_person",
    deleted(
        "id tenant_id number last_name first_name birth_date email phone language user_id"
        " created_at",
        FILE,
    ),
)
table(
    "counters_appointment",
    kept(
        "id tenant_id type_id counter_id slot_id starts_at ends_at state sequence held_until",
        FIGURES,
    ),
    anonymised(
        "person_id holder_id taken_by_id phone comment by_sms reference rank most reminded_at",
        APPOINTMENT,
    ),
    anonymised("taken_at", MONTH),
)
table(
    "counters_appointmentevent",
    deleted("id appointment_id at by_id from_state to_state what to_tell", APPOINTMENT),
)
table(
    "counters_savedsearch",
    deleted(
        "id tenant_id entry name query service_id user_id saved_at",
        "with the account; words that were searched for may be names: those of a service,"
        " months after they were saved",
    ),
)
table(
    "counters_visit",
    deleted(
        "id tenant_id place_id type_id appointment_id day number state arrived_at counter_id"
        " called_at ended_at",
        "retention of visits: months after the day",
    ),
)
table(
    "counters_earlierwish",
    deleted(
        "id tenant_id person_id type_id appointment_id created_at first_seen told_at told_of_id",
        APPOINTMENT,
    ),
)

register(
    Kind(
        retention.APPOINTMENTS,
        _("Appointments at the counters"),
        _("Made anonymous: they count on in the figures, without a person."),
        retention.appointments,
        24,
        act=retention.anonymise,
        model=Appointment,
    )
)
register(
    Kind(
        retention.WISHES,
        _("Wishes for an earlier slot"),
        pgettext_lazy("privacy", "Deleted."),
        retention.wishes,
        6,
    )
)
register(
    Kind(
        retention.FILES,
        _("Files of persons"),
        _("Deleted when no appointment names the person any more."),
        retention.files,
        24,
        model=Person,
    )
)
register(
    Kind(
        retention.VISITS,
        _("Numbers of the queue"),
        pgettext_lazy("privacy", "Deleted."),
        retention.visits,
        3,
    )
)
register(
    Kind(
        retention.SEARCHES,
        _("Saved searches with words"),
        _("Deleted; words may be names."),
        retention.searches,
        12,
    )
)
