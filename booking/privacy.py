"""Personal data in booking: the fate of every column, and what retention erases."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from booking.actions import retention
from booking.models import Booking
from core.privacy.fates import anonymised, deleted, kept, table
from core.privacy.retention import Kind, register

SETUP = "set up by the operator; nothing about a private person"
FIGURES = "the figures count it, and it names nobody"
CLIENT = "retention of clients: months after the interview (BKG-055)"
MONTH = f"{CLIENT}; the month stays"

table(
    "booking_office",
    kept(
        "id tenant_id organisation_id street postcode town reachable_from reachable_until",
        SETUP,
    ),
)
table("booking_commune", kept("id tenant_id organisation_id office_id postcode", SETUP))
table("booking_interviewlanguage", kept("id tenant_id code", SETUP))
table(
    "booking_referraltype",
    kept("id tenant_id name name_fr name_de mandatory position", SETUP),
)
table(
    "booking_place",
    kept(
        "id tenant_id office_id name street postcode town room room_fr room_de access_note"
        " access_note_fr access_note_de station line ride_minutes stop walk_minutes",
        SETUP,
    ),
)
table(
    "booking_counsellor",
    kept("id tenant_id user_id office_id languages", FIGURES),
    kept("feed_hash", "the hash of a secret, of no use once the account is blocked"),
)
table(
    "booking_informationsheet",
    kept("id tenant_id language title body proofread_by proofread_on", SETUP),
)
table(
    "booking_slot",
    kept(
        "id tenant_id office_id counsellor_id place_id starts_at ends_at"
        " interpreter_possible state held_until free_since",
        FIGURES,
    ),
)
table("booking_slot_referral_types", kept("id slot_id referraltype_id", FIGURES))
table(
    "booking_booking",
    kept(
        "id tenant_id commune_id created_by_id slot_id state held_until sequence"
        " with_interpreter language interpreter_language referral_type_id sheet_language"
        " invitation_language interpreter_search anonymised_at",
        FIGURES,
    ),
    anonymised(
        "remark salutation last_name first_name nationality birth_date symic_number phone"
        " email_information email personal_data form_file_id office_note interpreter_name"
        " reminded_at",
        CLIENT,
    ),
    anonymised("created_at confirmed_at", MONTH),
)
table(
    "booking_bookingevent",
    deleted("id booking_id at by_id from_state to_state what fields", CLIENT),
)
table(
    "booking_datewish",
    deleted(
        "id tenant_id commune_id created_by_id created_at languages with_interpreter"
        " not_after looked_at",
        "retention of wishes: days after the last day they wait for",
    ),
)
table(
    "booking_datewish_places",
    deleted("id datewish_id place_id", "with the wish"),
)

register(
    Kind(
        retention.CLIENTS,
        _("Clients of interviews"),
        _("Made anonymous: the booking counts on, without a name; files are deleted."),
        retention.due,
        retention.DEFAULT_MONTHS,
        act=retention.anonymise,
        model=Booking,
        setting="booking.retention_months",
    )
)
register(
    Kind(
        retention.WISHES,
        _("Wishes for a date"),
        pgettext_lazy("privacy", "Deleted."),
        retention.wishes,
        30,
        "days",
    )
)
